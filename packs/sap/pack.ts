import { definePack } from '../../schemas/packs/pack.ts';
import { accDocument, accDocumentTables } from './acc-document.ts';
import { settings } from './settings.ts';
import { tablesOf } from './tables.ts';

export const pack = definePack({
  about: 'SAP finance: vouchers as rows of BKPF and BSEG, or each as one message for BAPI_ACC_DOCUMENT_POST',
  settings,
  documents: () => [],
  entities: (given) => [...tablesOf(given), ...accDocumentTables(given)],
  wholeDocuments: () => [accDocument],
});
