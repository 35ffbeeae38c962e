import { z } from 'zod';
import { DOCUMENT_KINDS } from '../../schemas/posting/document.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import { unknownName } from './faults.ts';
import { name, packedName, tableName } from './setting-types.ts';

/** The kind of a document that is named `kind` or `pack/kind`. */
function kindOf(document: string): DocumentKind | null {
  const kind = document.slice(document.indexOf('/') + 1);
  return DOCUMENT_KINDS.find((known) => known === kind) ?? null;
}

const document = packedName.refine((given) => kindOf(given) !== null, {
  error: ({ input }) => unknownName(String(input), DOCUMENT_KINDS),
});

export const posting = z.strictObject({
  name,
  route: name.describe('A mirror of the tables of the documents into PostgreSQL, with delete: soft for them'),
  documents: z.array(document).min(1).describe('Documents that become vouchers: their kinds, or pack/kind'),
  schema: z
    .string()
    .min(1)
    .default('ledger')
    .describe('Schema of the vouchers, in the database of the route'),
  periods: tableName.describe('Accounting periods in that database: code, starts_on, ends_on, status'),
  dictionary: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of the data dictionary; default: that of the demo'),
});

/** The kinds of a posting's documents. */
export function kindsOf({ documents }: Pick<PostingConfig, 'documents'>): readonly DocumentKind[] {
  return documents.flatMap((document) => kindOf(document) ?? []);
}

export type PostingConfig = z.infer<typeof posting>;
