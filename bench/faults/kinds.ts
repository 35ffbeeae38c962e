import type { DifferenceKind } from '../../monitoring/consistency/compare.ts';
import { hasMemo, idOf, keyOf, restoreStatement, twinOf } from './ledger.ts';
import type { Place } from './place.ts';

/** What a check has to say of a fault. */
export interface Expected {
  readonly table: string;
  /** Null for a row of a table without a key. */
  readonly key: string | null;
  readonly kind: DifferenceKind;
  readonly columns: readonly string[];
}

export interface FaultKind {
  readonly name: string;
  /** How it comes about; `nth` of its kind. */
  readonly inject: (place: Place, nth: number) => Promise<Expected>;
}

const FIRST_BYTE_BIT = 'set_bit(fingerprint, 3, 1 - get_bit(fingerprint, 3))';
const NEXT_PERIOD = "to_char(to_date(period, 'YYYY-MM') + interval '1 month', 'YYYY-MM')";

export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'lost insert', inject: loseInsert },
  { name: 'lost delete', inject: loseDelete },
  {
    name: 'doubled row (under another id)',
    inject: async (place) => {
      const n = await place.victim();
      await place.copy(n);
      return entry(place, twinOf(n), 'extra');
    },
  },
  {
    name: 'doubled row (table without a key)',
    inject: async (place) => {
      await place.doubleLine();
      return { table: place.bank, key: null, kind: 'extra', columns: [] };
    },
  },
  {
    name: 'one cent off',
    inject: (place, nth) =>
      nth % 2 === 0
        ? altered(place, ['debit'], 'debit = debit + 0.01')
        : altered(place, ['credit'], 'credit = credit - 0.01'),
  },
  {
    name: 'one bit off',
    inject: (place, nth) =>
      nth % 2 === 0
        ? altered(place, ['fingerprint'], `fingerprint = ${FIRST_BYTE_BIT}`)
        : lastBitOfRate(place),
  },
  {
    name: 'swapped debit and credit',
    inject: (place) => altered(place, ['credit', 'debit'], 'debit = credit, credit = debit'),
  },
  { name: 'wrong period', inject: (place) => altered(place, ['period'], `period = ${NEXT_PERIOD}`) },
  {
    name: 'wrong time zone',
    inject: (place) => altered(place, ['posted_at'], "posted_at = posted_at - interval '8 hours'"),
  },
  { name: 'null for empty', inject: (place) => altered(place, ['memo'], 'memo = NULL', hasMemo.empty) },
  { name: 'empty for null', inject: (place) => altered(place, ['memo'], "memo = ''", hasMemo.null) },
  {
    name: 'truncated text',
    inject: (place) => altered(place, ['memo'], 'memo = left(memo, -1)', hasMemo.text),
  },
  { name: 'stale code', inject: staleCode },
  {
    name: 'extra target row',
    inject: async (place) => {
      const n = await place.victim();
      await place.copy(n, { voucher_no: "'PZ-EXTRA'", debit: '1.00', credit: '0' });
      return entry(place, twinOf(n), 'extra');
    },
  },
];

function entry(place: Place, n: number, kind: DifferenceKind, columns: readonly string[] = []): Expected {
  return { table: place.ledger, key: keyOf(n), kind, columns };
}

async function altered(
  place: Place,
  columns: readonly string[],
  change: string,
  fits?: (n: number) => boolean,
): Promise<Expected> {
  const n = await place.victim(fits);
  await place.alter(n, change);
  return entry(place, n, 'different', columns);
}

/** Either the source has a row of which the binlog does not tell, or the target has lost one. */
async function loseInsert(place: Place, nth: number): Promise<Expected> {
  const n = await place.victim();
  if (nth % 2 === 0) {
    await place.source(restoreStatement([twinOf(n)]));
    return entry(place, twinOf(n), 'missing');
  }
  await place.target(`DELETE FROM ${place.ledger} WHERE id = ${idOf(n)}`);
  return entry(place, n, 'missing');
}

async function loseDelete(place: Place): Promise<Expected> {
  const n = await place.victim();
  await place.source(`DELETE FROM ledger_entry WHERE id = ${idOf(n)}`);
  return entry(place, n, 'extra');
}

async function staleCode(place: Place): Promise<Expected> {
  const n = await place.victim();
  await place.source(`UPDATE ledger_entry SET status = 'reversed' WHERE id = ${idOf(n)}`);
  return entry(place, n, 'different', ['status']);
}

async function lastBitOfRate(place: Place): Promise<Expected> {
  const n = await place.victim();
  const sql = `SELECT rate FROM ${place.ledger} WHERE id = ${idOf(n)}`;
  const { rows } = await place.sessions.target.query<{ rate: number }>(sql);
  const rate = Buffer.alloc(8);
  rate.writeDoubleBE(rows[0]?.rate ?? 0);
  rate[7] = (rate[7] ?? 0) ^ 1;
  await place.alter(n, `rate = ${rate.readDoubleBE().toString()}`);
  return entry(place, n, 'different', ['rate']);
}
