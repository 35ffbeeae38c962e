import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import type { Finding, Findings } from './finding.ts';
import { quotedName, quotedTable } from './names.ts';

/** A table of the product's own in a source: the connector writes it. */
export interface OwnTable {
  readonly id: TableId;
  readonly what: 'heartbeat table' | 'table of signals';
  readonly columns: readonly string[];
  /** What the capturing user needs besides SELECT. */
  readonly privileges: readonly string[];
  readonly why: string;
  /** What creates it. */
  readonly statements: readonly string[];
}

/** The own tables that the configuration of a source names. */
export function ownTables({
  kind,
  heartbeat,
  signals,
}: Pick<SourceConfig, 'kind' | 'heartbeat' | 'signals'>): readonly OwnTable[] {
  const postgres = kind === 'postgresql';
  const beats = tableIdOf(heartbeat.table);
  const tables: OwnTable[] = [
    {
      id: beats,
      what: 'heartbeat table',
      columns: ['id', 'beat'],
      privileges: ['INSERT', 'UPDATE'],
      why: 'to update the heartbeat',
      statements: creation(
        kind,
        beats,
        postgres
          ? 'id integer PRIMARY KEY, beat timestamptz NOT NULL'
          : 'id INT NOT NULL PRIMARY KEY, beat TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)',
      ),
    },
  ];
  if (signals === undefined) return tables;
  const id = tableIdOf(signals.table);
  const columns = 'id varchar(64) PRIMARY KEY, type varchar(32) NOT NULL, data text';
  return [
    ...tables,
    {
      id,
      what: 'table of signals',
      columns: ['id', 'type', 'data'],
      privileges: ['INSERT', 'DELETE'],
      why: 'to order rows to be read again, and to mark each chunk of them',
      statements: creation(kind, id, columns),
    },
  ];
}

function creation(kind: SourceConfig['kind'], id: TableId, columns: string): readonly string[] {
  const table = `CREATE TABLE IF NOT EXISTS ${quotedTable(kind, id)} (${columns});`;
  return kind === 'postgresql'
    ? [`CREATE SCHEMA IF NOT EXISTS ${quotedName(kind, id.namespace)};`, table]
    : [table];
}

/** `found` are the columns that the database shows of the table, in lower case. */
export function ownTableFinding(
  { id, what, columns, statements }: OwnTable,
  found: ReadonlySet<string>,
  find: Findings,
): Finding {
  const label = `the ${what} ${id.namespace}.${id.name}`;
  if (columns.every((column) => found.has(column))) return find.ok(`${label} is there`);
  return find.error(
    found.size === 0
      ? `${label} does not exist, or the user may not see it`
      : `${label} lacks columns: it has to have ${columns.join(', ')}`,
    statements.join('\n'),
  );
}
