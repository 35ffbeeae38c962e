import { z } from 'zod';
import { calendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { lookup } from '../../schemas/dictionary/dictionary.ts';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import type { TextRow } from '../../schemas/posting/declaration.ts';
import { minorOf } from '../../schemas/posting/money.ts';
import type { Denomination, Minor } from '../../schemas/posting/money.ts';
import { parked } from '../../schemas/posting/outcome.ts';
import type { Parked, Refused } from '../../schemas/posting/outcome.ts';
import { writtenAmount } from '../../schemas/posting/written-number.ts';

/** Amounts are text in the API; a number would have been read as written when it is short. */
const decimal = z.union([z.string(), z.number().transform(String)]);
const money = z.object({ standard: decimal, standardStrCode: z.string() });
const instant = z.number().nullish();

const invoice = z.object({
  taxAmount: money.nullish(),
  taxRate: decimal.nullish(),
  approveAmount: money.nullish(),
});
const detail = z.object({
  feeTypeId: z.string(),
  feeTypeForm: z.object({
    amount: money,
    invoiceForm: z.object({ invoices: z.array(invoice).nullish() }).nullish(),
  }),
});

/** What is read of a document of the API. */
const document = z.object({
  updateTime: instant,
  form: z.object({
    code: z.string(),
    expenseMoney: money.nullish(),
    payMoney: money.nullish(),
    flowEndTime: instant,
    payDate: instant,
    details: z.array(detail).nullish(),
  }),
});

export type ApiDocument = z.infer<typeof document>;
export type ApiMoney = z.infer<typeof money>;
export type ApiDetail = z.infer<typeof detail>;

/** Null when the text is no document as the API describes it. */
export function apiDocument({ document: text }: TextRow): ApiDocument | null {
  try {
    return document.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

/** States in which Hose has paid. */
export const PAID = ['paid', 'archived'];

/** What Hose calls its states, in the words of the list `status`. */
const STATUSES: Readonly<Record<string, string>> = {
  pending: 'submitted',
  approving: 'submitted',
  sending: 'submitted',
  receiving: 'submitted',
  PROCESSING: 'paying',
  nullify: 'withdrawn',
};

export function statusOf({ state }: TextRow): string {
  return STATUSES[state ?? ''] ?? state ?? '';
}

/** The day in China of the last change, as Hose says; else of its arrival. */
export function changedDay(header: TextRow, read: ApiDocument | null): CalendarDate | null {
  return chinaDay(read?.updateTime) ?? calendarDate((header['received_at'] ?? '').slice(0, 10));
}

const CHINA_MS = 8 * 3_600_000;

/** The day in China of milliseconds since the epoch. */
export function chinaDay(milliseconds: number | null | undefined): CalendarDate | null {
  const instant = new Date((milliseconds ?? Number.NaN) + CHINA_MS);
  return Number.isNaN(instant.getTime()) ? null : calendarDate(instant.toISOString().slice(0, 10));
}

/** The currency of the legal entity, in which Hose accounts (本位币). */
export function denominationOf(
  { standardStrCode: code }: ApiMoney,
  day: CalendarDate,
  dictionary: Dictionary,
): (Denomination & { readonly kind: 'denomination' }) | Parked {
  const found = lookup(dictionary, 'currency', code, day);
  return found.kind === 'not-mapped'
    ? parked(found)
    : { kind: 'denomination', code, minorUnits: found.value.minor_units };
}

/** Refuses amounts of another currency than that of the document. */
export function amountOf(amount: ApiMoney, denomination: Denomination, line: number | null): Minor | Refused {
  if (amount.standardStrCode !== denomination.code) return refused('not-as-agreed', line);
  const written = writtenAmount(amount.standard);
  if (written === null) return refused('not-an-amount', line);
  return minorOf(written, denomination) ?? refused('amount-too-fine', line);
}

export function refused(reason: Refused['reason'], line: number | null = null): Refused {
  return { kind: 'refused', reason, line };
}

/** The code that a row of master data has, or that it is waited for. */
export function codeOf(
  [row]: readonly TextRow[],
  table: string,
  key: string | null | undefined,
): string | Parked {
  const code = (row?.['code'] ?? '').trim();
  return code === '' ? { kind: 'parked', reason: 'not-known', table, key: key ?? '(none)' } : code;
}
