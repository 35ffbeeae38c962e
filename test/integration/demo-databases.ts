import type mysql from 'mysql2/promise';
import type pg from 'pg';
import { openMariaDb, openPostgres, type DatabaseAccess } from '../../stack/demo/access.ts';
import { financeAccounts, oaAccounts, type DemoAccounts } from '../../stack/demo/accounts.ts';
import { installFinance, installOa } from '../../stack/demo/install.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const PASSWORDS = { capture: 'capture"1', sink: "sink'2", check: 'check\\3', app: 'app 4' };

/** Accounts of a test's own: they belong to the whole server, and other tests and a demo use the usual ones. */
function ownAccounts(accounts: DemoAccounts): DemoAccounts {
  const prefix = uniqueName('t');
  const own = (role: keyof DemoAccounts) => ({ ...accounts[role], user: `${prefix}_${role}` });
  return { capture: own('capture'), sink: own('sink'), check: own('check'), app: own('app') };
}

export interface TestDatabase<Connection> {
  readonly database: string;
  readonly accounts: DemoAccounts;
  install(seed?: number): Promise<void>;
  access(role: keyof DemoAccounts): DatabaseAccess;
  /** An administrator's connection in the database, open until `drop`. */
  admin(): Promise<Connection>;
  drop(): Promise<void>;
}

/** An OA database of the test's own, with accounts of its own; not yet installed. */
export function testOa(): TestDatabase<mysql.Connection> & { readonly positionsDatabase: string } {
  const server = testStack().mariadb;
  const accounts = ownAccounts(oaAccounts(PASSWORDS));
  const database = uniqueName('oa_demo_test');
  const positionsDatabase = `${database}_positions`;
  let connection: mysql.Connection | undefined;
  return {
    database,
    positionsDatabase,
    accounts,
    install: (seed) => installOa({ admin: server, database, positionsDatabase, accounts }, seed),
    access: (role) => ({ ...server, ...accounts[role], database }),
    admin: async () => (connection ??= await openMariaDb({ ...server, database })),
    async drop() {
      connection ??= await openMariaDb(server);
      for (const name of [database, positionsDatabase])
        await connection.query(`DROP DATABASE IF EXISTS ${name}`);
      for (const { user } of Object.values(accounts))
        await connection.query(`DROP USER IF EXISTS '${user}'@'%'`);
      await connection.end();
    },
  };
}

/** A finance database of the test's own, with roles of its own; not yet installed. */
export function testFinance(): TestDatabase<pg.Client> {
  const server = testStack().postgres;
  const accounts = ownAccounts(financeAccounts(PASSWORDS));
  const database = uniqueName('finance_demo_test');
  let client: pg.Client | undefined;
  return {
    database,
    accounts,
    install: (seed) => installFinance({ admin: server, database, accounts }, seed),
    access: (role) => ({ ...server, ...accounts[role], database }),
    admin: async () => (client ??= await openPostgres({ ...server, database })),
    async drop() {
      await client?.end();
      const postgres = await openPostgres(server);
      await postgres.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      for (const { user } of Object.values(accounts)) await postgres.query(`DROP ROLE IF EXISTS ${user}`);
      await postgres.end();
    },
  };
}
