import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeDatabase } from '../../test/integration/types/native.ts';
import { peakMegabytes } from '../machine/processor-time.ts';
import type { Contender, Racer } from './contender.ts';
import { newName, openTarget } from './ground.ts';
import type { System } from '../../test/integration/types/mirrors.ts';
import type { Ground } from './ground.ts';
import type { Marks } from './workload.ts';

/** What one contender took for the second half of a workload. */
export interface Lap {
  readonly contender: string;
  readonly system: System;
  readonly seconds: number;
  readonly clientSeconds: number;
  readonly databaseSeconds: number;
  /** Seconds from its start until the halfway mark. */
  readonly toHalfway: number;
  readonly peakMegabytes: number;
}

export interface Meters {
  client(racer: Racer): number;
  database(system: System): number;
}

const POLL_MS = 20;

/** One run of one contender into databases of its own, which are dropped. Throws when its rows are not those of the source. */
export async function runLap(
  ground: Ground,
  contender: Contender,
  system: System,
  meters: Meters,
): Promise<Lap> {
  const run = newName('r');
  const database = `${run}db`;
  const server = await openTarget(system, 'postgres');
  await server.query(system === 'mariadb' ? `CREATE DATABASE ${run}` : `CREATE DATABASE ${database}`);
  const target = await openTarget(system, database);
  if (system === 'postgres') await target.query(`CREATE SCHEMA ${run}`);
  const began = performance.now();
  const racer = await contender.start(ground, { system, run, database });
  try {
    const { halfway, end } = ground.workload.marks;
    const read = () => ({
      at: performance.now(),
      client: meters.client(racer),
      database: meters.database(system),
    });
    await untilMarks(target, racer, halfway);
    const half = read();
    await untilMarks(target, racer, end);
    const whole = read();
    const peak = peakMegabytes(racer.process);
    await untilEqual(ground, target, racer);
    return {
      ...{ contender: contender.name, system, peakMegabytes: peak },
      seconds: (whole.at - half.at) / 1_000,
      clientSeconds: whole.client - half.client,
      databaseSeconds: whole.database - half.database,
      toHalfway: (half.at - began) / 1_000,
    };
  } finally {
    await racer.stop();
    await target.close();
    await sleep(500);
    if (system === 'postgres') await server.query(`DROP DATABASE ${database} WITH (FORCE)`);
    else for (const each of [run, `cf_${run}`]) await server.query(`DROP DATABASE IF EXISTS ${each}`);
    await server.close();
  }
}

async function untilMarks(target: NativeDatabase, racer: Racer, { table, range }: Marks): Promise<void> {
  const [from, to] = range;
  const query = `SELECT COUNT(*) AS n FROM ${racer.table(table)} WHERE id BETWEEN ${from} AND ${to}`;
  for (;;) {
    const [row] = await target.query(query).catch(() => []);
    if (Number(row?.['n']) === to - from + 1) return;
    await sleep(POLL_MS);
  }
}

/** The marks are the last of their partitions, and not of all tables. */
async function untilEqual({ workload, source }: Ground, target: NativeDatabase, racer: Racer): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (const table of workload.tables) {
    const [wanted] = await source.query(workload.digest(table));
    for (;;) {
      const [found] = await target.query(workload.digest(racer.table(table))).catch(() => []);
      if (JSON.stringify(plain(found)) === JSON.stringify(plain(wanted))) break;
      if (performance.now() > deadline)
        throw new Error(
          `${table} is not as in the source: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`,
        );
      await sleep(100);
    }
  }
}

/** Sums without the zeros that one of both systems shows. */
function plain(row: Record<string, unknown> | undefined): readonly string[] {
  return Object.values(row ?? {}).map((value) =>
    typeof value === 'string' && /^-?\d+\.\d*$/.test(value) ? value.replace(/\.?0+$/, '') : String(value),
  );
}
