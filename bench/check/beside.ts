// `npm run compare:check`: `counterfoil check` and reladiff on the same two tables, MariaDB against PostgreSQL.
//   RELADIFF names its program; ROWS (1000000), ROUNDS (5) and COUNTERFOIL_TEST_STACK (none: one is started) may be set.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { say } from '../../test/support/timed-say.ts';
import { counterfoil, reladiff } from './contender.ts';
import { measureCase } from './measure.ts';
import type { Outcome } from './measure.ts';
import { onClaims, ROWS } from './stage.ts';
import { outcomeTable } from './table.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const DIFFERENCES = [0, 1, 100, 10_000];

await onClaims(async (mirror) => {
  const contenders = [counterfoil(mirror), reladiff(mirror, process.env['RELADIFF'] ?? 'reladiff')];
  const outcomes: Outcome[] = [];
  for (const differences of DIFFERENCES) {
    outcomes.push(...(await measureCase(mirror, contenders, { rows: ROWS, differences, rounds: ROUNDS })));
    say(`measured with ${differences.toString()} differences`);
  }
  const load = loadavg().map((each) => each.toFixed(1));
  const machine = `${cpus().length.toString()} × ${cpus()[0]?.model ?? '?'}`;
  const method = `${ROWS.toString()} rows, medians of ${ROUNDS.toString()} rounds; ${machine}; load at the end ${load.join(' ')}`;
  mkdirSync('.counterfoil/measured', { recursive: true });
  writeFileSync('.counterfoil/measured/check.json', `${JSON.stringify(outcomes, null, 2)}\n`);
  process.stdout.write(`${outcomeTable(outcomes)}\n\n${method}\n`);
});
