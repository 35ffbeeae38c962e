import { readFile } from 'node:fs/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { openMariaDb, openPostgres, type DatabaseAccess, type ServerAccess } from './access.ts';
import type { DemoAccounts } from './accounts.ts';
import { financeBaseRows } from './finance-base-data.ts';
import { financeUserStatements } from './finance-users.ts';
import { oaBaseRows } from './oa-base-data.ts';
import { oaUserStatements } from './oa-users.ts';
import { codeOf } from './activity/transient.ts';
import { insertStatement, type Value } from './activity/writes.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';

export interface OaInstallation {
  /** An account that may create databases and accounts. */
  readonly admin: ServerAccess;
  /** `oa` unless given. */
  readonly database?: string;
  /** Where the product's sink keeps its positions; `counterfoil` unless given. */
  readonly positionsDatabase?: string;
  readonly accounts: DemoAccounts;
}

export interface FinanceInstallation {
  /** A superuser, and a database that exists to connect to first. */
  readonly admin: DatabaseAccess;
  /** `finance` unless given. */
  readonly database?: string;
  readonly accounts: DemoAccounts;
}

export interface DemoInstallation {
  readonly oa: OaInstallation;
  readonly finance: FinanceInstallation;
  /** Decides on names and amounts of the base data; 1 unless given. */
  readonly seed?: number;
}

/**
 * Creates both demo databases with tables, accounts and base data. Can run again at any time: what is there stays,
 * passwords and privileges are brought up to date, base data are only put into an empty office.
 * Rejects with CounterfoilError STACK_FAILED, which says in which step.
 */
export async function installDemo({ oa, finance, seed = 1 }: DemoInstallation): Promise<void> {
  await Promise.all([installOa(oa, seed), installFinance(finance, seed)]);
}

/** The MariaDB half of {@link installDemo}. */
export async function installOa(installation: OaInstallation, seed = 1): Promise<void> {
  const { admin, database = 'oa', positionsDatabase = 'counterfoil', accounts } = installation;
  const schema = await readFile(new URL('./oa.sql', import.meta.url), 'utf8');
  const connection = await step('connect to MariaDB', () => openMariaDb(admin, { multipleStatements: true }));
  try {
    await step('create the OA tables', async () => {
      for (const name of [database, positionsDatabase]) {
        await connection.query(
          `CREATE DATABASE IF NOT EXISTS ${mysql.escapeId(name)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
        );
      }
      await connection.query(`USE ${mysql.escapeId(database)}`);
      await connection.query(schema);
    });
    await step('create the OA accounts', async () => {
      for (const statement of oaUserStatements({ accounts, database, positionsDatabase })) {
        await connection.query(statement);
      }
    });
    await step('insert the OA base data', () => insertOaBase(connection, seed));
  } finally {
    connection.destroy();
  }
}

/** All or nothing, and only into an empty office. */
async function insertOaBase(connection: mysql.Connection, seed: number): Promise<void> {
  await connection.beginTransaction();
  // The lock makes a second installation that runs at the same time wait, and then find the office furnished.
  const [present] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT beat FROM counterfoil_heartbeat FOR UPDATE',
  );
  const [departments] = await connection.query<mysql.RowDataPacket[]>('SELECT 1 FROM department LIMIT 1');
  if (present.length > 0 && departments.length === 0) {
    for (const [table, rows] of oaBaseRows(seed)) {
      const { text, values } = insertStatement(table, rows);
      await connection.query(text, [...values]);
    }
  }
  await connection.commit();
}

/** The PostgreSQL half of {@link installDemo}. */
export async function installFinance(installation: FinanceInstallation, seed = 1): Promise<void> {
  const { admin, database = 'finance', accounts } = installation;
  const schema = await readFile(new URL('./finance.sql', import.meta.url), 'utf8');
  await withPostgres(admin, async (client) => {
    // Roles belong to the whole server: installations that run at the same time would trip over each other.
    await client.query("SELECT pg_advisory_lock(hashtext('counterfoil-demo'))");
    await step('create the finance database', () => createDatabase(client, database));
    await withPostgres({ ...admin, database }, async (finance) => {
      await step('create the finance tables', () => finance.query(schema));
      await step('create the finance accounts', async () => {
        for (const statement of financeUserStatements({ accounts, database })) await finance.query(statement);
      });
      await step('insert the finance base data', () => insertFinanceBase(finance, seed));
    });
  });
}

async function withPostgres(
  access: DatabaseAccess,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = await step('connect to PostgreSQL', () => openPostgres(access));
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** UTF-8 whatever the server's default is; collation C is the same on every machine. */
async function createDatabase(client: pg.Client, database: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount !== 0) return;
  const name = pg.escapeIdentifier(database);
  await client.query(
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
  );
}

async function insertFinanceBase(client: pg.Client, seed: number): Promise<void> {
  await client.query('BEGIN');
  for (const [table, rows] of financeBaseRows(seed)) {
    for (const row of rows) {
      const columns = Object.keys(row);
      const places = columns.map((_, index) => `$${index + 1}`).join(', ');
      await client.query(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT DO NOTHING`,
        Object.values<Value>(row),
      );
    }
  }
  await client.query('COMMIT');
}

/** Errors name the step and the driver's code only: a driver's error can hold the statement, and so a password. */
async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CounterfoilError) throw error;
    throw new CounterfoilError('STACK_FAILED', `could not ${what} (${codeOf(error) || 'no code'})`, {
      remedy: "see the database server's log for the statement that failed",
    });
  }
}
