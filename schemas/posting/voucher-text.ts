import { decimalOfUnits } from '../dsl/decimal-text.ts';
import { voucherKeyText } from './voucher.ts';
import type { Voucher } from './voucher.ts';

/** What a voucher books, as accountants read it: 借 is debit, 贷 is credit. Its entries are in order, one a line. */
export function voucherText(voucher: Voucher): string {
  const { key, period, date, currency, base, rate, description } = voucher;
  const inBase = (units: bigint): string => `${decimalOfUnits(units, base.minorUnits)} ${base.code}`;
  return [
    `${voucherKeyText(key)} ${period} ${date} ${description}`,
    ...(rate === '1' ? [] : [`汇率 1 ${currency.code} = ${rate} ${base.code}`]),
    ...voucher.entries.map((entry) =>
      [
        entry.side === 'debit' ? '借' : '贷',
        entry.account,
        entry.costCenter ?? '—',
        entry.party ?? '—',
        entry.summary,
        `${decimalOfUnits(entry.amount, currency.minorUnits)} ${currency.code}`,
        ...(currency.code === base.code ? [] : ['=', inBase(entry.base)]),
      ].join(' '),
    ),
    ...voucher.releases.map(
      ({ year, costCenter, category, base: units }) =>
        `释放预算 ${year.toString()} ${costCenter} ${category} ${inBase(units)}`,
    ),
  ].join('\n');
}
