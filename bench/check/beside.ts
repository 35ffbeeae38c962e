// `npm run compare:check`: `counterfoil check` and reladiff on the same two tables, MariaDB against PostgreSQL.
//   RELADIFF names its program; ROWS (1000000), ROUNDS (5) and COUNTERFOIL_TEST_STACK (none: one is started) may be set.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { inspect } from 'node:util';
import { execa } from 'execa';
import { freshMirror } from '../../test/support/fresh-mirror.ts';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { Pipeline } from '../../test/support/pipeline.ts';
import { startTestStack } from '../../test/support/test-stack.ts';
import { say } from '../../test/support/timed-say.ts';
import { claimStatements } from './claims.ts';
import { counterfoil, reladiff } from './contender.ts';
import { measureCase } from './measure.ts';
import type { Outcome } from './measure.ts';
import { outcomeTable } from './table.ts';

const ROWS = Number(process.env['ROWS'] ?? 1_000_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const DIFFERENCES = [0, 1, 100, 10_000];

async function main(): Promise<void> {
  await execa('npm', ['run', 'build'], { stdout: 'ignore' });
  const given = process.env['COUNTERFOIL_TEST_STACK'];
  const stack = given === undefined ? await startTestStack(say) : null;
  if (stack !== null) process.env['COUNTERFOIL_TEST_STACK'] = stack.file;
  const mirror = await freshMirror('mariadb', claimStatements(ROWS));
  try {
    await mirror.start();
    await untilCopied(mirror);
    say('both sides hold all rows');
    const contenders = [counterfoil(mirror), reladiff(mirror, process.env['RELADIFF'] ?? 'reladiff')];
    const outcomes: Outcome[] = [];
    for (const differences of DIFFERENCES) {
      outcomes.push(...(await measureCase(mirror, contenders, { rows: ROWS, differences, rounds: ROUNDS })));
      say(`measured with ${differences.toString()} differences`);
    }
    report(outcomes);
  } catch (error) {
    // Told before the stack stops, which breaks connections that are still open.
    say(inspect(error));
    process.exitCode = 1;
  } finally {
    await mirror.stop();
    await mirror.close();
    await stack?.stop();
  }
}

async function untilCopied(mirror: FreshMirror): Promise<void> {
  const table = `${mirror.plan.namespace}.claim`;
  for (;;) {
    const [found] = await mirror.target.query(
      `SELECT CASE WHEN to_regclass('${table}') IS NULL THEN 0 ELSE (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM ${table}', false, true, '')))[1]::text::int END AS rows`,
    );
    if (Number(found?.['rows']) === ROWS) break;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await mirror.target.query(`VACUUM ANALYZE ${table}`);
}

function report(outcomes: readonly Outcome[]): void {
  const load = loadavg().map((each) => each.toFixed(1));
  const lines = [
    outcomeTable(outcomes),
    '',
    `${ROWS.toString()} rows, medians of ${ROUNDS.toString()} rounds; ${cpus().length.toString()} × ${cpus()[0]?.model ?? '?'}; load at the end ${load.join(' ')}`,
  ];
  mkdirSync('.counterfoil/measured', { recursive: true });
  writeFileSync('.counterfoil/measured/check.json', `${JSON.stringify(outcomes, null, 2)}\n`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

await main();
await Pipeline.killAll();
process.exit();
