declare const offsetBrand: unique symbol;
declare const epochBrand: unique symbol;
declare const versionBrand: unique symbol;

/** A Kafka offset. Offsets have gaps (transaction markers, compaction): a gap is no loss. */
export type Offset = bigint & { readonly [offsetBrand]: true };

/** Counts the owners of a (route, topic, partition): the highest one is the only one that may write. */
export type Epoch = bigint & { readonly [epochBrand]: true };

/**
 * The place of a change in the history of its source database, as 32 lower-case hex digits (16 bytes) whose byte
 * order is the order of the changes **of one key**. Equal versions are the same change. Versions of different sources
 * are not comparable.
 */
export type Version = string & { readonly [versionBrand]: true };

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface Coordinates extends TopicPartition {
  readonly offset: Offset;
}

/**
 * The offsets that a partition holds: from `low` up to, not including, `high`. High is the last stable offset: what is
 * behind it belongs to transactions whose markers are not all written yet, and a committed reader cannot see it.
 */
export interface PartitionRange {
  readonly partition: number;
  readonly low: Offset;
  readonly high: Offset;
}

/** Offsets of one partition: from `first` up to, not including, `next`. */
export interface OffsetRange extends TopicPartition {
  readonly first: Offset;
  readonly next: Offset;
}

export function offsetOf(value: bigint | number | string): Offset {
  const offset = BigInt(value);
  if (offset < 0n) throw new RangeError(`an offset cannot be negative: ${offset.toString()}`);
  return offset as Offset;
}

export function nextOffset(offset: Offset): Offset {
  return (offset + 1n) as Offset;
}

export function epochOf(value: bigint | number | string): Epoch {
  return BigInt(value) as Epoch;
}

const VERSION = /^[0-9a-f]{32}$/;

/** Reads a version that was stored as text. Throws RangeError when it is not 32 hex digits. */
export function versionOf(hex: string): Version {
  if (!VERSION.test(hex)) throw new RangeError('a version is 32 lower-case hex digits');
  return hex as Version;
}

/** Negative when `a` is older than `b`, 0 when they are the same change, positive when `a` is newer. */
export function compareVersions(a: Version, b: Version): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Hex digits of a version that do not say where in its transaction a change is; see {@link binlogVersion}. */
const PLACE = { mariadb: 24, mysql: 24, postgresql: 32 } as const;

/**
 * Whether a change stands in the log before another one, of the same source and never of the same transaction. A connector
 * that is restarted within a transaction of a binlog counts its changes from 1 again: their order is left out.
 */
export function standsBefore(connector: keyof typeof PLACE, a: Version, b: Version): boolean {
  return a.slice(0, PLACE[connector]) < b.slice(0, PLACE[connector]);
}

/** The same where it is not known which kind of source it is: false for changes of which that cannot be told. */
export function surelyStandsBefore(a: Version, b: Version): boolean {
  return standsBefore('mariadb', a, b);
}

const U64 = 1n << 64n;

/**
 * PostgreSQL: (LSN of the last commit before the change's transaction, LSN of the change). The first part puts
 * transactions in commit order, as the stream does; the row's own LSN alone would not, for a snapshot read is newer
 * than the early changes of a transaction that was still open when it was made. Snapshot reads pass `lsn` 0. The first
 * part carries the era, see {@link lsnInEra}.
 */
export function postgresVersion(lastCommitLsn: bigint, lsn: bigint): Version {
  return (hex(lastCommitLsn, U64, 16) + hex(lsn, U64, 16)) as Version;
}

/**
 * An LSN with the era of its source above it: LSNs start again, or go back, on another server or after a restore, and
 * the era, set by configuration, is then raised by one. No server's LSN reaches 2^56 (72 petabytes of log).
 */
export function lsnInEra(era: number, lsn: bigint): bigint {
  if (lsn >= 1n << 56n) throw outOfRange(lsn);
  return (BigInt(era) << 56n) + lsn;
}

/**
 * MariaDB and MySQL: (era, number of the binlog file, position of the event, place within the transaction). File numbers
 * start again on another server or after RESET MASTER; the era, set by configuration, is then raised by one.
 */
export function binlogVersion(era: number, file: number, position: bigint, order: number): Version {
  if (order < 0 || order >= 2 ** 32) throw outOfRange(order);
  return (binlogPlace(era, file, position) + order.toString(16).padStart(8, '0')) as Version;
}

/** The part that all changes of a transaction share, and all reads of a snapshot: it is nearly always that of the change before. */
function binlogPlace(era: number, file: number, position: bigint): string {
  const last = lastPlace;
  if (position === last.position && file === last.file && era === last.era) return last.text;
  const text =
    hex(BigInt(era), 1n << 16n, 4) + hex(BigInt(file), 1n << 32n, 8) + hex(position, 1n << 48n, 12);
  lastPlace = { era, file, position, text };
  return text;
}

let lastPlace = { era: -1, file: -1, position: -1n, text: '' };

/**
 * Whether a change was read by a snapshot: it then has no place within a transaction, or no LSN. A change in PostgreSQL whose
 * LSN is a multiple of 2^32 looks like one.
 */
export function isSnapshotRead(version: Version): boolean {
  return Number(`0x${version.slice(PLACE.mariadb)}`) === 0;
}

function hex(value: bigint, limit: bigint, digits: number): string {
  if (value < 0n || value >= limit) throw outOfRange(value);
  return value.toString(16).padStart(digits, '0');
}

function outOfRange(value: bigint | number): RangeError {
  return new RangeError(`part of a position is out of range: ${value.toString()}`);
}
