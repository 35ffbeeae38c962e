import { definePack } from '../../schemas/packs/pack.ts';
import { settings } from './settings.ts';
import { tablesOf } from './tables.ts';

export const pack = definePack({
  about: 'SAP finance: vouchers as headers and items of documents (BKPF and BSEG)',
  settings,
  documents: () => [],
  entities: tablesOf,
});
