// `npm run compare:check`: `counterfoil check` and reladiff on the same two tables, MariaDB against PostgreSQL.
//   RELADIFF names its program; ROWS (1000000), ROUNDS (5) and COUNTERFOIL_TEST_STACK (none: one is started) may be set.
import { say } from '../../test/support/timed-say.ts';
import { keepMeasured, machineText } from '../machine/measured.ts';
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
  const method = `${ROWS} rows, medians of ${ROUNDS} rounds; ${machineText()}`;
  keepMeasured('check', outcomes, `${outcomeTable(outcomes)}\n\n${method}`);
});
