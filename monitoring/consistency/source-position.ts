import { binlogVersion, isSnapshotRead } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';

/** A place in the log of a source database, as the database itself says it. */
export type SourcePosition =
  | { readonly kind: 'binlog'; readonly era: number; readonly file: string; readonly position: bigint }
  | { readonly kind: 'wal'; readonly era: number; readonly lsn: bigint };

/**
 * Whether a heartbeat of this version was made after everything committed before `position`. Events come in commit order,
 * so whoever has passed that heartbeat has been given all of it.
 *
 * A heartbeat row that was read by a snapshot proves nothing: other tables may still be to be read. From a binlog source it
 * has the position at which the snapshot began, which can lie behind `position`. From WAL it has
 * LSN 0; a streamed row that was written behind `position` was committed behind it, too.
 */
export function isPassed(position: SourcePosition, heartbeat: Version): boolean {
  switch (position.kind) {
    case 'binlog':
      return (
        !isSnapshotRead(heartbeat) &&
        heartbeat > binlogVersion(position.era, binlogFileNumber(position.file), position.position, 0)
      );
    case 'wal':
      return (
        Number(`0x${heartbeat.slice(0, 2)}`) >= position.era &&
        BigInt(`0x${heartbeat.slice(16)}`) >= position.lsn
      );
  }
}

/** Throws RangeError when the name has no number. */
export function binlogFileNumber(file: string): number {
  const digits = /\.(\d+)$/.exec(file)?.[1];
  if (digits === undefined) throw new RangeError(`the binlog file ${file} has no number in its name`);
  return Number(digits);
}

/** As the database writes it. */
export function positionText(position: SourcePosition): string {
  switch (position.kind) {
    case 'binlog':
      return `${position.file}:${position.position.toString()}`;
    case 'wal':
      return lsnText(position.lsn);
  }
}

/** The same for a version; a row that was read by a snapshot has the place of the commit before it. */
export function versionText(kind: SourcePosition['kind'], version: Version): string {
  switch (kind) {
    case 'binlog':
      return `binlog file ${BigInt(`0x${version.slice(4, 12)}`).toString()}, position ${BigInt(`0x${version.slice(12, 24)}`).toString()}`;
    case 'wal':
      return lsnText(BigInt(`0x${version.slice(16)}`) || BigInt(`0x${version.slice(2, 16)}`));
  }
}

/** Throws SyntaxError when it is no LSN. */
export function lsnOf(text: string): bigint {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

function lsnText(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase();
}
