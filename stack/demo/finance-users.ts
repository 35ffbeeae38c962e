import pg from 'pg';
import type { Account, DemoAccounts } from './accounts.ts';

export interface FinanceUsers {
  readonly accounts: DemoAccounts;
  readonly database: string;
}

/**
 * The statements that create the PostgreSQL roles or bring them up to date; each can run again. Run them in the
 * finance database, as a superuser (REPLICATION can only be given by one who has it).
 */
export function financeUserStatements({ accounts, database }: FinanceUsers): readonly string[] {
  const { capture, sink, check, app } = mapAccounts(accounts);
  const db = pg.escapeIdentifier(database);
  return [
    roleStatement(accounts.capture, 'REPLICATION'),
    roleStatement(accounts.sink, 'NOREPLICATION'),
    roleStatement(accounts.check, 'NOREPLICATION'),
    roleStatement(accounts.app, 'NOREPLICATION'),

    // Nobody comes in, or makes temporary tables, merely because they have an account on this server.
    `REVOKE ALL ON DATABASE ${db} FROM PUBLIC`,
    `REVOKE ALL ON SCHEMA public FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${db} TO ${capture}, ${sink}, ${check}, ${app}`,

    // REPLICATION (above): to create and read the replication slot. SELECT: the snapshot reads the rows. The
    // publication exists already, so neither ownership of the tables nor CREATE on the database is needed.
    `GRANT USAGE ON SCHEMA finance, counterfoil TO ${capture}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA finance TO ${capture}`,
    `GRANT USAGE ON SCHEMA ledger TO ${capture}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${sink} IN SCHEMA ledger GRANT SELECT ON TABLES TO ${capture}`,
    // The heartbeat moves the slot forward while finance is quiet; its table is in the publication. An upsert.
    `GRANT SELECT, INSERT, UPDATE ON counterfoil.heartbeat TO ${capture}`,
    // Orders to read rows again, and the marks around each chunk of them, which are deleted when the chunk is done.
    `GRANT SELECT, INSERT, DELETE ON counterfoil.signal TO ${capture}`,

    // The sink makes its own tables, in the schemas meant for it, and so owns them; positions go to `counterfoil`.
    // It cannot read the books but for the accounting periods. TEMPORARY: large batches go by way of a temporary table.
    `GRANT TEMPORARY ON DATABASE ${db} TO ${sink}`,
    `GRANT USAGE, CREATE ON SCHEMA ap, oa_mirror, oa_documents, finance_documents, ledger, counterfoil TO ${sink}`,
    `GRANT USAGE ON SCHEMA finance TO ${sink}`,
    `GRANT SELECT ON finance.period TO ${sink}`,

    // The check reads both sides and cannot write; the setting only makes a mistake fail with a clearer message.
    // The position to fence by, pg_current_wal_lsn(), is open to everybody.
    `ALTER ROLE ${check} SET default_transaction_read_only = on`,
    `GRANT USAGE ON SCHEMA finance, ap, oa_mirror, oa_documents, finance_documents, ledger, counterfoil TO ${check}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA finance, counterfoil TO ${check}`,
    // What the sink creates later is readable from the start, without the sink having to grant anything.
    ...['ap', 'oa_mirror', 'oa_documents', 'finance_documents', 'ledger', 'counterfoil'].map(
      (schema) =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${sink} IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${check}`,
    ),

    // Finance sees the claims that arrived and keeps the books. Nobody changes or deletes what is posted: of a
    // voucher only the status can change, of an entry nothing.
    `GRANT USAGE ON SCHEMA finance, ap, ledger TO ${app}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA finance TO ${app}`,
    `GRANT INSERT ON finance.voucher, finance.voucher_entry TO ${app}`,
    `GRANT UPDATE (status) ON finance.voucher TO ${app}`,
    `GRANT INSERT, UPDATE ON finance.payment, finance.vendor, finance.cost_center, finance.period TO ${app}`,
    ...['ap', 'ledger'].map(
      (schema) =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${sink} IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${app}`,
    ),
  ];
}

function mapAccounts(accounts: DemoAccounts): Record<keyof DemoAccounts, string> {
  const name = ({ user }: Account): string => pg.escapeIdentifier(user);
  return {
    capture: name(accounts.capture),
    sink: name(accounts.sink),
    check: name(accounts.check),
    app: name(accounts.app),
  };
}

/** PostgreSQL has no CREATE ROLE IF NOT EXISTS. */
function roleStatement({ user, password }: Account, replication: 'REPLICATION' | 'NOREPLICATION'): string {
  const role = pg.escapeIdentifier(user);
  return `DO $role$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${pg.escapeLiteral(user)}) THEN
    CREATE ROLE ${role};
  END IF;
  ALTER ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE ${replication} PASSWORD ${pg.escapeLiteral(password)};
END
$role$`;
}
