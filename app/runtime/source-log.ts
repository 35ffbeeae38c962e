import type { ConnectClient } from '../../connectors/debezium/connect-client.ts';
import { logGap } from '../../connectors/debezium/log-gap.ts';
import type { LogGap, SourceLog } from '../../connectors/debezium/log-gap.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { withSource } from './source-session.ts';
import type { SourceSession } from './source-session.ts';

/**
 * Whether the connector of a source can go on from what it has committed; null when it can, or when nobody can say.
 * Never throws.
 */
export async function gapOf(
  config: Config,
  client: Pick<ConnectClient, 'offset'>,
  name: string,
): Promise<LogGap | null> {
  const source = config.sources[name];
  if (source === undefined) return null;
  try {
    const look = () => withSource(name, source, 'check', (session) => logOf(source, session));
    const before = await look();
    const offset = await client.offset(name);
    const gap = logGap(name, offset, before);
    if (gap?.id !== 'history-went-back') return gap;
    // The connector may have read on since the log was looked at: only a later look tells that it is ahead of its source.
    const after = logGap(name, offset, await look());
    return after?.id === 'history-went-back' ? after : null;
  } catch (error) {
    // The database or Connect does not answer, which other parts of the product say.
    if (error instanceof CounterfoilError) return null;
    throw error;
  }
}

async function logOf(source: SourceConfig, session: SourceSession): Promise<SourceLog> {
  if (source.kind !== 'postgresql') {
    const files = await session.run('SHOW BINARY LOGS');
    return {
      kind: 'binlog',
      files: files.map((file) => ({
        name: String(file['Log_name']),
        size: BigInt(String(file['File_size'])),
      })),
    };
  }
  const [row] = await session.run(
    `SELECT (pg_current_wal_lsn() - '0/0')::text AS "end", s.wal_status, (s.confirmed_flush_lsn - '0/0')::text AS confirmed
     FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots s ON s.slot_name = ?`,
    [source.slot],
  );
  const [status, confirmed] = [row?.['wal_status'], row?.['confirmed']];
  return {
    kind: 'wal',
    slot: source.slot,
    end: BigInt(String(row?.['end'])),
    confirmed:
      typeof status === 'string'
        ? { lsn: typeof confirmed === 'string' ? BigInt(confirmed) : 0n, lost: status === 'lost' }
        : null,
  };
}
