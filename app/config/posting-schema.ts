import { z } from 'zod';
import { DOCUMENTS } from '../../schemas/documents/catalogue.ts';
import { name, tableName } from './setting-types.ts';

export const posting = z.strictObject({
  name,
  route: name.describe('A mirror of the tables of the documents into PostgreSQL, with delete: soft for them'),
  documents: z
    .array(z.enum([...DOCUMENTS.keys()]))
    .min(1)
    .describe('Kinds of documents that become vouchers'),
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

export type PostingConfig = z.infer<typeof posting>;
