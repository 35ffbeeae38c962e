import { z } from 'zod';

const column = z.string().min(1);
const id = z.int().min(1);

/** What an installation of e-cology has of its own. */
export const settings = z.strictObject({
  database: column.default('ecology').describe('Database of e-cology'),
  form: id.describe('N of formtable_main_N, the form of the claim'),
  detail: id.default(1).describe('M of formtable_main_N_dtM, the lines of the claim'),
  workflows: z
    .array(id)
    .min(1)
    .describe('Ids of the workflows (workflow_base.id) whose requests are claims, all versions'),
  fields: z
    .strictObject({
      applicant: column.describe('Who is to get the money: id in hrmresource'),
      department: column.describe('Who bears the cost: id in hrmdepartment'),
      total: column.describe('Amount of the claim'),
      currency: column.optional().describe('Code of its currency; without it all are in `currency`'),
    })
    .describe('Columns of the form'),
  lines: z
    .strictObject({
      expenseType: column.describe('What the line is for: a choice of a select field'),
      amount: column.describe('With the tax in it'),
      taxRate: column.optional().describe('6%, 6 or 0.06; without it no line has tax'),
      tax: column.optional().describe('Tax in the amount; without it no line has tax'),
    })
    .describe('Columns of the lines'),
  expenseTypeField: id.describe('Id of the select field of `lines.expenseType` (workflow_billfield.id)'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be the code of a currency')
    .default('CNY'),
  staffNumber: column.default('workcode').describe('Column of hrmresource that finance knows people by'),
  departmentCode: column
    .default('departmentcode')
    .describe('Column of hrmdepartment with the code of a department'),
  writeBack: z
    .strictObject({
      from: column.default('finance').describe('Source whose database has the books'),
      to: column.default('oa').describe('Target that is the database of e-cology'),
      ledger: column.default('ledger').describe('Schema of the books'),
      table: column.default('counterfoil_posting').describe('Table that is made in e-cology'),
    })
    .prefault({})
    .describe('How claims show where they stand'),
});

export type Settings = z.infer<typeof settings>;
