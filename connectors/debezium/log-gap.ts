/** What a source's log holds: read it before the connector's offset, which then cannot be behind it by mere delay. */
export type SourceLog =
  | {
      readonly kind: 'wal';
      readonly slot: string;
      /** Null when there is no such slot. `lost`: the server has removed what the slot needs. */
      readonly confirmed: { readonly lsn: bigint; readonly lost: boolean } | null;
      readonly end: bigint;
    }
  | {
      readonly kind: 'binlog';
      /** In their order; `size` is where the file ends. */
      readonly files: readonly { readonly name: string; readonly size: bigint }[];
    };

/** Changes that the connector can no longer read, or a log that is another one than it has read. */
export interface LogGap {
  readonly id: 'position-lost' | 'history-went-back';
  readonly title: string;
  readonly remedy: string;
}

/**
 * Compares what a connector has committed (its offset in Connect) with the log of its source; null when it can go on.
 * Nothing is said while nothing is committed, or during a snapshot. Pure.
 */
export function logGap(
  source: string,
  offset: Readonly<Record<string, unknown>> | null,
  log: SourceLog,
): LogGap | null {
  if (offset === null || offset['snapshot'] !== undefined) return null;
  return log.kind === 'wal' ? walGap(source, offset, log) : binlogGap(source, offset, log);
}

function walGap(
  source: string,
  offset: Readonly<Record<string, unknown>>,
  { slot, confirmed, end }: Extract<SourceLog, { kind: 'wal' }>,
): LogGap | null {
  const captured = integer(offset['lsn_commit'] ?? offset['lsn']);
  if (captured === null) return null;
  if (captured > end) return wentBack(source, lsnText(captured), lsnText(end));
  const missing = (until: bigint, why: string) => lost(source, lsnText(captured), lsnText(until), why);
  if (confirmed === null) return missing(end, `the replication slot ${slot} does not exist`);
  if (confirmed.lost) return missing(end, `the server has removed log that the slot ${slot} needed`);
  if (confirmed.lsn > captured)
    return missing(confirmed.lsn, `the slot ${slot} was made again or moved by someone`);
  return null;
}

function binlogGap(
  source: string,
  offset: Readonly<Record<string, unknown>>,
  { files }: Extract<SourceLog, { kind: 'binlog' }>,
): LogGap | null {
  const [file, position] = [offset['file'], integer(offset['pos'])];
  const [first, last] = [files[0], files.at(-1)];
  if (typeof file !== 'string' || position === null || first === undefined || last === undefined) return null;
  const captured = `${file}:${position}`;
  const held = files.find(({ name }) => name === file);
  if (held !== undefined)
    return position <= held.size ? null : wentBack(source, captured, `${last.name}:${last.size}`);
  if (numberOf(file) > numberOf(last.name)) return wentBack(source, captured, `${last.name}:${last.size}`);
  return lost(source, captured, `${first.name}:4`, 'the server has purged binlog files');
}

function lost(source: string, from: string, to: string, why: string): LogGap {
  return {
    id: 'position-lost',
    title: `changes from ${from} to ${to} are missing: ${why}`,
    remedy: `counterfoil connectors resnapshot ${source} --yes, then counterfoil check; docs/operations.md says how to go about rows that were deleted meanwhile`,
  };
}

function wentBack(source: string, captured: string, end: string): LogGap {
  return {
    id: 'history-went-back',
    title: `the log of ${source} ends at ${end}, before what was captured (${captured}): it was restored, reset, or is another server`,
    remedy: `raise era of ${source} by one and set eraSince, restart counterfoil run, then counterfoil connectors resnapshot ${source} --yes; see docs/operations.md`,
  };
}

function integer(value: unknown): bigint | null {
  return typeof value === 'number' || typeof value === 'string' ? BigInt(value) : null;
}

function numberOf(file: string): number {
  return Number(/\.(\d+)$/.exec(file)?.[1] ?? 0);
}

function lsnText(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase();
}
