// `npm run bench`: this product and Debezium's JDBC sink on the same topics, into the same databases.
import { execa } from 'execa';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { inspect } from 'node:util';
import { readState } from '../../stack/state.ts';
import { comparisonStack } from '../../test/comparison/stack.ts';
import { say } from '../../test/support/timed-say.ts';
import { ownSeconds, treeSeconds } from '../machine/processor-time.ts';
import { backlog, hotRow, mixed } from './claims.ts';
import { counterfoil, counterfoilProving, jdbcSink } from './contender.ts';
import { newName, prepareGround } from './ground.ts';
import { wantedOf, USAGE } from './options.ts';
import { lapTable } from './report.ts';
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

async function main(): Promise<void> {
  const wanted = wantedOf(process.argv.slice(2), Object.keys(WORKLOADS));
  if (wanted === null) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await execa('npm', ['run', 'build'], { stdout: 'ignore' });
  const stack = await comparisonStack(say);
  const measured: Measured[] = [];
  try {
    const parts = (await readState(stack.directory))?.parts;
    const pid = (part: 'connect' | 'postgres' | 'mariadb') => parts?.[part]?.process.pid ?? 0;
    const meters: Meters = {
      client: (racer) => ownSeconds(racer.process),
      database: (system) =>
        system === 'mariadb' ? ownSeconds(pid('mariadb')) : treeSeconds(pid('postgres')),
    };
    const contenders = [
      counterfoil(),
      counterfoilProving(),
      ...wanted.tasks.map((tasks) => jdbcSink(pid('connect'), tasks)),
    ];
    for (const name of wanted.only) {
      const workload = WORKLOADS[name]?.(wanted.scale);
      if (workload === undefined) continue;
      const ground = await prepareGround(workload, {
        name: newName('b'),
        partitions: wanted.partitions,
      });
      say(
        `${workload.title}: captured (snapshot ${ground.captured.snapshot.toFixed(1)} s, log ${ground.captured.log.toFixed(1)} s)`,
      );
      const laps: Lap[] = [];
      for (let round = 0; round < wanted.rounds; round += 1)
        for (const system of wanted.into)
          for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
            const lap = await runLap(ground, contender, system, meters);
            laps.push(lap);
            say(
              `${name} into ${system}, ${contender.name}: ${Math.round(workload.events / lap.seconds).toLocaleString('en')} rows/s, ` +
                `${Math.round(workload.events / lap.clientSeconds).toLocaleString('en')} per client CPU-s, ` +
                `${Math.round(workload.events / (lap.clientSeconds + lap.databaseSeconds)).toLocaleString('en')} per CPU-s of both; ` +
                `${lap.peakMegabytes.toFixed(0)} MB; halfway after ${lap.toHalfway.toFixed(1)} s`,
            );
          }
      measured.push({ workload: { name, title: workload.title, events: workload.events }, laps });
      await ground.close();
    }
    const settings = contenders.map((each) => ({ name: each.name, settings: each.settings }));
    const machine = `${cpus().length.toString()} × ${cpus()[0]?.model ?? '?'}; Node ${process.version}; load at the end ${loadavg()
      .map((each) => each.toFixed(1))
      .join(' ')}`;
    mkdirSync('.counterfoil/measured', { recursive: true });
    writeFileSync(
      '.counterfoil/measured/apply.json',
      `${JSON.stringify({ machine, wanted, settings, measured }, null, 2)}\n`,
    );
    const tables = measured.map(lapTable).join('\n\n');
    writeFileSync('.counterfoil/measured/apply.md', `${tables}\n\n${machine}\n`);
    process.stdout.write(`\n${tables}\n\n${machine}\n`);
  } catch (error) {
    // Told before the stack stops, which breaks connections that are still open.
    say(inspect(error));
    process.exitCode = 1;
  } finally {
    await stack.stop();
  }
}

await main();
process.exit();
