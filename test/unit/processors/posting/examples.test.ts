import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { ledgerAfter, planPosting } from '../../../../processors/posting/plan.ts';
import { examplePeriods } from '../../../../schemas/posting/example-documents.ts';
import type { PostingExample } from '../../../../schemas/posting/example.ts';
import { postingExamples } from '../../../../schemas/posting/examples.ts';
import { emptyLedger } from '../../../../schemas/posting/ledger.ts';
import type { Plan } from '../../../../schemas/posting/outcome.ts';
import { voucherText } from '../../../../schemas/posting/voucher-text.ts';

const books = { dictionary: loadDictionary(SHIPPED_DICTIONARY).dictionary, periods: examplePeriods };

function outcomeOf({ history }: PostingExample): PostingExample['outcome'] {
  let ledger = emptyLedger(history[0]!);
  let plan: Plan = { kind: 'nothing', why: 'not-due' };
  for (const state of history) {
    plan = planPosting(ledger, state, books);
    ledger = ledgerAfter(ledger, state, plan);
  }
  return plan.kind === 'actions' ? plan.actions.map(({ voucher }) => voucherText(voucher)) : plan;
}

test.each(postingExamples)('$shows', (example) => {
  expect(outcomeOf(example)).toEqual(example.outcome);
});
