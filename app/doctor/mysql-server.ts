import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Finding, Findings } from './finding.ts';
import { grantStatement, missingPrivileges, parseGrants } from './mysql-grants.ts';
import type { Need } from './mysql-grants.ts';

/** A setting of the server. Add a line to look at another one. */
export interface VariableRule {
  readonly name: string;
  readonly sound: (value: string) => boolean;
  readonly level: 'warning' | 'error';
  readonly why: string;
  readonly mend: string;
}

const DAY = 86_400;

/** What the log of a source must be like. */
export const LOG_RULES: readonly VariableRule[] = [
  {
    name: 'log_bin',
    sound: isOn,
    level: 'error',
    why: 'without a binary log there is nothing to capture',
    mend: 'In the configuration of the server, then restart it: log_bin = binlog',
  },
  {
    name: 'server_id',
    sound: (value) => Number(value) > 0,
    level: 'error',
    why: 'a server without an id sends no log',
    mend: 'In the configuration of the server, then restart it: server_id = 1',
  },
  {
    name: 'binlog_format',
    sound: (value) => value === 'ROW',
    level: 'error',
    why: 'statements in the log do not say which rows they changed',
    mend: 'SET GLOBAL binlog_format = ROW; and binlog_format = ROW in the configuration; open sessions must reconnect',
  },
  {
    name: 'binlog_row_image',
    sound: (value) => value === 'FULL',
    level: 'error',
    why: 'the log must hold whole rows',
    mend: 'SET GLOBAL binlog_row_image = FULL; and binlog_row_image = FULL in the configuration; open sessions must reconnect',
  },
  {
    name: 'binlog_row_value_options',
    sound: (value) => value === '',
    level: 'error',
    why: 'partial JSON is no whole value',
    mend: "SET GLOBAL binlog_row_value_options = '';",
  },
  {
    name: 'innodb_flush_log_at_trx_commit',
    sound: (value) => value === '1',
    level: 'warning',
    why: 'a crash can take back rows that have been captured; copies keep them',
    mend: 'SET GLOBAL innodb_flush_log_at_trx_commit = 1; and the same in the configuration',
  },
  {
    name: 'sync_binlog',
    sound: (value) => value === '1',
    level: 'warning',
    why: 'a crash of the machine can lose changes from the log that the tables have',
    mend: 'SET GLOBAL sync_binlog = 1; and the same in the configuration',
  },
  {
    name: 'binlog_expire_logs_seconds',
    sound: (value) => Number(value) === 0 || Number(value) >= 7 * DAY,
    level: 'warning',
    why: 'a connector that stands still for longer loses changes; let it be a week at least',
    mend: 'SET GLOBAL binlog_expire_logs_seconds = 864000; and the same in the configuration',
  },
];

/** What a target must be like. */
export const TARGET_RULES: readonly VariableRule[] = [
  {
    name: 'read_only',
    sound: (value) => !isOn(value),
    level: 'error',
    why: 'nothing can be written',
    mend: 'Name the primary server in the configuration, or: SET GLOBAL read_only = 0;',
  },
  {
    name: 'max_allowed_packet',
    sound: (value) => Number(value) >= 16 * 1024 * 1024,
    level: 'warning',
    why: 'a larger row is refused, and batches are cut into smaller statements',
    mend: 'SET GLOBAL max_allowed_packet = 67108864; and max_allowed_packet = 64M in the configuration',
  },
];

function isOn(value: string): boolean {
  return value === 'ON' || value === '1';
}

/** Variables that this server does not have are left out. */
export async function lookAtVariables(
  connection: Connection,
  rules: readonly VariableRule[],
  find: Findings,
): Promise<readonly Finding[]> {
  const names = rules.map(({ name }) => name);
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [
    names,
  ]);
  const values = new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  return rules.flatMap(({ name, sound, level, why, mend }) => {
    const value = values.get(name);
    if (value === undefined) return [];
    const what = `${name} is ${value === '' ? 'empty' : value}`;
    return [sound(value) ? find.ok(what) : find[level](`${what}: ${why}`, mend)];
  });
}

/** What the connected user may do. */
export async function lookAtGrants(
  connection: Connection,
  needs: readonly Need[],
  find: Findings,
): Promise<readonly Finding[]> {
  const [[account]] = await connection.query<RowDataPacket[]>('SELECT CURRENT_USER() AS account');
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GRANTS FOR CURRENT_USER()');
  const grants = parseGrants(rows.map((row) => String(Object.values(row)[0])));
  const name = String(account?.['account']);
  return needs.map((need) => {
    const missing = missingPrivileges(grants, need);
    const place = need.database === '*' ? '*.*' : `${need.database}.${need.table}`;
    if (missing.length === 0) return find.ok(`${name} has ${need.privileges.join(', ')} on ${place}`);
    return find[need.level ?? 'error'](
      `${name} lacks ${missing.join(', ')} on ${place}: ${need.why}`,
      grantStatement(missing, need, name),
    );
  });
}
