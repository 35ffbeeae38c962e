import { setTimeout as sleep } from 'node:timers/promises';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { testStack } from '../../test/support/stack-file.ts';
import { scatter } from './claims.ts';
import type { Contender, Run } from './contender.ts';
import { countingProxy } from './counting-proxy.ts';
import { serverTimes } from './server-times.ts';
import { median } from '../machine/median.ts';

/** One contender on the tables with so many differences: medians of all rounds. */
export interface Outcome {
  readonly contender: string;
  readonly differences: number;
  readonly wallSeconds: number;
  readonly fenceSeconds: number;
  readonly clientSeconds: number;
  readonly mariadbSeconds: number;
  readonly postgresSeconds: number;
  /** Of one round more, in which all that the servers send is counted. */
  readonly mariadbBytes: number;
  readonly postgresBytes: number;
}

type Timed = Run & { readonly mariadbSeconds: number; readonly postgresSeconds: number };

/** Runs all contenders in turns, each round in the other order than the one before. */
export async function measureCase(
  mirror: FreshMirror,
  contenders: readonly Contender[],
  size: { readonly rows: number; readonly differences: number; readonly rounds: number },
): Promise<readonly Outcome[]> {
  const undo = await scatter(mirror, size.rows, size.differences);
  const times = await serverTimes(mirror);
  const { mariadb, postgres } = testStack();
  const runs = new Map<Contender, Timed[]>(contenders.map((each) => [each, []]));
  for (let round = 0; round < size.rounds; round += 1)
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const before = times();
      const run = await contender.run({ mariadb: mariadb.port, postgres: postgres.port });
      // A server process that served a connection is counted when it has ended.
      await sleep(200);
      const after = times();
      if (run.differences !== size.differences)
        throw new Error(
          `${contender.name} found ${run.differences.toString()} of ${size.differences.toString()}`,
        );
      runs.get(contender)?.push({
        ...run,
        mariadbSeconds: after.mariadb - before.mariadb,
        postgresSeconds: after.postgres - before.postgres,
      });
    }
  const outcomes: Outcome[] = [];
  for (const [contender, timed] of runs) {
    const of = (value: (run: Timed) => number) => median(timed.map(value));
    outcomes.push({
      contender: contender.name,
      differences: size.differences,
      wallSeconds: of((run) => run.wallSeconds),
      fenceSeconds: of((run) => run.fenceSeconds),
      clientSeconds: of((run) => run.clientSeconds),
      mariadbSeconds: of((run) => run.mariadbSeconds),
      postgresSeconds: of((run) => run.postgresSeconds),
      ...(await bytesOf(contender)),
    });
  }
  await undo();
  return outcomes;
}

async function bytesOf(contender: Contender): Promise<Pick<Outcome, 'mariadbBytes' | 'postgresBytes'>> {
  const stack = testStack();
  const mariadb = await countingProxy(stack.mariadb.host, stack.mariadb.port);
  const postgres = await countingProxy(stack.postgres.host, stack.postgres.port);
  await contender.run({ mariadb: mariadb.port, postgres: postgres.port });
  mariadb.close();
  postgres.close();
  return { mariadbBytes: mariadb.taken(), postgresBytes: postgres.taken() };
}
