import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningStack } from '../../stack/running-stack.ts';
import { CRASH_ROWS, CRASH_TABLE, CRASH_TITLE } from './event-kinds.ts';
import { differenceOf } from './event-outcome.ts';
import type { Place } from './event-outcome.ts';
import type { EventOutcome } from './event-run.ts';
import { ourTarget, peerTarget, sourceOf, topicOf } from './field.ts';
import type { Field } from './field.ts';
import { JdbcSink } from './jdbc-sink.ts';

const POLL_MS = 20;

export async function createCrashTable({ mirrors }: Field): Promise<void> {
  for (const system of ['mariadb', 'postgres'] as const) {
    const { database, namespace } = sourceOf(mirrors, system);
    await database.query(`CREATE TABLE ${namespace}.${CRASH_TABLE} (id int PRIMARY KEY, v varchar(40))`);
  }
}

/** Kills each sink when its target has some of the rows and not all; both start again, and read to the end. */
export async function compareCrash(
  field: Field,
  stack: RunningStack,
  say: (line: string) => void,
): Promise<readonly EventOutcome[]> {
  const { mirrors, peer, operators } = field;
  const { directions } = mirrors;
  for (const system of ['mariadb', 'postgres'] as const) {
    const { database, namespace } = sourceOf(mirrors, system);
    const numbers =
      system === 'mariadb'
        ? `SELECT seq, CONCAT('row ', seq) FROM ${namespace}.seq_1_to_${CRASH_ROWS}`
        : `SELECT n, 'row ' || n FROM generate_series(1, ${CRASH_ROWS}) n`;
    await database.query(`INSERT INTO ${namespace}.${CRASH_TABLE} ${numbers}`);
  }
  const ours = await whenHalfway(directions.map((direction) => ourTarget(mirrors, direction)));
  say(`the mirror is killed at ${ours.join(', ')} rows`);
  await mirrors.restart('SIGKILL');
  for (const { route } of directions) await mirrors.check(route);

  const sinks = directions.map(
    ({ from, to }) =>
      new JdbcSink(
        {
          ...{
            name: `${mirrors.name}-${from}-${to}-crash`.replaceAll('_', '-'),
            to,
            database: peer.name(from),
          },
          topics: [topicOf(mirrors, from, CRASH_TABLE)],
          settings: { 'consumer.override.max.poll.records': '500' },
        },
        operators,
      ),
  );
  for (const sink of sinks) await sink.start();
  const theirs = await whenHalfway(directions.map((direction) => peerTarget(field, direction)));
  say(`the JDBC sink is killed at ${theirs.join(', ')} rows`);
  await stack.killPart('connect');
  await stack.restartPart('connect');
  await Promise.all(sinks.map((sink) => sink.settle()));
  const outcomes = await Promise.all(
    directions.map(async (direction, at) => {
      const source = sourceOf(mirrors, direction.from);
      const outcome = async (target: Place, count: number) => ({
        difference: await differenceOf(CRASH_TABLE, source, target),
        said: `killed when it had ${count.toLocaleString('en')} rows`,
      });
      return {
        ...{ title: CRASH_TITLE, from: direction.from, to: direction.to },
        ours: await outcome(ourTarget(mirrors, direction), ours[at] ?? 0),
        jdbc: await outcome(peerTarget(field, direction), theirs[at] ?? 0),
      };
    }),
  );
  for (const sink of sinks) await sink.remove();
  return outcomes;
}

/** How many rows each target has when one of them has some. */
async function whenHalfway(targets: readonly Place[]): Promise<readonly number[]> {
  for (;;) {
    const counts = await Promise.all(targets.map(rowsIn));
    if (counts.some((count) => count > 0)) return counts;
    await sleep(POLL_MS);
  }
}

async function rowsIn({ database, namespace }: Place): Promise<number> {
  const rows = await database
    .query(`SELECT count(*) AS number FROM ${namespace}.${CRASH_TABLE}`)
    .catch(() => [{ number: 0 }]);
  return Number(rows[0]?.['number']);
}
