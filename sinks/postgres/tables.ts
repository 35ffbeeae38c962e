import type pg from 'pg';
import { ROW_COLUMN, tableLabel, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { LogicalType, TableId, TableShape } from '../../schemas/contract/table.ts';
import type {
  Catalogue,
  ExistingColumn,
  ExistingTable,
  UniqueIndex,
  WidenedColumn,
} from '../upsert/database.ts';
import { TargetError } from '../upsert/target-error.ts';
import { Session } from './connection.ts';
import { identifierFault, quote, quoteTable } from './identifiers.ts';
import { columnType, familyOf, limitsOf } from './types.ts';

interface ColumnFields {
  readonly name: string;
  readonly sql_type: string;
  readonly type_name: string;
  readonly modifier: number;
  readonly generated: boolean;
  readonly required: boolean;
  readonly exact: boolean;
}

interface IndexFields {
  readonly name: string;
  readonly is_primary: boolean;
  readonly usable: boolean;
  readonly columns: readonly string[];
}

/** Definitions of target tables, in transactions of their own. */
export class PostgresCatalogue implements Catalogue {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** An index entry is limited, but not by the type of its columns. */
  longestKeyText(): undefined {
    return undefined;
  }

  validate(shape: TableShape): void {
    const names = [shape.id.namespace, shape.id.name, ...shape.columns.map(({ name }) => name)];
    for (const name of names) {
      const fault = identifierFault(name);
      if (fault !== null)
        throw new TargetError(
          'TARGET_INCOMPATIBLE',
          `PostgreSQL cannot hold ${tableLabel(shape.id)}: ${fault}`,
          {
            remedy: 'Give it another name in the mapping.',
          },
        );
    }
  }

  describe(id: TableId): Promise<ExistingTable | null> {
    return inTransaction(this.#pool, (session) => describeTable(session, id));
  }

  create(shape: TableShape): Promise<void> {
    const doing = `create the table ${tableLabel(shape.id)}`;
    const columns = shape.columns.map(
      ({ name, type }) => `${quote(name)} ${columnType(type)}${shape.key.includes(name) ? ' NOT NULL' : ''}`,
    );
    // Only the key is NOT NULL: the source may allow nulls tomorrow.
    const keyless = shape.key.length === 0;
    const identity = keyless
      ? `${quote(ROW_COLUMN)} bytea NOT NULL`
      : `PRIMARY KEY (${shape.key.map(quote).join(', ')})`;
    return inDefinition(this.#pool, async (session) => {
      await createNamespace(session, shape.id.namespace);
      if (await tableExists(session, shape.id)) return;
      const parts = [...columns, versionDefinition(), identity].join(', ');
      await session.run(`CREATE TABLE ${quoteTable(shape.id)} (${parts})`, [], doing);
      if (!keyless) return;
      await session.run(`CREATE INDEX ON ${quoteTable(shape.id)} (${quote(ROW_COLUMN)})`, [], doing);
      // Where the database publishes all its tables, rows of one without a key could not be deleted otherwise.
      await session.run(`ALTER TABLE ${quoteTable(shape.id)} REPLICA IDENTITY FULL`, [], doing);
    });
  }

  widenColumns(shape: TableShape, columns: readonly WidenedColumn[]): Promise<void> {
    const alterations = columns.map(({ name, type }) => alteration(name, type));
    const doing = `widen columns of ${tableLabel(shape.id)}`;
    return inDefinition(this.#pool, async (session) => {
      await session.run(`ALTER TABLE ${quoteTable(shape.id)} ${alterations.join(', ')}`, [], doing);
    });
  }

  retypeStatement({ id }: TableShape, { name, type }: WidenedColumn): Promise<string> {
    return Promise.resolve(`ALTER TABLE ${quoteTable(id)} ${alteration(name, type)}`);
  }

  keyStatement({ id, key }: TableShape): Promise<string> {
    return Promise.resolve(`ALTER TABLE ${quoteTable(id)} ADD UNIQUE (${key.map(quote).join(', ')})`);
  }

  addColumns(shape: TableShape, names: readonly string[], withVersion: boolean): Promise<void> {
    const definitions = shape.columns
      .filter(({ name }) => names.includes(name))
      .map(({ name, type }) => `${quote(name)} ${columnType(type)}`);
    if (withVersion) definitions.push(versionDefinition());
    const additions = definitions.map((definition) => `ADD COLUMN IF NOT EXISTS ${definition}`).join(', ');
    const doing = `add columns to ${tableLabel(shape.id)}`;
    return inDefinition(this.#pool, async (session) => {
      await session.run(`ALTER TABLE ${quoteTable(shape.id)} ${additions}`, [], doing);
    });
  }
}

function versionDefinition(): string {
  return `${quote(VERSION_COLUMN)} bytea`;
}

export async function createNamespace(session: Session, namespace: string): Promise<void> {
  const doing = `create the schema ${namespace}`;
  // Asked first: CREATE SCHEMA IF NOT EXISTS demands the right to create even when there is nothing to do.
  const found = await session.run('SELECT 1 FROM pg_namespace WHERE nspname = $1', [namespace], doing);
  if (found.length === 0) await session.run(`CREATE SCHEMA IF NOT EXISTS ${quote(namespace)}`, [], doing);
}

function alteration(name: string, type: LogicalType): string {
  const wanted = columnType(type);
  return `ALTER ${quote(name)} TYPE ${wanted} USING ${quote(name)}::${wanted}`;
}

/** Whether there is a table, whether or not the user may use it. */
export async function tableExists(session: Session, id: TableId): Promise<boolean> {
  const found = await session.run(
    `SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
    [id.namespace, id.name],
    `look for ${tableLabel(id)}`,
  );
  return found.length > 0;
}

export async function columnExists(session: Session, id: TableId, column: string): Promise<boolean> {
  const found = await session.run(
    `SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3 AND NOT a.attisdropped`,
    [id.namespace, id.name, column],
    `look at ${tableLabel(id)}`,
  );
  return found.length > 0;
}

export async function inTransaction<T>(
  pool: pg.Pool,
  work: (session: Session) => Promise<T>,
  isolation?: 'REPEATABLE READ',
): Promise<T> {
  const session = await Session.begin(pool, isolation);
  try {
    const outcome = await work(session);
    await session.commit();
    return outcome;
  } finally {
    await session.release();
  }
}

/** Number of the advisory lock under which this product changes definitions: IF NOT EXISTS alone can still collide. */
const DEFINITION_LOCK = '7166208817410951';

export function inDefinition<T>(pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (session) => {
    await session.run('SELECT pg_advisory_xact_lock($1::bigint)', [DEFINITION_LOCK], 'lock the definitions');
    return work(session);
  });
}

async function describeTable(session: Session, id: TableId): Promise<ExistingTable | null> {
  const doing = `look at ${tableLabel(id)}`;
  const [relation] = await session.run<{ oid: string; relkind: string; inert: boolean }>(
    `SELECT c.oid::text, c.relkind::text, ${DELETE_IS_INERT} AS inert
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [id.namespace, id.name],
    doing,
  );
  if (!relation) return null;
  if (relation.relkind !== 'r' && relation.relkind !== 'p')
    throw new TargetError('TARGET_INCOMPATIBLE', `${tableLabel(id)} is not a table`);
  const columns = await session.run<ColumnFields>(COLUMNS, [relation.oid], doing);
  const indexes = await session.run<IndexFields>(UNIQUE_INDEXES, [relation.oid], doing);
  return {
    columns: columns.map(columnOf),
    uniqueIndexes: indexes.filter(({ usable }) => usable).map(indexOf),
    uniqueIndexCount: indexes.length,
    deleteIsInert: relation.inert,
  };
}

/** Foreign keys that pass a delete on, and triggers that hear of one (8 in `tgtype` is DELETE). */
const DELETE_IS_INERT = `NOT EXISTS (
    SELECT 1 FROM pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd')
  ) AND NOT EXISTS (
    SELECT 1 FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgtype & 8 <> 0
  )`;

const COLUMNS = `
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS sql_type,
    COALESCE(base.typname, t.typname) AS type_name,
    CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS modifier,
    a.attgenerated <> '' OR a.attidentity = 'a' AS generated,
    a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS required,
    COALESCE(l.collisdeterministic, true) AND COALESCE(base.typname, t.typname) <> 'citext' AS exact
  FROM pg_attribute a
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type base ON t.typtype = 'd' AND base.oid = t.typbasetype
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

const UNIQUE_INDEXES = `
  SELECT c.relname AS name, x.indisprimary AS is_primary,
    x.indimmediate AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL AS usable,
    array_agg(a.attname::text ORDER BY k.place) FILTER (WHERE a.attname IS NOT NULL) AS columns
  FROM pg_index x
  JOIN pg_class c ON c.oid = x.indexrelid
  CROSS JOIN LATERAL unnest(x.indkey::smallint[]) WITH ORDINALITY AS k(number, place)
  LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number > 0
  WHERE x.indrelid = $1::oid AND x.indisunique AND k.place <= x.indnkeyatts
  GROUP BY c.relname, x.indisprimary, x.indimmediate, x.indisvalid, x.indpred, x.indexprs
  ORDER BY c.relname`;

function columnOf(fields: ColumnFields): ExistingColumn {
  return {
    name: fields.name,
    sqlType: fields.sql_type,
    family: familyOf(fields.type_name),
    limits: limitsOf(fields.type_name, fields.modifier),
    generated: fields.generated,
    required: fields.required,
    comparison: !fields.exact ? 'inexact' : fields.type_name === 'bpchar' ? 'padded' : 'exact',
  };
}

function indexOf({ name, is_primary, columns }: IndexFields): UniqueIndex {
  return { name, primary: is_primary, columns };
}
