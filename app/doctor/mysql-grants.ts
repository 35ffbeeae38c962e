import type { TableId } from '../../schemas/contract/table.ts';

/** One line of SHOW GRANTS, taken apart. */
export interface Grant {
  readonly privileges: ReadonlySet<string>;
  /** A database with the wildcards `%` and `_`, as grants have them; `*` for all. */
  readonly database: string;
  readonly table: string;
}

/** What a user needs. `table` is `*` for all tables of the database; both are `*` for rights on the server. */
export interface Need {
  readonly privileges: readonly string[];
  readonly database: string;
  readonly table: string;
  readonly why: string;
  /** Default: `error`. */
  readonly level?: 'warning';
  /** Rights on each of these tables will do as well. */
  readonly orEach?: readonly TableId[];
}

const LINE = /^GRANT (.+?) ON (\*|`(?:[^`]|``)*`)\.(\*|`(?:[^`]|``)*`) TO /;

/** Names that mean the same right: MariaDB has its own for that of the log's position. */
const SAME: Readonly<Record<string, string>> = {
  'BINLOG MONITOR': 'REPLICATION CLIENT',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
};

/** Grants of roles and of columns are left out. */
export function parseGrants(lines: readonly string[]): readonly Grant[] {
  return lines.flatMap((line) => {
    const match = LINE.exec(line);
    if (match === null) return [];
    const [, privileges = '', database = '', table = ''] = match;
    const names = privileges.split(', ').map((name) => SAME[name] ?? name);
    return [{ privileges: new Set(names), database: bare(database), table: bare(table) }];
  });
}

/** The privileges of a need that no grant gives. */
export function missingPrivileges(grants: readonly Grant[], need: Need): readonly string[] {
  const { orEach = [] } = need;
  const each = orEach.map(({ namespace, name }) => ({
    ...need,
    database: namespace,
    table: name,
    orEach: [],
  }));
  if (each.length > 0 && each.every((table) => missingPrivileges(grants, table).length === 0)) return [];
  const covering = grants.filter((grant) => covers(grant, need));
  return need.privileges.filter(
    (name) => !covering.some(({ privileges }) => privileges.has(name) || privileges.has('ALL PRIVILEGES')),
  );
}

/** The statement that gives what is missing. `account` is as CURRENT_USER() says it: `name@host`. */
export function grantStatement(privileges: readonly string[], need: Need, account: string): string {
  const at = account.lastIndexOf('@');
  const to = `${text(account.slice(0, at))}@${text(account.slice(at + 1))}`;
  return `GRANT ${privileges.join(', ')} ON ${placeOf(need)} TO ${to};`;
}

/** In a grant on all tables `_` and `%` in the database's name are wildcards unless escaped. */
export function placeOf({ database, table }: Pick<Need, 'database' | 'table'>): string {
  if (database === '*') return '*.*';
  if (table === '*') return `${quoted(database.replaceAll(/[_%]/g, '\\$&'))}.*`;
  return `${quoted(database)}.${quoted(table)}`;
}

function covers(grant: Grant, need: Need): boolean {
  if (grant.database === '*') return true;
  if (need.database === '*') return false;
  // With a table, the database's name is meant literally.
  if (grant.table !== '*') return grant.database === need.database && grant.table === need.table;
  return wildcard(grant.database).test(need.database);
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([_%])|([_%])|([^\w])/g, (whole, literal?: string, wild?: string) => {
    if (literal !== undefined) return literal;
    if (wild !== undefined) return wild === '%' ? '.*' : '.';
    return `\\${whole}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function bare(name: string): string {
  return name === '*' ? name : name.slice(1, -1).replaceAll('``', '`');
}

function quoted(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
