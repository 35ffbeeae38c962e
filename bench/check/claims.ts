import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { createClaims, insertClaims } from '../claims.ts';

/** What fills the source with so many claims. */
export function claimStatements(rows: number): readonly string[] {
  return [createClaims('claim'), insertClaims('claim', 1, rows, '9007199254740993 + n')];
}

/** Makes so many rows of the target differ, scattered over the whole table; gives back what makes them equal again. */
export async function scatter(
  mirror: FreshMirror,
  rows: number,
  differences: number,
): Promise<() => Promise<void>> {
  if (differences === 0) return () => Promise.resolve();
  const step = Math.floor(rows / differences);
  const where = `WHERE (id - 9007199254740993) % ${step.toString()} = ${(step >> 1).toString()}`;
  const shift = async (by: string) => {
    await mirror.target.query(`UPDATE ${mirror.plan.namespace}.claim SET amount = amount ${by} ${where}`);
    await mirror.target.query(`VACUUM ANALYZE ${mirror.plan.namespace}.claim`);
  };
  await shift('+ 0.01');
  return () => shift('- 0.01');
}
