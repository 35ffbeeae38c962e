import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import { journalDigests, tableShapeOf } from '../../monitoring/audit/digests.ts';
import type { RowFault } from '../../monitoring/audit/rows.ts';
import type { EntryFault } from '../../monitoring/audit/chains.ts';
import { decodeRecords, encodeRecords } from '../../schemas/journal/record.ts';
import { shapeOfText } from '../../schemas/journal/shape.ts';
import type { EntryPlace, OpenJournal } from './journal.ts';
import { idOf, keyOf, twinOf } from './ledger.ts';
import type { Marked } from './marked.ts';
import type { Place } from './place.ts';
import { addressOf } from './sessions.ts';

/** What an audit has to say of it. */
export interface Tampered {
  readonly name: string;
  readonly rows: readonly { readonly key: string; readonly fault: RowFault }[];
  readonly entries: readonly (EntryPlace & { readonly fault: EntryFault })[];
  /** On the clock of performance.now(). */
  readonly at: number;
}

type Says = Omit<Tampered, 'at' | 'name'>;

export interface TamperingKind {
  readonly name: string;
  /** Does it to a row, and the one entry that told of it last. */
  readonly tamper: (place: Place, journal: OpenJournal, marked: Marked, nth: number) => Promise<Says>;
}

const ROW_CHANGES = [
  'debit = debit + 0.01',
  "memo = memo || ' '",
  'cf_version = set_byte(cf_version, 15, 255 - get_byte(cf_version, 15))',
];
const ENTRY_CHANGES = [
  'body = set_byte(body, length(body) - 1, 255 - get_byte(body, length(body) - 1))',
  'applied_at = applied_at - 86400000',
  'first_offset = first_offset - 1',
  // As if no journal had been kept for a while, in which rows may have changed.
  "kind = 'resumption', next_offset = next_offset + 1000000",
  'signature = set_byte(signature, 0, 255 - get_byte(signature, 0))',
];

export const TAMPERING_KINDS: readonly TamperingKind[] = [
  {
    // First, while all hashes still fit.
    name: 'row and entry altered, digest and all hashes made to fit',
    tamper: async (place, journal, marked) => {
      await place.alter(marked.n, 'credit = credit + 1000');
      await journal.rewrite(marked, await bodyThatFits(place, journal, marked));
      return { rows: [untold(marked)], entries: [{ ...marked, fault: 'altered' }] };
    },
  },
  {
    name: 'row altered',
    tamper: async (place, _journal, { n }, nth) => {
      await place.alter(n, ROW_CHANGES[nth % ROW_CHANGES.length] ?? '');
      return { rows: [{ key: keyOf(n), fault: 'altered' }], entries: [] };
    },
  },
  {
    name: 'row added',
    tamper: async (place, _journal, { n }) => {
      await place.copy(n);
      return { rows: [{ key: keyOf(twinOf(n)), fault: 'added' }], entries: [] };
    },
  },
  {
    name: 'row removed',
    tamper: async (place, _journal, { n }) => {
      await place.target(`DELETE FROM ${place.ledger} WHERE id = ${idOf(n)}`);
      return { rows: [{ key: keyOf(n), fault: 'removed' }], entries: [] };
    },
  },
  {
    name: 'entry altered',
    tamper: async (_place, journal, marked, nth) => {
      await journal.alter(marked, ENTRY_CHANGES[nth % ENTRY_CHANGES.length] ?? '');
      return { rows: [untold(marked)], entries: [{ ...marked, fault: 'altered' }] };
    },
  },
  {
    name: 'entry removed',
    tamper: async (_place, journal, marked) => {
      await journal.remove(marked);
      return { rows: [untold(marked)], entries: [{ ...marked, fault: 'missing' }] };
    },
  },
];

/** A row is not as it was written by the last entry that is believed. */
function untold({ n }: Marked): Tampered['rows'][number] {
  return { key: keyOf(n), fault: 'altered' };
}

/** The body of an entry that tells of one row, as it would be had the product written what is there now. */
async function bodyThatFits(place: Place, journal: OpenJournal, marked: Marked): Promise<Buffer> {
  const [record] = [...decodeRecords(await journal.bodyOf(marked))];
  if (record === undefined) throw new Error('an entry that should tell of a row tells of none');
  const shape = shapeOfText(await journal.shape(record.shape));
  const connection = { ...addressOf('postgres'), database: place.mirror.name };
  const snapshot = await createPostgresReader({ connection }).snapshot();
  const [row] = await snapshot.rowsByKey(tableShapeOf(shape), [[BigInt(idOf(marked.n))]]);
  await snapshot.close();
  if (row === undefined) throw new Error('a row that should be there is not');
  return encodeRecords([{ ...record, digest: journalDigests(shape).digest(row) }]);
}
