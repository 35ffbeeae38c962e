import type { FreshMirror } from '../../test/support/fresh-mirror.ts';

/** Columns of the kinds that office tables have; texts in two scripts, and nulls in three of them. */
const COLUMNS = `
  id BIGINT PRIMARY KEY, claim_no VARCHAR(32) NOT NULL, applicant_id BIGINT NOT NULL, department_id INT NOT NULL,
  kind VARCHAR(16) NOT NULL, amount DECIMAL(18,2) NOT NULL, tax DECIMAL(18,2), currency CHAR(3) NOT NULL,
  remark VARCHAR(200), submitted_on DATE NOT NULL, approved_at DATETIME(3), status SMALLINT NOT NULL`;

const VALUES = `
  9007199254740993 + n, CONCAT('BX-2026-', LPAD(n, 8, '0')), 10000 + n MOD 5003, n MOD 211,
  ELT(1 + n MOD 4, 'travel', 'office', 'training', 'meals'), (n * 7919 MOD 10000000) / 100,
  IF(n MOD 5 = 0, NULL, (n * 104729 MOD 600000) / 100), ELT(1 + n MOD 3, 'CNY', 'USD', 'EUR'),
  IF(n MOD 7 = 0, NULL, CONCAT('出差报销 to customer ', n * 31 MOD 9973)), DATE '2020-01-01' + INTERVAL n MOD 2000 DAY,
  IF(n MOD 11 = 0, NULL, TIMESTAMP '2020-01-01 08:00:00.000' + INTERVAL n * 61003 MOD 63072000000 * 1000 MICROSECOND),
  n MOD 6`;

/** What fills the source with so many claims. */
export function claimStatements(rows: number): readonly string[] {
  return [
    `CREATE TABLE claim (${COLUMNS}) CHARACTER SET utf8mb4`,
    `INSERT INTO claim SELECT ${VALUES} FROM (SELECT seq AS n FROM seq_1_to_${rows.toString()}) numbers`,
  ];
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
