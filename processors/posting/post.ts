import { contentHash } from '../../schemas/dsl/content-hash.ts';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import type { Document } from '../../schemas/posting/document.ts';
import type { Posting } from '../../schemas/posting/outcome.ts';
import type { Period } from '../../schemas/posting/period.ts';
import type { BudgetRelease, Entry, Voucher } from '../../schemas/posting/voucher.ts';
import { contradictionIn, refused } from './check-document.ts';
import { CodeReader } from './code-reader.ts';
import { convertAll, factorOf } from './convert.ts';
import type { Factor } from './convert.ts';
import type { Draft } from './draft.ts';
import { postingDay } from './open-period.ts';
import { draftOf } from './rules.ts';

/** What vouchers are made with, besides the document. */
export interface Books {
  readonly dictionary: Dictionary;
  readonly periods: readonly Period[];
}

const DESCRIPTIONS = {
  'expense-claim': '费用报销',
  'purchase-receipt': '采购暂估',
  'contract-payment': '合同付款',
  payment: '付款核销',
} as const satisfies Record<Document['kind'], string>;

/** The voucher of a document that is due one, as its given revision. The same input gives the same voucher. */
export function postDocument(document: Document, revision: number, { dictionary, periods }: Books): Posting {
  if (document.accountingDate === null) return refused('no-accounting-date');
  const contradiction = contradictionIn(document);
  if (contradiction !== null) return contradiction;
  const day = postingDay(periods, document.accountingDate);
  if (day.kind === 'parked') return day;

  const codes = new CodeReader(dictionary, day.date);
  const currency = codes.denomination(document.currency);
  if (currency.kind === 'parked') return currency;
  const base = codes.base();
  if (base.kind === 'parked') return base;
  // The rate of the business day, also when the voucher has rolled into a later period.
  const rate =
    currency.code === base.code ? null : codes.find('exchange-rate', currency.code, document.accountingDate);
  if (rate?.kind === 'parked') return rate;
  const rateText = rate === null ? '1' : rate.value.rate;
  const draft = draftOf(document, codes);
  if (draft.kind === 'parked') return draft;

  const entries = inBooks(draft, factorOf(rateText, currency, base));
  const voucher: Voucher = {
    key: { document: { kind: document.kind, id: document.id }, revision, kind: 'posting' },
    period: day.period,
    date: day.date,
    currency: { code: currency.code, minorUnits: currency.minorUnits },
    base: { code: base.code, minorUnits: base.minorUnits },
    rate: rateText,
    description: `${DESCRIPTIONS[document.kind]} ${document.number}`,
    entries: entries.map(({ category: _, ...entry }) => entry),
    releases: document.kind === 'contract-payment' ? releasesOf(document.budgetYear, entries) : [],
    content: contentOf(document),
    codes: codes.used(),
  };
  return { kind: 'voucher', voucher };
}

/** Changes with what is to be posted, and not with dates, states and the order of lines. */
export function contentOf(document: Document): string {
  const { kind, number, currency, total, party } = document;
  const common = { kind, number, currency, total, party };
  if (document.kind === 'payment') {
    const { settles, method } = document;
    return contentHash({ ...common, settles, method });
  }
  const lines = [...document.lines].sort((a, b) => a.lineNo - b.lineNo);
  const budgetYear = document.kind === 'contract-payment' ? document.budgetYear : null;
  return contentHash({ ...common, department: document.department, budgetYear, lines });
}

type BookedEntry = Entry & { readonly category: string | null };

/** Each side is converted by itself: both come to the total, rounded once. */
function inBooks({ entries }: Draft, factor: Factor): readonly BookedEntry[] {
  return (['debit', 'credit'] as const).flatMap((side) => {
    const own = entries.filter((entry) => entry.side === side);
    const converted = convertAll(
      own.map(({ amount }) => amount),
      factor,
    );
    return own.flatMap((entry, index) => {
      const base = converted[index];
      return base === undefined ? [] : [{ ...entry, base }];
    });
  });
}

function releasesOf(year: number, entries: readonly BookedEntry[]): readonly BudgetRelease[] {
  return entries.flatMap(({ costCenter, category, base }) =>
    costCenter === null || category === null ? [] : [{ year, costCenter, category, base }],
  );
}
