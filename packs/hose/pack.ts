import { definePack } from '../../schemas/packs/pack.ts';
import { expenseClaim } from './expense-claim.ts';
import { payment } from './payment.ts';
import { settings } from './settings.ts';

export const pack = definePack({
  about: '合思 Hose: expense claims and their payments, as its API gives them, from tables that a job fills',
  settings,
  documents: (given) => [expenseClaim(given), payment(given)],
});
