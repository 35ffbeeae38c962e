import { execa } from 'execa';
import { inspect } from 'node:util';
import { freshMirror } from '../../test/support/fresh-mirror.ts';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { Pipeline } from '../../test/support/pipeline.ts';
import { startTestStack } from '../../test/support/test-stack.ts';
import { say } from '../../test/support/timed-say.ts';
import { claimStatements } from './claims.ts';

/** How many rows the table has. */
export const ROWS = Number(process.env['ROWS'] ?? 1_000_000);

/** Runs a measurement on a mirror that holds all rows of the table on both sides, and ends the process. */
export async function onStage(measure: (mirror: FreshMirror) => Promise<void>): Promise<never> {
  await execa('npm', ['run', 'build'], { stdout: 'ignore' });
  const given = process.env['COUNTERFOIL_TEST_STACK'];
  const stack = given === undefined ? await startTestStack(say) : null;
  if (stack !== null) process.env['COUNTERFOIL_TEST_STACK'] = stack.file;
  const mirror = await freshMirror('mariadb', claimStatements(ROWS));
  try {
    await mirror.start();
    await untilCopied(mirror);
    say('both sides hold all rows');
    await measure(mirror);
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

async function untilCopied(mirror: FreshMirror): Promise<void> {
  const table = `${mirror.plan.namespace}.claim`;
  for (;;) {
    const [found] = await mirror.target.query(`SELECT to_regclass('${table}') IS NOT NULL AS there`);
    const there = found?.['there'] === true;
    const [count] = there ? await mirror.target.query(`SELECT count(*)::int AS rows FROM ${table}`) : [];
    if (count?.['rows'] === ROWS) break;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await mirror.target.query(`VACUUM ANALYZE ${table}`);
}
