import { escape } from 'mysql2';
import { ROW_COLUMN, tableLabel, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { LogicalType, TableId, TableShape } from '../../schemas/contract/table.ts';
import { groupBy } from '../../schemas/contract/grouping.ts';
import type {
  Catalogue,
  ExistingColumn,
  ExistingTable,
  UniqueIndex,
  WidenedColumn,
} from '../upsert/database.ts';
import { TargetError } from '../upsert/target-error.ts';
import { Session } from './connection.ts';
import { define } from './define.ts';
import type { ConnectionPool } from './connection.ts';
import { identifierFault, quote, quoteTable } from './identifiers.ts';
import { columnType, longestKeyText, familyOf, limitsOf } from './types.ts';

interface ColumnFields {
  readonly name: string;
  readonly data_type: string;
  readonly column_type: string;
  readonly number_precision: string | number | null;
  readonly number_scale: string | number | null;
  readonly text_length: string | number | null;
  readonly fraction: string | number | null;
  readonly collation: string | null;
  readonly extra: string;
  readonly required: string;
}

interface IndexFields {
  readonly name: string;
  readonly column_name: string | null;
  readonly prefix: string | number | null;
}

/** Definitions of target tables. Each statement of definition is a transaction of its own in this database. */
export class MysqlCatalogue implements Catalogue {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  validate(shape: TableShape): void {
    const names = [shape.id.namespace, shape.id.name, ...shape.columns.map(({ name }) => name)];
    const fault = names.map(identifierFault).find((found) => found !== null) ?? twins(shape);
    if (fault !== null)
      throw new TargetError('TARGET_INCOMPATIBLE', `MariaDB cannot hold ${tableLabel(shape.id)}: ${fault}`, {
        remedy: 'Give it another name in the mapping.',
      });
  }

  describe(id: TableId): Promise<ExistingTable | null> {
    return inTransaction(this.#pool, (session) => describeTable(session, id));
  }

  create(shape: TableShape): Promise<void> {
    return inTransaction(this.#pool, async (session) => {
      const { collation } = session.traits;
      // Only the key is NOT NULL: the source may allow nulls tomorrow.
      const columns = shape.columns.map(
        ({ name, type }) =>
          `${quote(name)} ${columnType(shape, name, type, collation)} ${shape.key.includes(name) ? 'NOT NULL' : 'NULL'}`,
      );
      const key =
        shape.key.length === 0
          ? `${quote(ROW_COLUMN)} binary(16) NOT NULL, KEY (${quote(ROW_COLUMN)})`
          : `PRIMARY KEY (${shape.key.map(quote).join(', ')})`;
      await createNamespace(session, shape.id.namespace);
      await define(
        session,
        `CREATE TABLE IF NOT EXISTS ${quoteTable(shape.id)} (${[...columns, versionDefinition(), key].join(', ')})
         ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`,
        `create the table ${tableLabel(shape.id)}`,
      );
    });
  }

  longestKeyText(shape: TableShape): number {
    return longestKeyText(shape);
  }

  widenColumns(shape: TableShape, columns: readonly WidenedColumn[]): Promise<void> {
    return inTransaction(this.#pool, async (session) => {
      const alterations = columns.map(({ name, type }) => modification(session, shape, name, type));
      const statement = `ALTER TABLE ${quoteTable(shape.id)} ${alterations.join(', ')}`;
      await define(session, statement, `widen columns of ${tableLabel(shape.id)}`);
    });
  }

  retypeStatement(shape: TableShape, column: WidenedColumn): Promise<string> {
    return this.#alterStatement(shape, [column]);
  }

  /** As long texts columns cannot be in a key: those of a key get the types of one. */
  keyStatement(shape: TableShape): Promise<string> {
    const columns = shape.columns.filter(({ name }) => shape.key.includes(name));
    return this.#alterStatement(shape, columns, `, ADD UNIQUE (${shape.key.map(quote).join(', ')})`);
  }

  #alterStatement(shape: TableShape, columns: readonly WidenedColumn[], more = ''): Promise<string> {
    return inTransaction(this.#pool, (session) => {
      const alterations = columns.map(({ name, type }) => modification(session, shape, name, type));
      return Promise.resolve(`ALTER TABLE ${quoteTable(shape.id)} ${alterations.join(', ')}${more}`);
    });
  }

  addColumns(shape: TableShape, names: readonly string[], withVersion: boolean): Promise<void> {
    const doing = `add columns to ${tableLabel(shape.id)}`;
    return inTransaction(this.#pool, async (session) => {
      const definitions = shape.columns
        .filter(({ name }) => names.includes(name))
        .map(
          ({ name, type }) =>
            `${quote(name)} ${columnType(shape, name, type, session.traits.collation)} NULL`,
        );
      if (withVersion) definitions.push(versionDefinition());
      for (const definition of definitions)
        await define(session, `ALTER TABLE ${quoteTable(shape.id)} ADD COLUMN ${definition}`, doing).catch(
          ignoreExistingColumn,
        );
    });
  }
}

function modification({ traits }: Session, shape: TableShape, name: string, type: LogicalType): string {
  const wanted = columnType(shape, name, type, traits.collation);
  return `MODIFY COLUMN ${quote(name)} ${wanted} ${shape.key.includes(name) ? 'NOT NULL' : 'NULL'}`;
}

/** Names of columns are the same in any case here. */
function twins({ columns }: TableShape): string | null {
  const folded = [...groupBy(columns, ({ name }) => name.toLowerCase()).values()];
  const [first, second] = folded.find((same) => same.length > 1) ?? [];
  return first && second ? `the names ${first.name} and ${second.name} differ only in case` : null;
}

function versionDefinition(): string {
  return `${quote(VERSION_COLUMN)} binary(16) NULL`;
}

/** Another process was quicker. */
export function ignoreExistingColumn(error: unknown): void {
  if (!(error instanceof TargetError) || error.driverCode !== '1060') throw error;
}

export async function createNamespace(session: Session, namespace: string): Promise<void> {
  const doing = `create the database ${namespace}`;
  // Asked first: CREATE DATABASE IF NOT EXISTS demands the right to create even when there is nothing to do.
  const found = await session.arrays(
    `SELECT 1 FROM information_schema.schemata WHERE schema_name = ${escape(namespace)}`,
    doing,
  );
  if (found.length === 0)
    await define(session, `CREATE DATABASE IF NOT EXISTS ${quote(namespace)} CHARACTER SET utf8mb4`, doing);
}

/** Whether there is a table that the user may see. */
export async function tableExists(session: Session, { namespace, name }: TableId): Promise<boolean> {
  const found = await session.arrays(
    `SELECT 1 FROM information_schema.tables
     WHERE table_schema = ${escape(namespace)} AND table_name = ${escape(name)}`,
    `look for ${tableLabel({ namespace, name })}`,
  );
  return found.length > 0;
}

export async function columnExists(
  session: Session,
  { namespace, name }: TableId,
  column: string,
): Promise<boolean> {
  const found = await session.arrays(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = ${escape(namespace)} AND table_name = ${escape(name)} AND column_name = ${escape(column)}`,
    `look at ${tableLabel({ namespace, name })}`,
  );
  return found.length > 0;
}

export async function inTransaction<T>(
  pool: ConnectionPool,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await Session.begin(pool);
  try {
    const outcome = await work(session);
    await session.commit();
    return outcome;
  } finally {
    await session.release();
  }
}

async function describeTable(session: Session, id: TableId): Promise<ExistingTable | null> {
  const label = tableLabel(id);
  const doing = `look at ${label}`;
  const here = `table_schema = ${escape(id.namespace)} AND table_name = ${escape(id.name)}`;
  const [table] = await session.rows<{ kind: string; engine_name: string | null }>(
    `SELECT table_type AS kind, engine AS engine_name FROM information_schema.tables WHERE ${here}`,
    doing,
  );
  if (!table) return null;
  if (table.kind !== 'BASE TABLE') throw new TargetError('TARGET_INCOMPATIBLE', `${label} is not a table`);
  if (table.engine_name !== 'InnoDB')
    throw new TargetError(
      'TARGET_INCOMPATIBLE',
      `${label} is not transactional (${String(table.engine_name)})`,
      {
        remedy: 'Alter the table to ENGINE=InnoDB.',
      },
    );
  const columns = await session.rows<ColumnFields>(
    `SELECT column_name AS name, data_type AS data_type, column_type AS column_type,
       numeric_precision AS number_precision, numeric_scale AS number_scale,
       character_maximum_length AS text_length, datetime_precision AS fraction,
       collation_name AS collation, extra AS extra,
       CAST(is_nullable = 'NO' AND column_default IS NULL AND extra = '' AS CHAR) AS required
     FROM information_schema.columns WHERE ${here} ORDER BY ordinal_position`,
    doing,
  );
  const indexes = await session.rows<IndexFields>(
    `SELECT index_name AS name, column_name AS column_name, sub_part AS prefix
     FROM information_schema.statistics WHERE ${here} AND non_unique = 0 ORDER BY index_name, seq_in_index`,
    doing,
  );
  // Foreign keys that pass a delete on, and triggers that hear of one.
  const heard = await session.arrays(
    `SELECT 1 FROM information_schema.referential_constraints
     WHERE unique_constraint_schema = ${escape(id.namespace)} AND referenced_table_name = ${escape(id.name)}
       AND delete_rule NOT IN ('RESTRICT', 'NO ACTION')
     UNION ALL
     SELECT 1 FROM information_schema.triggers WHERE event_object_schema = ${escape(id.namespace)}
       AND event_object_table = ${escape(id.name)} AND event_manipulation = 'DELETE'`,
    doing,
  );
  const unique = [...groupBy(indexes, ({ name }) => name).values()];
  return {
    columns: columns.map(columnOf),
    uniqueIndexes: unique.map(indexOf).filter((index) => index !== null),
    uniqueIndexCount: unique.length,
    deleteIsInert: heard.length === 0,
  };
}

function columnOf(fields: ColumnFields): ExistingColumn {
  const number = (value: string | number | null) => (value === null ? null : Number(value));
  const declared = {
    dataType: fields.data_type,
    precision: number(fields.number_precision),
    scale: number(fields.number_scale),
    length: number(fields.text_length),
    fraction: number(fields.fraction),
  };
  return {
    name: fields.name,
    sqlType: fields.column_type,
    family: familyOf(declared),
    limits: limitsOf(declared),
    generated: /VIRTUAL|STORED|PERSISTENT/.test(fields.extra),
    required: fields.required === '1',
    comparison: comparisonOf(fields.collation),
  };
}

/** Only binary collations tell all texts apart, and of these only some mind trailing spaces. */
function comparisonOf(collation: string | null): ExistingColumn['comparison'] {
  if (collation === null) return 'exact';
  if (!collation.endsWith('_bin')) return 'inexact';
  return /nopad|0900/.test(collation) ? 'exact' : 'padded';
}

function indexOf(fields: readonly IndexFields[]): UniqueIndex | null {
  const [first] = fields;
  const columns = fields.map(({ column_name }) => column_name).filter((name) => name !== null);
  const whole = columns.length === fields.length && fields.every(({ prefix }) => prefix === null);
  return first && whole ? { name: first.name, primary: first.name === 'PRIMARY', columns } : null;
}
