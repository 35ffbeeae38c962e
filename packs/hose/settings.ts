import { z } from 'zod';
import type { HeaderTable, PartTable } from '../../schemas/posting/declaration.ts';

const text = z.string().min(1);

/** What an installation of the landing tables has of its own. */
export const settings = z.strictObject({
  database: text.default('hose').describe('Database of the landing tables'),
  formTypes: z.array(text).min(1).default(['expense']).describe('Types of forms that are claims'),
  legalEntities: z
    .array(text)
    .min(1)
    .optional()
    .describe('Ids of the legal entities (法人实体) whose books these are; without it all'),
  paymentMethod: text.default('bank_transfer').describe('Code of the list payment-method by which Hose pays'),
});

export type Settings = z.infer<typeof settings>;

/** The landing table of documents; see landing.sql. */
export function documentTable({ database, formTypes, legalEntities }: Settings): HeaderTable {
  return {
    id: { namespace: database, name: 'hose_document' },
    document: 'id',
    columns: ['state', 'submitter_id', 'department_id', 'document', 'received_at'],
    only: {
      form_type: formTypes,
      ...(legalEntities === undefined ? {} : { legal_entity_id: legalEntities }),
    },
  };
}

/** Staff numbers by the ids of Hose. */
export function staffTable({ database }: Settings): PartTable {
  return {
    id: { namespace: database, name: 'hose_staff' },
    document: { column: 'id', of: 'header', its: 'submitter_id' },
    columns: ['code'],
  };
}
