import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { execa } from 'execa';
import { freshMirror } from '../test/support/fresh-mirror.ts';
import type { FreshMirror, Settings } from '../test/support/fresh-mirror.ts';
import { Pipeline } from '../test/support/pipeline.ts';
import { startTestStack } from '../test/support/test-stack.ts';
import { say } from '../test/support/timed-say.ts';

/** What a measurement takes place on: a mirror from MariaDB into PostgreSQL. */
export interface Stage {
  /** What fills the source. */
  readonly statements: readonly string[];
  /** Tables by name, and how many rows they have. */
  readonly tables: Readonly<Record<string, number>>;
  readonly configure?: (settings: Settings) => void;
}

/** Runs a measurement on a mirror that holds all rows of its tables on both sides, and ends the process. */
export async function onStage(
  { statements, tables, configure = () => undefined }: Stage,
  measure: (mirror: FreshMirror, pipeline: Pipeline) => Promise<void>,
): Promise<never> {
  await execa('npm', ['run', 'build'], { stdout: 'ignore' });
  const given = process.env['COUNTERFOIL_TEST_STACK'];
  const stack = given === undefined ? await startTestStack(say) : null;
  if (stack !== null) process.env['COUNTERFOIL_TEST_STACK'] = stack.file;
  const mirror = await freshMirror('mariadb', statements);
  try {
    mirror.configure(configure);
    const pipeline = await mirror.start();
    for (const [table, rows] of Object.entries(tables)) await untilCopied(mirror, table, rows);
    say('both sides hold all rows');
    await measure(mirror, pipeline);
  } catch (error) {
    // Told before the stack stops, which breaks connections that are still open.
    say(inspect(error));
    process.exitCode = 1;
  } finally {
    await mirror.stop();
    await mirror.close();
    await stack?.stop();
    await Pipeline.killAll();
  }
  process.exit();
}

async function untilCopied({ plan, target }: FreshMirror, name: string, rows: number): Promise<void> {
  const table = `${plan.namespace}.${name}`;
  for (let looks = 1; ; looks += 1) {
    const [found] = await target.query(`SELECT to_regclass('${table}') IS NOT NULL AS there`);
    const there = found?.['there'] === true;
    const [count] = there ? await target.query(`SELECT count(*)::int AS rows FROM ${table}`) : [];
    const copied = Number(count?.['rows'] ?? 0);
    if (copied === rows) break;
    if (looks % 10 === 0) say(`${copied.toString()} of ${rows.toString()} rows of ${name} are copied`);
    await sleep(1_000);
  }
  await target.query(`VACUUM ANALYZE ${table}`);
}
