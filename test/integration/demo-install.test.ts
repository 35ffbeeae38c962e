import type mysql from 'mysql2/promise';
import { openMariaDb, openPostgres } from '../../stack/demo/access.ts';
import type { DemoAccounts } from '../../stack/demo/accounts.ts';
import { testFinance, testOa } from './demo-databases.ts';

const oa = testOa();
const finance = testFinance();

beforeAll(async () => {
  // Two at once, then once more: installing is idempotent even when two start together.
  await Promise.all([oa.install(), oa.install(), finance.install(), finance.install()]);
  await Promise.all([oa.install(), finance.install()]);
}, 60_000);
afterAll(async () => {
  await Promise.all([oa.drop(), finance.drop()]);
});

async function onOa(role: keyof DemoAccounts, ...statements: string[]): Promise<string> {
  const connection = await openMariaDb(oa.access(role));
  try {
    for (const statement of statements) await connection.query(statement);
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    connection.destroy();
  }
}

async function onFinance(role: keyof DemoAccounts, ...statements: string[]): Promise<string> {
  const client = await openPostgres(finance.access(role));
  try {
    for (const statement of statements) await client.query(statement);
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end();
  }
}

describe('OA', () => {
  test('has its base data once', async () => {
    const [rows] = await (
      await oa.admin()
    ).query<mysql.RowDataPacket[]>(
      `SELECT (SELECT count(*) FROM department) AS departments, (SELECT count(*) FROM employee) AS employees,
              (SELECT count(*) FROM budget) AS budgets, (SELECT count(*) FROM counterfoil_heartbeat) AS heartbeats`,
    );
    expect(rows).toEqual([{ departments: '19', employees: '60', budgets: '108', heartbeats: '1' }]);
  });

  test('keeps rare characters', async () => {
    const admin = await oa.admin();
    await admin.query("UPDATE employee SET name = '𠮷野䶮🍜' WHERE employee_no = 'E10060'");
    const [rows] = await admin.query<mysql.RowDataPacket[]>(
      "SELECT name, hex(name) AS bytes FROM employee WHERE employee_no = 'E10060'",
    );
    expect(rows).toEqual([
      { name: '𠮷野䶮🍜', bytes: Buffer.from('𠮷野䶮🍜').toString('hex').toUpperCase() },
    ]);
  });

  test.each([
    ['capture', 'FLUSH TABLES WITH READ LOCK; UNLOCK TABLES', 'allowed'],
    ['capture', 'SHOW MASTER STATUS; SHOW BINARY LOGS; SELECT @@gtid_binlog_pos', 'allowed'],
    ['capture', 'SELECT * FROM expense_claim', 'allowed'],
    ['capture', 'UPDATE counterfoil_heartbeat SET beat = CURRENT_TIMESTAMP(6) WHERE id = 1', 'allowed'],
    [
      'capture',
      'INSERT INTO counterfoil_heartbeat VALUES (1, now(6)) ON DUPLICATE KEY UPDATE beat = now(6)',
      'allowed',
    ],
    ['capture', "UPDATE department SET name = '' WHERE id = 1", 'ER_TABLEACCESS_DENIED_ERROR'],
    ['capture', 'DELETE FROM counterfoil_heartbeat', 'ER_TABLEACCESS_DENIED_ERROR'],
    [
      'sink',
      'CREATE TABLE finance_payment (id BIGINT PRIMARY KEY, v INT); ALTER TABLE finance_payment ADD w INT',
      'allowed',
    ],
    ['sink', 'INSERT INTO finance_payment VALUES (1, 2, 3); DELETE FROM finance_payment', 'allowed'],
    ['sink', 'SELECT * FROM department', 'ER_TABLEACCESS_DENIED_ERROR'],
    ['sink', 'CREATE TABLE another (id INT)', 'ER_TABLEACCESS_DENIED_ERROR'],
    ['sink', 'SHOW MASTER STATUS', 'ER_SPECIFIC_ACCESS_DENIED_ERROR'],
    ['check', 'SELECT * FROM department; SELECT * FROM finance_payment; SHOW MASTER STATUS', 'allowed'],
    ['check', 'DELETE FROM finance_payment', 'ER_TABLEACCESS_DENIED_ERROR'],
    ['check', 'FLUSH TABLES', 'ER_SPECIFIC_ACCESS_DENIED_ERROR'],
    ['app', 'UPDATE department SET sort_no = sort_no WHERE id = 1; SELECT * FROM finance_payment', 'allowed'],
    ['app', 'INSERT INTO finance_payment (id) VALUES (1)', 'ER_TABLEACCESS_DENIED_ERROR'],
    ['app', 'UPDATE counterfoil_heartbeat SET beat = now(6)', 'ER_TABLEACCESS_DENIED_ERROR'],
    ['app', 'DROP TABLE budget', 'ER_TABLEACCESS_DENIED_ERROR'],
  ] as const)('%s: %s is %s', async (role, statements, outcome) => {
    expect(await onOa(role, ...statements.split('; '))).toBe(outcome);
  });

  test('the sink keeps its positions in a database of its own, which the check can read', async () => {
    const table = `${oa.positionsDatabase}.position`;
    expect(
      await onOa('sink', `CREATE TABLE ${table} (id INT PRIMARY KEY)`, `INSERT INTO ${table} VALUES (1)`),
    ).toBe('allowed');
    expect(await onOa('check', `SELECT * FROM ${table}`)).toBe('allowed');
    expect(await onOa('check', `DELETE FROM ${table}`)).toBe('ER_TABLEACCESS_DENIED_ERROR');
    expect(await onOa('app', `SELECT * FROM ${table}`)).toBe('ER_TABLEACCESS_DENIED_ERROR');
  });
});

describe('finance', () => {
  const voucher = (no: string) =>
    `INSERT INTO finance.voucher (id, voucher_no, period_code, voucher_date, kind, source_type, source_id, currency, description, prepared_by, posted_at)
     VALUES (${no}, 'V${no}', '2026-01', '2026-01-31', 'payment', 'expense_claim', ${no}, 'CNY', '测试', '会计', now())`;
  const entry = (no: string, line: number, debit: string, credit: string) =>
    `INSERT INTO finance.voucher_entry (voucher_id, line_no, account_code, summary, debit, credit)
     VALUES (${no}, ${line}, '6602', '测试', ${debit}, ${credit})`;

  test('has its base data once, in UTF-8', async () => {
    const admin = await finance.admin();
    const { rows } = await admin.query(
      `SELECT (SELECT count(*)::int FROM finance.cost_center) AS centers, (SELECT count(*)::int FROM finance.period) AS periods,
              (SELECT count(*)::int FROM finance.vendor) AS vendors, current_setting('server_encoding') AS encoding`,
    );
    expect(rows).toEqual([{ centers: 20, periods: 132, vendors: 12, encoding: 'UTF8' }]);
  });

  test('a balanced voucher is taken, entry by entry', async () => {
    expect(
      await onFinance(
        'app',
        'BEGIN',
        voucher('1'),
        entry('1', 1, '10.05', '0'),
        entry('1', 2, '0', '10.05'),
        'COMMIT',
      ),
    ).toBe('allowed');
  });

  test.each([
    ['without entries', [voucher('2')]],
    [
      'with debits that differ from credits',
      [voucher('2'), entry('2', 1, '10.05', '0'), entry('2', 2, '0', '10.04')],
    ],
    ['with an entry on both sides', [voucher('2'), entry('2', 1, '5', '5'), entry('2', 2, '5', '5')]],
    ['with a negative entry', [voucher('2'), entry('2', 1, '-5', '0'), entry('2', 2, '0', '-5')]],
    ['balanced, with entries added to a posted one', [entry('1', 3, '1', '0')]],
  ])('a voucher %s is refused at COMMIT', async (_what, statements) => {
    expect(await onFinance('app', 'BEGIN', ...statements, 'COMMIT')).toBe('23514');
  });

  test('an entry does not move to another voucher, even for an administrator', async () => {
    const admin = await finance.admin();
    const statements = [voucher('3'), entry('3', 1, '1', '0'), entry('3', 2, '0', '1')];
    await admin.query(`BEGIN; ${statements.join(';')}; COMMIT`);
    await expect(
      admin.query(
        'UPDATE finance.voucher_entry SET voucher_id = 1, line_no = line_no + 10 WHERE voucher_id = 3',
      ),
    ).rejects.toThrow('cannot move');
  });

  test('what the sink creates is readable at once for the check and for finance', async () => {
    expect(
      await onFinance(
        'sink',
        'CREATE TABLE ap.expense_claim (claim_id bigint)',
        'CREATE TABLE oa_mirror.x (id int)',
      ),
    ).toBe('allowed');
    expect(
      await onFinance(
        'sink',
        'CREATE TABLE counterfoil.position (id int)',
        'CREATE TEMPORARY TABLE batch (id int)',
      ),
    ).toBe('allowed');
    expect(
      await onFinance(
        'check',
        'SELECT FROM ap.expense_claim',
        'SELECT FROM oa_mirror.x',
        'SELECT FROM counterfoil.position',
      ),
    ).toBe('allowed');
    expect(await onFinance('app', 'SELECT FROM ap.expense_claim')).toBe('allowed');
    expect(await onFinance('app', 'SELECT FROM oa_mirror.x')).toBe('42501');
  });

  test.each([
    ['capture', 'SELECT FROM finance.payment', 'allowed'],
    [
      'capture',
      'INSERT INTO counterfoil.heartbeat VALUES (1, now()) ON CONFLICT (id) DO UPDATE SET beat = excluded.beat',
      'allowed',
    ],
    ['capture', "UPDATE finance.account SET name = '' WHERE code = '1001'", '42501'],
    ['capture', 'CREATE PUBLICATION another FOR TABLE finance.account', '42501'],
    ['sink', 'SELECT FROM finance.payment', '42501'],
    ['sink', 'UPDATE counterfoil.heartbeat SET beat = now()', '42501'],
    ['sink', 'CREATE TABLE finance.mine (id int)', '42501'],
    ['check', 'SELECT pg_current_wal_lsn()', 'allowed'],
    ['check', 'INSERT INTO ap.expense_claim VALUES (1)', '25006'],
    [
      'check',
      'SET default_transaction_read_only = off; INSERT INTO finance.account SELECT * FROM finance.account',
      '42501',
    ],
    ['check', 'SET default_transaction_read_only = off; CREATE TEMPORARY TABLE mine (id int)', '42501'],
    ['app', "UPDATE finance.voucher SET status = 'reversed' WHERE id = 1", 'allowed'],
    ['app', "UPDATE finance.voucher SET description = '' WHERE id = 1", '42501'],
    ['app', 'UPDATE finance.voucher_entry SET debit = 0', '42501'],
    ['app', 'DELETE FROM finance.voucher_entry', '42501'],
  ] as const)('%s: %s is %s', async (role, statements, outcome) => {
    expect(await onFinance(role, ...statements.split('; '))).toBe(outcome);
  });

  test('the publication holds the books and the heartbeat', async () => {
    const { rows } = await (
      await finance.admin()
    ).query<{ name: string }>(
      "SELECT schemaname || '.' || tablename AS name FROM pg_publication_tables WHERE pubname = 'counterfoil' ORDER BY 1",
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'counterfoil.heartbeat', 'counterfoil.signal', 'finance.account', 'finance.cost_center', 'finance.payment', 'finance.period',
      'finance.vendor', 'finance.voucher', 'finance.voucher_entry',
    ]); // prettier-ignore
  });
});

test('a wrong password is an error that names the step and no secret', async () => {
  const { installOa } = await import('../../stack/demo/install.ts');
  const admin = { ...oa.access('app'), password: 'wrong-secret' };
  const failure = installOa({ admin, database: oa.database, accounts: oa.accounts });
  await expect(failure).rejects.toMatchObject({ code: 'STACK_FAILED' });
  await expect(failure).rejects.toThrow('could not connect to MariaDB (ER_ACCESS_DENIED_ERROR)');
});
