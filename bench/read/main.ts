// `npm run bench:read`: what decoding, validating and mapping cost for each row, beside avsc and beside Kafka alone.
//   ROWS (200000), ROUNDS (7) and COUNTERFOIL_TEST_STACK (none: one is started) may be set.
import { inspect } from 'node:util';
import { table } from '../../test/comparison/markdown.ts';
import { startTestStack } from '../../test/support/test-stack.ts';
import { say } from '../../test/support/timed-say.ts';
import { backlog } from '../apply/claims.ts';
import { newName, prepareGround } from '../apply/ground.ts';
import { keepMeasured, machineText } from '../machine/measured.ts';
import { median } from '../machine/median.ts';
import { drain } from './drain.ts';
import { stagesOf } from './stages.ts';

const ROWS = Number(process.env['ROWS'] ?? 200_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
const HEAD = ['stage', 'ns of processor time a row', 'rows per CPU-s'];

interface Cost {
  readonly stage: string;
  /** Of processor time, medians of all rounds. */
  readonly nanosecondsPerRow: number;
}

const given = process.env['COUNTERFOIL_TEST_STACK'];
const stack = given === undefined ? await startTestStack(say) : null;
if (stack !== null) process.env['COUNTERFOIL_TEST_STACK'] = stack.file;
try {
  const ground = await prepareGround(backlog(ROWS), { name: newName('b'), partitions: 1 });
  say(`${ROWS.toLocaleString('en')} rows are in the topic`);
  const { batches, ...drained } = await drain(ground.topics[0] ?? '');
  const stages = await stagesOf(ground, batches);
  const spent = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [stage, run] of stages) {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      spent.set(stage, [...(spent.get(stage) ?? []), ((user + system) * 1_000) / ROWS]);
    }
  const costs: Cost[] = [
    { stage: 'kafkajs alone', nanosecondsPerRow: drained.nanosecondsPerRow },
    ...[...spent].map(([stage, each]) => ({ stage, nanosecondsPerRow: median(each) })),
  ];
  await ground.close();
  const rows = costs.map(({ stage, nanosecondsPerRow: cost }) => [
    ...[stage, cost.toFixed(0), Math.round(1e9 / cost).toLocaleString('en')],
  ]);
  const method = `${ROWS} rows of 12 columns, medians of ${ROUNDS} rounds; ${machineText()}`;
  keepMeasured('read', costs, `${table(HEAD, rows)}\n\n${method}`);
} catch (error) {
  // Told before the stack stops, which breaks connections that are still open.
  say(inspect(error));
  process.exitCode = 1;
} finally {
  await stack?.stop();
}
process.exit();
