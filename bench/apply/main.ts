// `npm run bench`: this product and Debezium's JDBC sink on the same topics, into the same databases.
import { execa } from 'execa';
import { inspect } from 'node:util';
import type { RunningStack } from '../../stack/running-stack.ts';
import { readState } from '../../stack/state.ts';
import { comparisonStack } from '../../test/comparison/stack.ts';
import { say } from '../../test/support/timed-say.ts';
import { keepMeasured, machineText } from '../machine/measured.ts';
import { ownSeconds, treeSeconds } from '../machine/processor-time.ts';
import { backlog, hotRow, mixed } from './claims.ts';
import { counterfoil, counterfoilProving, jdbcSink } from './contender.ts';
import type { Contender } from './contender.ts';
import { newName, prepareGround } from './ground.ts';
import { wantedOf, USAGE } from './options.ts';
import type { Wanted } from './options.ts';
import { lapLine, lapTable } from './report.ts';
import type { Measured } from './report.ts';
import { runLap } from './race.ts';
import type { Lap, Meters } from './race.ts';
import { manyTables, wide } from './shapes.ts';
import type { Workload } from './workload.ts';

const WORKLOADS: Readonly<Record<string, (scale: number) => Workload>> = {
  backlog: (scale) => backlog(Math.round(3_000_000 * scale)),
  mixed: (scale) => mixed(Math.round(1_000_000 * scale)),
  wide: (scale) => wide(Math.round(300_000 * scale)),
  'many-tables': (scale) => manyTables(Math.round(300_000 * scale)),
  'hot-row': (scale) => hotRow(Math.round(300_000 * scale)),
};
const PROFILED = ['--cpu-prof', '--cpu-prof-dir=.counterfoil/measured/profiles'];

async function main(): Promise<void> {
  const wanted = wantedOf(process.argv.slice(2), Object.keys(WORKLOADS));
  if (wanted === null) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await execa('npm', ['run', 'build'], { stdout: 'ignore' });
  const stack = await comparisonStack(say);
  try {
    const { meters, worker } = await metersOf(stack);
    const flags = wanted.profile ? PROFILED : [];
    const contenders = [
      counterfoil(flags),
      counterfoilProving(flags),
      ...wanted.tasks.map((tasks) => jdbcSink(worker, tasks)),
    ];
    const measured: Measured[] = [];
    for (const name of wanted.only) {
      const workload = WORKLOADS[name]?.(wanted.scale);
      if (workload !== undefined) measured.push(await measure(workload, contenders, meters, wanted));
    }
    report(wanted, contenders, measured);
  } catch (error) {
    // Told before the stack stops, which breaks connections that are still open.
    say(inspect(error));
    process.exitCode = 1;
  } finally {
    await stack.stop();
  }
}

/** Of the processes of the stack, and which of them the other sink runs in. */
async function metersOf(stack: RunningStack): Promise<{ meters: Meters; worker: number }> {
  const parts = (await readState(stack.directory))?.parts;
  const pid = (part: 'connect' | 'postgres' | 'mariadb') => parts?.[part]?.process.pid ?? 0;
  return {
    worker: pid('connect'),
    meters: {
      client: (racer) => ownSeconds(racer.process),
      database: (system) =>
        system === 'mariadb' ? ownSeconds(pid('mariadb')) : treeSeconds(pid('postgres')),
    },
  };
}

/** All contenders in turns, each round in the other order than the one before. */
async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  meters: Meters,
  { partitions, rounds, into }: Wanted,
): Promise<Measured> {
  const ground = await prepareGround(workload, { name: newName('b'), partitions });
  const { snapshot, log } = ground.captured;
  say(`${workload.title}: captured (snapshot ${snapshot.toFixed(1)} s, log ${log.toFixed(1)} s)`);
  const laps: Lap[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const system of into)
      for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const lap = await runLap(ground, contender, system, meters);
        laps.push(lap);
        say(lapLine(workload, lap));
      }
  await ground.close();
  const { name, title, events } = workload;
  return { workload: { name, title, events }, laps };
}

function report(wanted: Wanted, contenders: readonly Contender[], measured: readonly Measured[]): void {
  const settings = contenders.map((each) => ({ name: each.name, settings: each.settings }));
  const machine = machineText();
  keepMeasured(
    'apply',
    { machine, wanted, settings, measured },
    [...measured.map(lapTable), machine].join('\n\n'),
  );
}

await main();
process.exit();
