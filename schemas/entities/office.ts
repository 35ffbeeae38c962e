import { codes } from '../dsl/source-field.ts';

/** OA clocks show China time. */
export const CHINA = '+08:00';

/** A zero date in a column that must not be null arrives as 1970: nothing here is older than the OA itself. */
export const SINCE = '2000-01-01';

/** What money is spent on, as the OA says it. */
export const expenseCategory = () =>
  codes('travel', 'entertainment', 'office', 'transport', 'training', 'other');

/** The same, as finance says it. */
export const EXPENSE_CLASSES = {
  travel: 'TRV',
  entertainment: 'ENT',
  office: 'OFC',
  transport: 'TPT',
  training: 'TRN',
  other: 'OTH',
};
