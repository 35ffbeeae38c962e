import type { TableId } from '../../schemas/contract/table.ts';
import type { BinlogSource } from '../config/source-schema.ts';
import type { Need } from './mysql-grants.ts';
import { ownTables } from './own-tables.ts';

/** What the capturing user of a source needs; `tables` are those that are captured. */
export function captureNeeds(
  source: Pick<BinlogSource, 'kind' | 'heartbeat' | 'signals' | 'databases'>,
  tables: readonly TableId[] = [],
): readonly Need[] {
  return [
    {
      ...{ privileges: ['RELOAD'], database: '*', table: '*' },
      why: 'needed for the moment in which the first snapshot begins, and not afterwards',
      level: 'warning',
    },
    {
      ...{ privileges: ['REPLICATION SLAVE', 'REPLICATION CLIENT'], database: '*', table: '*' },
      why: 'to read the log',
    },
    ...source.databases.map((database) => ({
      ...{ privileges: ['SELECT'], database, table: '*' },
      why: 'the snapshot reads the rows',
      orEach: tables.filter(({ namespace }) => namespace === database),
    })),
    ...ownTables(source).map(({ id, privileges, why }) => ({
      ...{ privileges, database: id.namespace, table: id.name, why },
    })),
  ];
}

/** What the checking user of a source needs. */
export function sourceCheckNeeds(
  databases: readonly string[],
  tables: readonly TableId[] = [],
): readonly Need[] {
  return [
    {
      ...{ privileges: ['REPLICATION CLIENT'], database: '*', table: '*' },
      why: 'a check begins with the position of the log',
    },
    ...readingNeeds(databases, tables),
  ];
}

export function readingNeeds(databases: readonly string[], tables: readonly TableId[] = []): readonly Need[] {
  return databases.map((database) => ({
    ...{ privileges: ['SELECT'], database, table: '*' },
    why: 'a check reads the rows',
    orEach: tables.filter(({ namespace }) => namespace === database),
  }));
}

/**
 * What the writing user of a target needs: `own` is the database of the product's tables, `mirrors` are databases that it
 * fills with tables of its own making, `tables` single tables elsewhere.
 */
export function sinkNeeds(
  own: string,
  mirrors: readonly string[],
  tables: readonly TableId[],
): readonly Need[] {
  const rows = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
  return [
    { privileges: [...rows, 'CREATE'], database: own, table: '*', why: 'positions and tombstones' },
    ...mirrors.map((database) => ({
      ...{ privileges: [...rows, 'CREATE', 'ALTER'], database, table: '*' },
      why: 'it makes, extends and writes the copies',
    })),
    ...tables.map(({ namespace, name }) => ({
      ...{ privileges: [...rows, 'CREATE', 'ALTER'], database: namespace, table: name },
      why: 'it makes, extends and writes the table',
    })),
  ];
}
