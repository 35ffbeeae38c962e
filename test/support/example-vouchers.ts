import { SHIPPED_DICTIONARY, loadDictionary } from '../../app/dictionary/load.ts';
import { ledgerAfter, planPosting } from '../../processors/posting/plan.ts';
import type { Document, Gone } from '../../schemas/posting/document.ts';
import { examplePeriods } from '../../schemas/posting/example-documents.ts';
import { emptyLedger } from '../../schemas/posting/ledger.ts';
import type { Voucher } from '../../schemas/posting/voucher.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);

/** What a history of one document posts, in order. */
export function vouchersOf(history: readonly (Document | Gone)[]): readonly Voucher[] {
  let [ledger, posted] = [emptyLedger(history[0]!), [] as Voucher[]];
  for (const newest of history) {
    const plan = planPosting(ledger, newest, { dictionary, periods: examplePeriods });
    if (plan.kind !== 'actions') throw new Error('an example is not posted');
    posted = [...posted, ...plan.actions.map(({ voucher }) => voucher)];
    ledger = ledgerAfter(ledger, newest, plan);
  }
  return posted;
}
