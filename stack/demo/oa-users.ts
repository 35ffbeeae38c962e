import mysql from 'mysql2/promise';
import type { Account, DemoAccounts } from './accounts.ts';

export interface OaUsers {
  readonly accounts: DemoAccounts;
  /** The OA database. */
  readonly database: string;
  /** The database in which the product's sink keeps its positions. */
  readonly positionsDatabase: string;
}

/** The tables that the office writes: all but the heartbeat and what the product's sink owns. */
export const OFFICE_TABLES = [
  'department',
  'employee',
  'budget',
  'budget_entry',
  'expense_claim',
  'expense_claim_line',
  'approval_record',
  'purchase_request',
  'purchase_request_line',
  'purchase_order',
  'purchase_order_line',
  'goods_receipt',
  'goods_receipt_line',
  'contract',
  'contract_payment_plan',
  'contract_payment',
  'contract_payment_line',
  'operation_log',
] as const;

/** Made and written by the product's sink alone. */
const WRITE_BACK_TABLES = [
  'finance_payment',
  'finance_posting',
  'finance_vendor',
  'finance_voucher',
  'finance_voucher_entry',
] as const;

/**
 * The statements that create the MariaDB accounts or bring them up to date; each can run again. Privileges are named
 * as both MariaDB and MySQL understand them (REPLICATION CLIENT is MariaDB's BINLOG MONITOR).
 */
export function oaUserStatements({ accounts, database, positionsDatabase }: OaUsers): readonly string[] {
  const { capture, sink, check, app } = accounts;
  const everyTable = `${pattern(database)}.*`;
  const table = (name: string): string => `${mysql.escapeId(database, true)}.${mysql.escapeId(name)}`;
  const positions = `${pattern(positionsDatabase)}.*`;
  const grant = (privileges: string, on: string, { user }: Account): string =>
    `GRANT ${privileges} ON ${on} TO ${text(user)}@'%'`;
  return [
    // An anonymous account for localhost, as older installations create it, wins over 'name'@'%' at log-in.
    "DROP USER IF EXISTS ''@'localhost'",
    ...[capture, sink, check, app].flatMap(createUser),

    // REPLICATION SLAVE: to read the binary log. REPLICATION CLIENT: SHOW MASTER STATUS and SHOW BINARY LOGS, where
    // the snapshot begins and whether the stored position is still there.
    // RELOAD: the snapshot holds FLUSH TABLES WITH READ LOCK for the moment in which it reads the position and the
    // table definitions. Without it Debezium falls back to FLUSH TABLES <names> WITH READ LOCK, which needs RELOAD as
    // well, so LOCK TABLES alone does not help. RELOAD also permits RESET MASTER, which deletes every binary log:
    // on a database that matters, take it away when the snapshot is done (REVOKE RELOAD ON *.* FROM …).
    grant('RELOAD, REPLICATION SLAVE, REPLICATION CLIENT', '*.*', capture),
    // SELECT: the snapshot reads the rows. It also makes the database visible, so SHOW DATABASES is not needed.
    grant('SELECT', everyTable, capture),
    // The heartbeat moves the captured position forward while the office is quiet. It is an upsert of one row.
    grant('INSERT, UPDATE', table('counterfoil_heartbeat'), capture),
    // Orders to read rows again, and the marks around each chunk of them, which are deleted when the chunk is done.
    grant('INSERT, DELETE', table('counterfoil_signal'), capture),

    // The sink makes its tables, widens them when the contract grows, and upserts and deletes rows. It cannot even read
    // the office's tables: a fault in a mapping cannot touch them.
    ...WRITE_BACK_TABLES.map((name) =>
      grant('SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX', table(name), sink),
    ),
    grant(
      'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, CREATE TEMPORARY TABLES',
      positions,
      sink,
    ),

    // The check compares rows and fences by the position of the binary log; it cannot write anything.
    grant('REPLICATION CLIENT', '*.*', check),
    grant('SELECT', everyTable, check),
    grant('SELECT', positions, check),

    // The office reads everything of its own database, payments included, and writes its own tables.
    grant('SELECT', everyTable, app),
    ...OFFICE_TABLES.map((name) => grant('INSERT, UPDATE, DELETE', table(name), app)),
  ];
}

/** ALTER after CREATE IF NOT EXISTS: an account that exists already gets the password asked for. */
function createUser({ user, password }: Account): string[] {
  const name = `${text(user)}@'%'`;
  return [
    `CREATE USER IF NOT EXISTS ${name} IDENTIFIED BY ${text(password)}`,
    `ALTER USER ${name} IDENTIFIED BY ${text(password)}`,
  ];
}

/** In a GRANT on all tables, `_` and `%` in the database's name are wildcards unless escaped. */
function pattern(database: string): string {
  return mysql.escapeId(database.replaceAll(/[_%]/g, '\\$&'), true);
}

function text(value: string): string {
  return mysql.escape(value);
}
