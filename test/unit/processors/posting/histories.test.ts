import fc from 'fast-check';
import { ledgerAfter, liveVoucher, planPosting } from '../../../../processors/posting/plan.ts';
import { contentOf, postDocument } from '../../../../processors/posting/post.ts';
import type { Document } from '../../../../schemas/posting/document.ts';
import { emptyLedger } from '../../../../schemas/posting/ledger.ts';
import type { Ledger } from '../../../../schemas/posting/ledger.ts';
import { sumOf } from '../../../../schemas/posting/money.ts';
import type { Plan } from '../../../../schemas/posting/outcome.ts';
import type { Entry, Voucher } from '../../../../schemas/posting/voucher.ts';
import { voucherKeyText } from '../../../../schemas/posting/voucher.ts';
import { lives } from './histories.ts';
import type { Happening } from './histories.ts';

const RUNS = { numRuns: 400 };

/** Every byte of it. */
const bytes = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part.toString()}n` : part));

interface Moment {
  readonly happening: Happening;
  readonly plan: Plan;
  readonly before: Ledger;
  readonly after: Ledger;
}

function play(happenings: readonly Happening[], from?: Ledger): { ledger: Ledger; moments: Moment[] } {
  let ledger = from ?? emptyLedger(happenings[0]!.state);
  const moments = happenings.map((happening) => {
    const before = ledger;
    const plan = planPosting(before, happening.state, happening.books);
    ledger = ledgerAfter(before, happening.state, plan);
    return { happening, plan, before, after: ledger };
  });
  return { ledger, moments };
}

/** What the books hold in the end: by account, cost centre, party and currency. */
function balances(vouchers: readonly Voucher[], units: (entry: Entry) => bigint): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { entries, currency } of vouchers)
    for (const entry of entries) {
      const key = [currency.code, entry.account, entry.costCenter, entry.party].join(' ');
      sums.set(key, (sums.get(key) ?? 0n) + (entry.side === 'debit' ? units(entry) : -units(entry)));
    }
  for (const [key, sum] of sums) if (sum === 0n) sums.delete(key);
  return new Map([...sums].sort());
}

const inCurrency = ({ amount }: Entry): bigint => amount;
const inBooks = ({ base }: Entry): bigint => base;

test('each voucher has its debits equal to its credits, in its currency and in that of the books', () => {
  fc.assert(
    fc.property(lives, (life) => {
      for (const { entries, key } of play(life).ledger.vouchers) {
        expect(entries.length).toBeGreaterThanOrEqual(2);
        for (const units of [inCurrency, inBooks]) {
          const side = (wanted: Entry['side']) =>
            entries.filter((entry) => entry.side === wanted).reduce((sum, entry) => sum + units(entry), 0n);
          expect(side('debit')).toBe(side('credit'));
        }
        for (const entry of entries) expect(entry.amount > 0n).toBe(key.kind === 'posting');
      }
    }),
    RUNS,
  );
});

test('the voucher that stands says what the document says, to the cent; one that is not due has none', () => {
  fc.assert(
    fc.property(lives, (life) => {
      for (const { happening, plan, before, after } of play(life).moments) {
        const live = liveVoucher(after);
        const { state } = happening;
        if (plan.kind === 'parked' || plan.kind === 'refused') expect(after).toBe(before);
        else if ('gone' in state && state.gone === 'removed') expect(after.vouchers).toEqual(before.vouchers);
        else if ('gone' in state || !['approved', 'received', 'paid'].includes(state.status))
          expect(live).toBeNull();
        else {
          const credits = live!.entries.filter(({ side }) => side === 'credit');
          expect(sumOf(credits.map(({ amount }) => amount))).toBe(state.total);
          expect(live!.content).toBe(contentOf(state));
        }
      }
    }),
    RUNS,
  );
});

test('what was reversed leaves nothing behind: all vouchers together come to the one that stands', () => {
  fc.assert(
    fc.property(lives, (life) => {
      for (const { after } of play(life).moments) {
        const live = liveVoucher(after);
        const standing = live === null ? [] : [live];
        for (const units of [inCurrency, inBooks])
          expect(balances(after.vouchers, units)).toEqual(balances(standing, units));
        const released = (vouchers: readonly Voucher[]) =>
          sumOf(vouchers.flatMap(({ releases }) => releases.map(({ base }) => base)));
        expect(released(after.vouchers)).toBe(released(standing));
      }
    }),
    RUNS,
  );
});

test('no posted voucher is ever altered, and no key is given twice', () => {
  fc.assert(
    fc.property(lives, (life) => {
      const { ledger, moments } = play(life);
      for (const { before } of moments)
        expect(bytes(ledger.vouchers.slice(0, before.vouchers.length))).toBe(bytes(before.vouchers));
      const keys = ledger.vouchers.map(({ key }) => voucherKeyText(key));
      expect(new Set(keys).size).toBe(keys.length);
    }),
    RUNS,
  );
});

test('a voucher is in a period that was open, on a day of it, and a reversal not before what it takes back', () => {
  fc.assert(
    fc.property(lives, (life) => {
      for (const { happening, plan, before } of play(life).moments) {
        if (plan.kind !== 'actions') continue;
        for (const { kind, voucher } of plan.actions) {
          const period = happening.books.periods.find(({ code }) => code === voucher.period)!;
          expect(period.status).toBe('open');
          expect(period.startsOn <= voucher.date && voucher.date <= period.endsOn).toBe(true);
          if (kind === 'reverse') expect(voucher.date >= liveVoucher(before)!.date).toBe(true);
        }
      }
    }),
    RUNS,
  );
});

test('reading again from any point before where one stopped leaves the same bytes', () => {
  fc.assert(
    fc.property(lives, fc.nat(), fc.nat(), (life, stopped, again) => {
      const stop = stopped % (life.length + 1);
      const whole = play(life).ledger;
      const atStop = play(life.slice(0, stop), emptyLedger(life[0]!.state)).ledger;
      const resumed = play(life.slice(again % (stop + 1)), atStop).ledger;
      expect(bytes(resumed)).toBe(bytes(whole));
      expect(bytes(play(life, whole).ledger)).toBe(bytes(whole));
    }),
    RUNS,
  );
});

test('states that were passed over make no difference to what the books hold in the end', () => {
  fc.assert(
    fc.property(lives, (life) => {
      const { ledger, moments } = play(life);
      const last = moments.at(-1)!;
      fc.pre(last.plan.kind === 'actions' || (last.plan.kind === 'nothing' && last.plan.why !== 'removed'));
      const alone = play([last.happening]);
      fc.pre(alone.moments[0]!.plan.kind !== 'parked');
      expect(balances(alone.ledger.vouchers, inCurrency)).toEqual(balances(ledger.vouchers, inCurrency));
    }),
    RUNS,
  );
});

test('the order in which lines come leaves no trace', () => {
  const withLines = lives
    .map(([first]) => first!)
    .filter(({ state }) => 'lines' in state)
    .chain(({ state, books }) => {
      const document = state as Exclude<Document, { kind: 'payment' }>;
      const shuffled = fc.shuffledSubarray([...document.lines], { minLength: document.lines.length });
      return fc.tuple(fc.constant(document), shuffled, fc.constant(books));
    });
  fc.assert(
    fc.property(withLines, ([document, lines, books]) => {
      const other = { ...document, lines } as Document;
      expect(bytes(postDocument(other, 1, books))).toBe(bytes(postDocument(document, 1, books)));
    }),
    RUNS,
  );
});

test('the lives that are drawn have all of it in them', () => {
  const plans = fc.sample(lives, { numRuns: 400, seed: 7 }).flatMap((life) => play(life).moments);
  const outcomes = new Set(
    plans.map(({ plan }) => {
      if (plan.kind === 'actions') return plan.actions.map(({ kind }) => kind).join('+');
      return plan.kind === 'nothing' ? plan.why : plan.reason;
    }),
  );
  const wanted = ['post', 'reverse', 'reverse+post', 'unchanged', 'not-due', 'removed'];
  const troubles = ['no-open-period', 'not-mapped', 'total-differs-from-lines'];
  expect([...outcomes]).toEqual(expect.arrayContaining([...wanted, ...troubles]));
});
