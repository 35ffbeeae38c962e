/** Entries of a ledger, and lines of a bank statement, which have no key. All values follow from the number of a row. */

const COLUMNS = `
  id BIGINT PRIMARY KEY, voucher_no VARCHAR(32) NOT NULL, line SMALLINT NOT NULL, account_code VARCHAR(20) NOT NULL,
  debit DECIMAL(18,2) NOT NULL, credit DECIMAL(18,2) NOT NULL, currency CHAR(3) NOT NULL, rate DOUBLE NOT NULL,
  period CHAR(7) NOT NULL, posted_at TIMESTAMP(3) NOT NULL, memo VARCHAR(200), status VARCHAR(16) NOT NULL,
  fingerprint VARBINARY(16) NOT NULL`;

const AMOUNT = '(1 + n * 7919 MOD 10000000) / 100';
const DAY = "DATE '2024-01-01' + INTERVAL n MOD 900 DAY";

const VALUES = `
  9007199254740993 + n, CONCAT('PZ-', LPAD(n DIV 4, 9, '0')), 1 + n MOD 4, ELT(1 + n MOD 5, '1002', '2202', '6601', '6602.01', '1122'),
  IF(n MOD 2 = 0, ${AMOUNT}, 0), IF(n MOD 2 = 1, ${AMOUNT}, 0), ELT(1 + n MOD 3, 'CNY', 'USD', 'EUR'),
  1 + (n MOD 9973) / 9973, DATE_FORMAT(${DAY}, '%Y-%m'),
  TIMESTAMP(${DAY}) + INTERVAL n * 61003 MOD 86400000 * 1000 MICROSECOND,
  CASE n MOD 7 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE CONCAT('差旅费报销 to customer ', n * 31 MOD 9973, '，含税') END,
  ELT(1 + n MOD 3, 'draft', 'approved', 'posted'), UNHEX(MD5(n))`;

/** Rows without a key, of which equal ones are there several times. */
export const BANK_LINES = 2_000;

export function ledgerStatements(rows: number): readonly string[] {
  return [
    "SET SESSION time_zone = '+00:00'",
    `CREATE TABLE ledger_entry (${COLUMNS}) CHARACTER SET utf8mb4`,
    `INSERT INTO ledger_entry SELECT ${VALUES} FROM (SELECT seq AS n FROM seq_1_to_${rows.toString()}) numbers`,
    'CREATE TABLE bank_line (line_no BIGINT NOT NULL, booked_on DATE NOT NULL, amount DECIMAL(18,2) NOT NULL, note VARCHAR(60)) CHARACTER SET utf8mb4',
    `INSERT INTO bank_line SELECT n, ${DAY}, ${AMOUNT}, '银行流水' FROM (SELECT seq AS n FROM seq_1_to_${BANK_LINES.toString()}) numbers`,
  ];
}

/** What puts the entries with these numbers as they should be, whether they are there or not. */
export function restoreStatement(numbers: readonly number[]): string {
  const each = numbers.map((n) => `SELECT ${n.toString()} AS n`).join(' UNION ALL ');
  return `REPLACE INTO ledger_entry SELECT ${VALUES} FROM (${each}) numbers`;
}

export function idOf(n: number): string {
  return (9_007_199_254_740_993n + BigInt(n)).toString();
}

/** The number of an entry that nobody but a fault puts in: far from all that the writer adds. */
export function twinOf(n: number): number {
  return n + 2_000_000_000;
}

/** As reports name it. */
export function keyOf(n: number): string {
  return JSON.stringify([idOf(n)]);
}

const PART = 11;

/** The writer leaves every eleventh entry alone. */
export function isReserved(n: number): boolean {
  return n % PART === 0;
}

export const hasMemo = {
  null: (n: number) => n % 7 === 0,
  empty: (n: number) => n % 7 === 1,
  text: (n: number) => n % 7 > 1,
};

/** Gives out reserved entries, each once, scattered over the table. */
export class Reserve {
  readonly #size: number;
  readonly #taken = new Set<number>();
  #next = 0;

  constructor(rows: number) {
    this.#size = Math.floor(rows / PART);
  }

  take(fits: (n: number) => boolean = () => true): number {
    for (let tries = 0; tries < this.#size; tries += 1) {
      // A prime: all are passed before one comes again.
      this.#next = (this.#next + 7_919_003) % this.#size;
      const n = (this.#next + 1) * PART;
      if (this.#taken.has(n) || !fits(n)) continue;
      this.#taken.add(n);
      return n;
    }
    throw new RangeError('the table is too small for so many faults');
  }
}
