import { definePack } from '../../schemas/packs/pack.ts';
import { expenseClaim } from './expense-claim.ts';
import { claimPosting } from './claim-posting.ts';
import { settings } from './settings.ts';

export const pack = definePack({
  about: '泛微 Weaver e-cology: expense claims as forms of its workflow, and where they stand in the books',
  settings,
  documents: (given) => [expenseClaim(given)],
  entities: (given) => [claimPosting(given)],
});
