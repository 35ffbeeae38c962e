import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { binlogVersion, lsnInEra, postgresVersion } from '../../schemas/contract/position.ts';
import type { Offset, Version } from '../../schemas/contract/position.ts';
import type { SourceBlock } from './envelope.ts';

/**
 * The version of a change read from a binlog. A snapshot read has the position at which the snapshot was taken, and 0;
 * every event after it has a greater position, for a transaction opens with a GTID event before its first row. A read of
 * an incremental snapshot has the position of the connector's own transaction that ends its chunk, and 0: it is newer
 * than every change streamed before, so that it heals a row that was altered in the target.
 *
 * Within its transaction the order of changes is that of their offsets, and not one that the source tells. MariaDB since
 * 11.4 logs no positions inside of a transaction, so that all its changes have that of its beginning; `row` counts anew
 * in each statement, and `transaction.total_order` from 1 when the connector is restarted in the middle: the second
 * change of a row would look older than the first. The key of a row, and with it its partition, stays the same within a
 * transaction, for a change of the table ends one.
 *
 * @param offset of the record; of a transaction across a multiple of 2^32 in its partition no order is promised.
 */
export function versionInBinlog(
  { file, pos }: SourceBlock,
  snapshot: boolean,
  era: number,
  offset: Offset,
): Version {
  if (file === undefined || pos === undefined) throw noPosition('file and pos');
  const order = snapshot ? 0 : 1 + Number(offset % ORDERS);
  return binlogVersion(era, fileNumber(file), BigInt(pos), order);
}

/** As many as the last part of a version can tell apart, without the 0 of snapshot reads. */
const ORDERS = (1n << 32n) - 1n;

let lastFile = '';
let lastNumber = 0;

/** The number at the end of a binlog file's name. Events come in order: the file is nearly always that of the event before. */
function fileNumber(file: string): number {
  if (file === lastFile) return lastNumber;
  const digits = /\.(\d{1,10})$/.exec(file)?.[1];
  if (digits === undefined) {
    throw new CounterfoilError('UNSUPPORTED_SCHEMA', 'the binlog file name does not end in a number', {
      remedy: 'Set log_bin to a base name without an extension, so that the server numbers its files.',
    });
  }
  lastFile = file;
  lastNumber = Number(digits);
  return lastNumber;
}

/**
 * The version of a change in PostgreSQL, from `source.sequence`: JSON text `[lastCommitLsn, lsn]`. Changes of one key
 * have growing LSNs, for each waits for the row lock of the one before. `lastCommitLsn` comes first for the sake of
 * snapshot reads: a read that the connector makes after it has streamed the commit at C is newer than all transactions
 * up to that one, and older than all it will stream later, whose `lastCommitLsn` is C or more. The read gets (C, 0).
 * Reads of an incremental snapshot are such; their `lsn` is null.
 *
 * Until it has streamed a commit, a connector has no `lastCommitLsn` and sends null:
 * - A read of the initial snapshot then gets the LSN at which the replication slot became consistent, S. So it is newer
 *   than all that an earlier slot ever streamed (commits before S), as it must be after a slot was lost.
 * - A change of the first transaction streamed is newer than that read, but its own LSN may be *below* S: the
 *   transaction may have written it before S and committed after S. `floor` mends that.
 *
 * @param floor the first part of the version of the snapshot read last in the event's partition, or 0n: what was read
 *   of the event's key, if anything was, lies before it in the same partition.
 */
export function versionInPostgres(
  source: SourceBlock,
  snapshot: boolean,
  era: number,
  floor: bigint,
): Version {
  const lsn = source.lsn == null ? null : BigInt(source.lsn);
  const committed = lastCommitOf(source.sequence ?? null) ?? lsn;
  if (committed === null) throw noPosition('lsn');
  const after = lsnInEra(era, committed);
  if (snapshot) return postgresVersion(after, 0n);
  if (lsn === null) throw noPosition('lsn');
  return postgresVersion(after > floor ? after : floor, lsn);
}

/** The first part of `["123","456"]` or `[null,"456"]`. */
function lastCommitOf(sequence: string | null): bigint | null {
  if (sequence === null || sequence.startsWith('[null')) return null;
  const end = sequence.indexOf('"', 2);
  if (!sequence.startsWith('["') || end < 3) throw noPosition('a sequence that can be read');
  return BigInt(sequence.slice(2, end));
}

/** The first part of a version in PostgreSQL: what {@link versionInPostgres} takes as its floor. */
export function commitPartOf(version: Version): bigint {
  return BigInt(`0x${version.slice(0, 16)}`);
}

function noPosition(missing: string): CounterfoilError {
  return new CounterfoilError('UNSUPPORTED_SCHEMA', `the source block of the event has no ${missing}`);
}
