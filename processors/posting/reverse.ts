import { laterOf } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { negated } from '../../schemas/posting/money.ts';
import type { Posting } from '../../schemas/posting/outcome.ts';
import type { Period } from '../../schemas/posting/period.ts';
import type { Voucher } from '../../schemas/posting/voucher.ts';
import { postingDay } from './open-period.ts';

/**
 * The red-letter reversal (红字冲销) of a voucher: its entries on the same sides with negative amounts, at its own rate,
 * so that both together come to nothing in every currency. Never on a day before the voucher's.
 */
export function reversalOf(voucher: Voucher, on: CalendarDate, periods: readonly Period[]): Posting {
  const day = postingDay(periods, laterOf(on, voucher.date));
  if (day.kind === 'parked') return day;
  const reversal: Voucher = {
    ...voucher,
    key: { ...voucher.key, kind: 'reversal' },
    period: day.period,
    date: day.date,
    description: `红字冲销 ${voucher.description}`,
    entries: voucher.entries.map((entry) => ({
      ...entry,
      summary: `冲销 ${entry.summary}`,
      amount: negated(entry.amount),
      base: negated(entry.base),
    })),
    releases: voucher.releases.map((release) => ({ ...release, base: negated(release.base) })),
  };
  return { kind: 'voucher', voucher: reversal };
}
