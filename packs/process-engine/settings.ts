import { z } from 'zod';

const variable = z.string().min(1);

/** Where a value is found: in a variable (or in a field of a line), in a column of ACT_HI_PROCINST, or always the same. */
const place = z.union([
  variable.describe('The name of a variable; in a list, of a field of each line'),
  z
    .strictObject({ variable, otherwise: z.string().min(1) })
    .describe('The same, with what it is when there is none'),
  z.strictObject({ value: z.string().min(1) }).describe('The same in all claims'),
  z
    .strictObject({ column: z.enum(['BUSINESS_KEY_', 'START_USER_ID_', 'TENANT_ID_']) })
    .describe('A column of ACT_HI_PROCINST'),
]);

export type Place = z.infer<typeof place>;

const line = {
  expenseType: place.describe('Code of the list expense-type'),
  taxCode: place.default({ value: 'NONE' }).describe('Code of the list tax-code'),
  tax: place.default({ value: '0' }).describe('Tax in the amount'),
};
const amount = place.describe('Amount of the line, with the tax in it');

const lines = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('total'), ...line }).describe('One line of the whole amount'),
  z
    .strictObject({ from: z.literal('list'), list: variable, amount, ...line })
    .describe('A variable with a list of lines: JSON, or a Java list of maps'),
  z
    .strictObject({ from: z.literal('numbered'), amount: variable.includes('{n}'), ...line })
    .describe('Variables with numbers: amount_{n} is amount_1, amount_2, and so on'),
]);

const approved = z.strictObject({
  when: z
    .enum(['ended', 'decided'])
    .default('ended')
    .describe('Whether the process must have ended, or the variable is enough'),
  variable: variable
    .optional()
    .describe('Variable with the decision; without one each process that ended is approved'),
  is: z.array(z.string()).min(1).default(['true']).describe('Its values that mean approved'),
  endsAt: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Ids of the end events that mean approved; all, when left out'),
  on: variable.optional().describe('Variable with the day of the approval; default: when the process ended'),
});

export const settings = z.strictObject({
  engine: z.enum(['activiti', 'flowable', 'camunda']),
  database: z.string().min(1).describe('Database of the engine'),
  processes: z.array(z.string().min(1)).min(1).describe('Keys of the process definitions that are claims'),
  tenants: z.array(z.string()).min(1).optional().describe('Only claims of these tenants (TENANT_ID_)'),
  zone: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/, 'must be a distance from UTC, such as +08:00')
    .default('+08:00')
    .describe('What the clocks of the engine show: its columns of time have no zone'),
  approved: approved.describe('What makes an instance an approved claim'),
  number: place.default({ column: 'BUSINESS_KEY_' }).describe('Number of the claim'),
  total: place.describe('Total of the claim'),
  currency: place.describe('Code of the list currency'),
  party: place.default({ column: 'START_USER_ID_' }).describe('Staff number of the applicant'),
  department: place.describe('Code of the list department'),
  lines,
});

export type Settings = z.infer<typeof settings>;
