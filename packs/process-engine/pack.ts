import { definePack } from '../../schemas/packs/pack.ts';
import { claimOf } from './claim.ts';
import { settings } from './settings.ts';

export const pack = definePack({
  about: 'Activiti, Flowable and Camunda: expense claims as instances of a process, read from its history',
  settings,
  documents: (given) => [claimOf(given)],
});
