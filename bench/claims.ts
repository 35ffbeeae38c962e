/** Claims of twelve columns of the kinds that office tables have: texts in two scripts, and nulls in three of them. */
const COLUMNS = `
  id BIGINT PRIMARY KEY, claim_no VARCHAR(32) NOT NULL, applicant_id BIGINT NOT NULL, department_id INT NOT NULL,
  kind VARCHAR(16) NOT NULL, amount DECIMAL(18,2) NOT NULL, tax DECIMAL(18,2), currency CHAR(3) NOT NULL,
  remark VARCHAR(200), submitted_on DATE NOT NULL, approved_at DATETIME(3), status SMALLINT NOT NULL`;

const VALUES = `
  CONCAT('BX-2026-', LPAD(n, 8, '0')), 10000 + n MOD 5003, n MOD 211,
  ELT(1 + n MOD 4, 'travel', 'office', 'training', 'meals'), (n * 7919 MOD 10000000) / 100,
  IF(n MOD 5 = 0, NULL, (n * 104729 MOD 600000) / 100), ELT(1 + n MOD 3, 'CNY', 'USD', 'EUR'),
  IF(n MOD 7 = 0, NULL, CONCAT('出差报销 to customer ', n * 31 MOD 9973)), DATE '2020-01-01' + INTERVAL n MOD 2000 DAY,
  IF(n MOD 11 = 0, NULL, TIMESTAMP '2020-01-01 08:00:00.000' + INTERVAL n * 61003 MOD 63072000000 * 1000 MICROSECOND),
  n MOD 6`;

export function createClaims(table: string): string {
  return `CREATE TABLE ${table} (${COLUMNS}) CHARACTER SET utf8mb4`;
}

/** Inserts claims by their numbers; `id` is the expression of `n` for their ids. A statement of MariaDB. */
export function insertClaims(table: string, from: number, to: number, id = 'n'): string {
  return `INSERT INTO ${table} SELECT ${id}, ${VALUES} FROM (SELECT seq AS n FROM seq_${from}_to_${to}) numbers`;
}
