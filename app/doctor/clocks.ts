import type { RowDataPacket } from 'mysql2/promise';
import type { Config } from '../config/schema.ts';
import type { Access } from '../runtime/databases.ts';
import { withMysql, withPostgres } from '../runtime/databases.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import type { DatabaseTarget } from '../config/target-schema.ts';
import { textRows } from './postgres-server.ts';
import type { Finding, Findings } from './finding.ts';
import type { Subject } from './subject.ts';

const TOLERANCE_MS = 1_000;

/** A clock as it was read between two readings of this machine's; all in milliseconds since the epoch. */
export interface ClockReading {
  readonly name: string;
  readonly before: number;
  readonly there: number;
  readonly after: number;
  /** How exact `there` is: an HTTP date says whole seconds, rounded down. */
  readonly resolution: number;
}

/** The clocks of all databases and of Connect against that of this machine: lags and times of deletion depend on them. */
export function clockSubjects(config: Config): readonly Subject[] {
  const sources = Object.entries(config.sources).map(([name, end]) => ({ name: `source ${name}`, end }));
  const targets = Object.entries(config.targets).flatMap(([name, end]) =>
    isDatabase(end) ? [{ name: `target ${name}`, end }] : [],
  );
  return [
    ...[...sources, ...targets].map(({ name, end }) => clock(name, () => databaseTime(end))),
    clock('connect', () => httpTime(config.connect.url)),
  ];
}

function clock(name: string, read: () => Promise<Omit<ClockReading, 'name'>>): Subject {
  return {
    where: 'clocks',
    look: async (find) => [clockFinding({ name, ...(await read()) }, find)],
  };
}

/** At least how far a clock is off, whatever happened when within the reading. */
export function clockFinding(
  { name, before, there, after, resolution }: ClockReading,
  find: Findings,
): Finding {
  const ahead = there - after;
  const behind = before - (there + resolution);
  const off = Math.max(ahead, behind);
  if (off <= TOLERANCE_MS) return find.ok(`the clock of ${name} agrees with this machine's`);
  const seconds = (off / 1_000).toFixed(1);
  return find.warning(
    `the clock of ${name} is ${seconds} s ${ahead > behind ? 'ahead of' : 'behind'} this machine's`,
    'Let all machines keep time by NTP (timedatectl set-ntp true).',
  );
}

async function databaseTime(end: SourceConfig | DatabaseTarget): Promise<Omit<ClockReading, 'name'>> {
  const access: Access = { ...end, ...end.check };
  if (end.kind === 'postgresql')
    return withPostgres({ ...access, database: end.database }, (client) =>
      timed(async () => {
        const [row] = await textRows(client, 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now');
        return Number(row?.['now']);
      }),
    );
  return withMysql(access, (connection) =>
    timed(async () => {
      const [[row]] = await connection.query<RowDataPacket[]>('SELECT UNIX_TIMESTAMP(NOW(6)) * 1000 AS now');
      return Number(row?.['now']);
    }),
  );
}

async function httpTime(url: string): Promise<Omit<ClockReading, 'name'>> {
  const reading = await timed(async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return Date.parse(response.headers.get('date') ?? '');
  });
  if (Number.isNaN(reading.there)) throw new Error('the answer says no time');
  return { ...reading, resolution: 1_000 };
}

async function timed(read: () => Promise<number>): Promise<Omit<ClockReading, 'name'>> {
  const before = Date.now();
  const there = await read();
  return { before, there, after: Date.now(), resolution: 0 };
}
