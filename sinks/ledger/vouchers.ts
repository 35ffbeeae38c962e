import { groupBy } from '../../schemas/contract/grouping.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { calendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { decimalOfUnits } from '../../schemas/dsl/decimal-text.ts';
import { documentId } from '../../schemas/posting/document.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import { baseMinor, minorOf } from '../../schemas/posting/money.ts';
import type { Denomination, Minor } from '../../schemas/posting/money.ts';
import type { Entry, UsedCode, Voucher } from '../../schemas/posting/voucher.ts';
import type { Session } from '../postgres/connection.ts';
import type { BookTables } from './definitions.ts';

/** A voucher with the number that finance knows it by. */
interface NumberedVoucher {
  readonly number: string;
  readonly voucher: Voucher;
}

interface StoredVoucher {
  readonly document_id: string;
  readonly revision: number;
  readonly kind: Voucher['key']['kind'];
  readonly period: string;
  readonly date: string;
  readonly currency: string;
  readonly minor_units: number;
  readonly base_currency: string;
  readonly base_minor_units: number;
  readonly rate: string;
  readonly description: string;
  readonly content: string;
  readonly codes: readonly UsedCode[];
  readonly entries: readonly StoredEntry[];
  readonly releases: readonly StoredRelease[];
}

interface StoredEntry {
  readonly side: Entry['side'];
  readonly account: string;
  readonly cost_center: string | null;
  readonly party: string | null;
  readonly summary: string;
  readonly amount: string;
  readonly base_amount: string;
}

interface StoredRelease {
  readonly year: number;
  readonly cost_center: string;
  readonly category: string;
  readonly base_amount: string;
}

/** The vouchers of documents, by document, in the order in which they were posted. */
export async function readVouchers(
  session: Session,
  { voucher, entry, release }: BookTables,
  kind: DocumentKind,
  documents: readonly string[],
): Promise<ReadonlyMap<string, readonly Voucher[]>> {
  const found = await session.run<StoredVoucher>(
    `SELECT v.document_id, v.revision, v.kind, v.period, v.voucher_date::text AS date, v.currency,
       v.minor_units, v.base_currency, v.base_minor_units, v.rate::text, v.description, v.content, v.codes,
       (SELECT json_agg(json_build_object('side', side, 'account', account, 'cost_center', cost_center, 'party', party,
          'summary', summary, 'amount', amount::text, 'base_amount', base_amount::text) ORDER BY line_no)
        FROM ${entry} e WHERE e.voucher_no = v.voucher_no) AS entries,
       (SELECT coalesce(json_agg(json_build_object('year', year, 'cost_center', cost_center, 'category', category,
          'base_amount', base_amount::text) ORDER BY line_no), '[]') FROM ${release} r WHERE r.voucher_no = v.voucher_no) AS releases
     FROM ${voucher} v WHERE v.document_kind = $1 AND v.document_id = ANY($2::text[])
     ORDER BY v.document_id, v.revision, v.kind`,
    [kind, documents],
    'read vouchers',
  );
  return groupBy(
    found.map((stored) => voucherOf(kind, stored)),
    ({ key }) => key.document.id,
  );
}

function voucherOf(kind: DocumentKind, stored: StoredVoucher): Voucher {
  const currency = { code: stored.currency, minorUnits: stored.minor_units };
  const base = { code: stored.base_currency, minorUnits: stored.base_minor_units };
  const inBase = (amount: string) => baseMinor(exact(amount, base));
  return {
    key: {
      document: { kind, id: documentId(stored.document_id) },
      ...{ revision: stored.revision, kind: stored.kind },
    },
    ...{ period: stored.period, date: dateOf(stored.date), currency, base, rate: stored.rate },
    ...{ description: stored.description, content: stored.content, codes: stored.codes },
    entries: stored.entries.map((each) => ({
      ...{ side: each.side, account: each.account, costCenter: each.cost_center, party: each.party },
      ...{ summary: each.summary, amount: exact(each.amount, currency), base: inBase(each.base_amount) },
    })),
    releases: stored.releases.map((each) => ({
      ...{ year: each.year, costCenter: each.cost_center, category: each.category },
      base: inBase(each.base_amount),
    })),
  };
}

function exact(amount: string, denomination: Denomination): Minor {
  const units = minorOf(amount, denomination);
  if (units === null) throw new CounterfoilError('INTERNAL', 'a posted amount is finer than its currency');
  return units;
}

function dateOf(text: string): CalendarDate {
  const date = calendarDate(text);
  if (date === null) throw new CounterfoilError('INTERNAL', 'a voucher has no date');
  return date;
}

/** Posts vouchers under the next numbers of their periods, without gaps; in their order, and so are the numbers returned. */
export async function writeVouchers(
  session: Session,
  tables: BookTables,
  vouchers: readonly Voucher[],
): Promise<readonly string[]> {
  if (vouchers.length === 0) return [];
  const next = await reserveNumbers(session, tables, vouchers);
  const numbered = vouchers.map((voucher) => {
    const serial = next.get(voucher.period) ?? 1n;
    next.set(voucher.period, serial + 1n);
    return { number: `${voucher.period}-${serial.toString().padStart(6, '0')}`, voucher };
  });
  const insert = async (table: string, columns: string, rows: readonly object[]) => {
    if (rows.length === 0) return;
    const names = columns.replaceAll(/ \w+(?=,|$)/g, '');
    await session.run(
      `INSERT INTO ${table} (${names}) SELECT ${names} FROM jsonb_to_recordset($1::jsonb) AS given (place integer, ${columns})
       ORDER BY place`,
      [JSON.stringify(rows.map((row, place) => ({ place, ...row })))],
      'post vouchers',
    );
  };
  await insert(tables.voucher, VOUCHER_COLUMNS, numbered.map(voucherRow));
  await insert(tables.entry, ENTRY_COLUMNS, numbered.flatMap(entryRows));
  await insert(tables.release, RELEASE_COLUMNS, numbered.flatMap(releaseRows));
  return numbered.map(({ number }) => number);
}

const VOUCHER_COLUMNS =
  'voucher_no text, document_kind text, document_id text, revision integer, kind text, period text, voucher_date date, currency text, minor_units smallint, base_currency text, base_minor_units smallint, rate numeric, description text, content text, codes jsonb';
const ENTRY_COLUMNS =
  'voucher_no text, line_no integer, side text, account text, cost_center text, party text, summary text, amount numeric, base_amount numeric';
const RELEASE_COLUMNS =
  'voucher_no text, line_no integer, year integer, cost_center text, category text, base_amount numeric';

/** The first free number of each period. Holds the period until the commit: numbers are in the order of commits. */
async function reserveNumbers(
  session: Session,
  { number }: BookTables,
  vouchers: readonly Voucher[],
): Promise<Map<string, bigint>> {
  const counts = new Map<string, number>();
  for (const { period } of vouchers) counts.set(period, (counts.get(period) ?? 0) + 1);
  const next = new Map<string, bigint>();
  for (const [period, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [row] = await session.run<{ last: string }>(
      `INSERT INTO ${number} AS counter VALUES ($1, $2) ON CONFLICT (period) DO UPDATE SET last = counter.last + $2
       RETURNING last::text`,
      [period, count],
      'number vouchers',
    );
    next.set(period, BigInt(row?.last ?? count) - BigInt(count) + 1n);
  }
  return next;
}

/** 64-bit integers and decimals as text: JSON numbers would lose digits. */
function voucherRow({ number, voucher: { key, currency, base, ...voucher } }: NumberedVoucher) {
  return {
    voucher_no: number,
    ...{ document_kind: key.document.kind, document_id: key.document.id },
    ...{ revision: key.revision, kind: key.kind, period: voucher.period, voucher_date: voucher.date },
    ...{ currency: currency.code, minor_units: currency.minorUnits },
    ...{ base_currency: base.code, base_minor_units: base.minorUnits, rate: voucher.rate },
    ...{ description: voucher.description, content: voucher.content, codes: voucher.codes },
  };
}

function entryRows({ number, voucher: { entries, currency, base } }: NumberedVoucher) {
  return entries.map((entry, at) => ({
    ...{ voucher_no: number, line_no: at + 1, side: entry.side, account: entry.account },
    ...{ cost_center: entry.costCenter, party: entry.party, summary: entry.summary },
    amount: decimalOfUnits(entry.amount, currency.minorUnits),
    base_amount: decimalOfUnits(entry.base, base.minorUnits),
  }));
}

function releaseRows({ number, voucher: { releases, base } }: NumberedVoucher) {
  return releases.map((release, at) => ({
    ...{ voucher_no: number, line_no: at + 1, year: release.year, cost_center: release.costCenter },
    ...{ category: release.category, base_amount: decimalOfUnits(release.base, base.minorUnits) },
  }));
}
