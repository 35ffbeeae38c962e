import { financeAccounts, oaAccounts } from '../../../stack/demo/accounts.ts';
import { financeUserStatements } from '../../../stack/demo/finance-users.ts';
import { oaUserStatements, OFFICE_TABLES } from '../../../stack/demo/oa-users.ts';

const passwords = { capture: 'pa\'ss"\\1', sink: 's2', check: 'c3', app: 'a4' };
const oa = oaUserStatements({
  accounts: oaAccounts(passwords),
  database: 'o_a',
  positionsDatabase: 'counterfoil',
});
const finance = financeUserStatements({ accounts: financeAccounts(passwords), database: 'fin"ance' });

const grantsTo = (statements: readonly string[], user: string): string[] =>
  statements.filter((statement) => statement.startsWith('GRANT') && statement.includes(user));

test('nobody is given everything, or the right to give', () => {
  for (const statement of [...oa, ...finance]) {
    if (statement.startsWith('GRANT'))
      expect(statement).not.toMatch(/\bALL PRIVILEGES\b|SUPER|GRANT OPTION|\bALL ON\b/);
  }
});

test('names and passwords are quoted', () => {
  expect(oa).toContain("ALTER USER 'counterfoil_capture'@'%' IDENTIFIED BY 'pa\\'ss\\\"\\\\1'");
  expect(finance[0]).toContain("PASSWORD  E'pa''ss\"\\\\1'");
  expect(finance.join('\n')).toContain('ON DATABASE "fin""ance" TO "counterfoil_capture"');
});

test("an underscore in a database's name is no wildcard where MariaDB would take it for one", () => {
  expect(grantsTo(oa, 'counterfoil_check')).toContain("GRANT SELECT ON `o\\_a`.* TO 'counterfoil_check'@'%'");
  expect(grantsTo(oa, 'counterfoil_sink')[0]).toContain('ON `o_a`.`finance_payment`');
});

test('capture writes nothing but its heartbeat and signals, the check nothing at all', () => {
  const writes = /INSERT|UPDATE|DELETE|CREATE|ALTER|DROP/;
  expect(grantsTo(oa, 'counterfoil_capture').filter((grant) => writes.test(grant))).toEqual([
    "GRANT INSERT, UPDATE ON `o_a`.`counterfoil_heartbeat` TO 'counterfoil_capture'@'%'",
    "GRANT INSERT, DELETE ON `o_a`.`counterfoil_signal` TO 'counterfoil_capture'@'%'",
  ]);
  expect(grantsTo(oa, 'counterfoil_check').filter((grant) => writes.test(grant))).toEqual([]);
  expect(grantsTo(finance, 'counterfoil_capture').filter((grant) => writes.test(grant))).toEqual([
    'GRANT SELECT, INSERT, UPDATE ON counterfoil.heartbeat TO "counterfoil_capture"',
    'GRANT SELECT, INSERT, DELETE ON counterfoil.signal TO "counterfoil_capture"',
  ]);
  expect(grantsTo(finance, 'counterfoil_check').filter((grant) => writes.test(grant))).toEqual([]);
});

test('only capture may replicate', () => {
  expect(finance.filter((statement) => /[^O]REPLICATION/.test(statement))).toHaveLength(1);
  expect(oa.filter((statement) => statement.includes('REPLICATION SLAVE'))).toHaveLength(1);
});

test('the office may write each of its tables and no other', () => {
  const written = grantsTo(oa, 'oa_app').filter((grant) => grant.includes('INSERT'));
  expect(written).toHaveLength(OFFICE_TABLES.length);
  expect(written.join()).not.toMatch(/heartbeat|finance_payment|\*/);
});
