import { readFileSync } from 'node:fs';
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

test('the vouchers on docs/posting.md are those of the examples', () => {
  const page = readFileSync('docs/posting.md', 'utf8');
  const shown = [...page.matchAll(/^```text\n(.*?)\n```$/gms)].map(([, text]) => text);
  const made = postingExamples
    .map(outcomeOf)
    .map((outcome) => (Array.isArray(outcome) ? outcome.join('\n\n') : ''));
  expect(shown).toHaveLength(3);
  for (const text of shown) expect(made).toContain(text);
});
