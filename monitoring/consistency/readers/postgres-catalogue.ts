import type { Client } from 'pg';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../../schemas/contract/table.ts';
import { postgresType } from './postgres-types.ts';
import type { PostgresColumn } from './postgres-types.ts';
import { noTableOfItsOwn } from './read-error.ts';

/** A table as pg_catalog describes it. */
export interface PostgresTable {
  readonly columns: readonly PostgresColumn[];
  /** The columns of the primary key, or of the first unique index that no null can slip through. */
  readonly key: readonly string[];
}

const COLUMNS = `
  SELECT a.attname, NOT a.attnotnull, coalesce(base.typname, t.typname), coalesce(base.typtype, t.typtype),
         t.typcategory, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
         format_type(a.atttypid, a.atttypmod),
         (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
         item.typname, item.typtype, a.attgenerated <> ''
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN LATERAL (
      WITH RECURSIVE below AS (
        SELECT b.*, 1 AS depth FROM pg_type b WHERE b.oid = t.typbasetype
        UNION ALL SELECT b.*, depth + 1 FROM below JOIN pg_type b ON b.oid = below.typbasetype)
      SELECT * FROM below ORDER BY depth DESC LIMIT 1) base ON true
    LEFT JOIN pg_type item ON item.oid = coalesce(base.typelem, t.typelem)
                          AND coalesce(base.typcategory, t.typcategory) = 'A'
   WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
   ORDER BY a.attnum`;

const KEY = `
  SELECT (SELECT json_agg(a.attname ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
           WHERE k.place <= i.indnkeyatts)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
   WHERE i.indrelid = $1::oid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
     AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
                       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                      WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull)
   ORDER BY i.indisprimary DESC, c.relname
   LIMIT 1`;

const FIND = `
  SELECT c.oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relname = $2`;

/** Of relations that are no tables, by `relkind`. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  ...{
    v: 'view',
    m: 'materialized view',
    f: 'foreign table',
    S: 'sequence',
    i: 'index',
    I: 'index',
    c: 'type',
  },
};

/**
 * Null when there is no such table, or the user may not see its schema. Throws CounterfoilError SOURCE_UNAVAILABLE when the name
 * is that of something else.
 */
export async function readPostgresTable(client: Client, id: TableId): Promise<PostgresTable | null> {
  const [found] = await rowsOf(client, FIND, [id.namespace, id.name]);
  if (found === undefined) return null;
  const [oid, kind] = found;
  if (kind !== 'r' && kind !== 'p')
    throw noTableOfItsOwn(tableLabel(id), OTHER_KINDS[kind ?? ''] ?? 'relation');
  const columns = await rowsOf(client, COLUMNS, [oid ?? '']);
  const [key] = await rowsOf(client, KEY, [oid ?? '']);
  return { columns: columns.map(columnOf), key: namesOf(key?.[0] ?? null) };
}

export function shapeOf(id: TableId, table: PostgresTable, key?: readonly string[]): TableShape {
  const uncarried = table.columns.filter(isUncarried).map(({ name, sqlType }) => ({
    ...{ name, reason: `column ${name} has a type that the connector does not deliver exactly: ${sqlType}` },
    remedy: "Exclude the column in the route's tables, or exclude the table.",
  }));
  const columns = table.columns.map((column) => ({
    name: column.name,
    type: postgresType(column),
    nullable: column.nullable,
    ...(column.generated ? { unlogged: true as const } : {}),
  }));
  return { id, columns, key: key ?? table.key, ...(uncarried.length === 0 ? {} : { uncarried }) };
}

/** Types whose values arrive without something that belongs to them: as `processors/decode` refuses them. */
const UNCARRIED: ReadonlySet<string> = new Set(['varbit', 'geometry', 'geography']);

function isUncarried({ type, element }: PostgresColumn): boolean {
  return UNCARRIED.has(element?.type ?? type);
}

type TextRow = readonly (string | null)[];

async function rowsOf(client: Client, text: string, values: readonly string[]): Promise<readonly TextRow[]> {
  const result = await client.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' });
  return result.rows;
}

function columnOf(row: TextRow): PostgresColumn {
  const [name, nullable, type, typeKind, category, modifier, sqlType, labels, item, itemKind, generated] =
    row;
  return {
    name: name ?? '',
    nullable: nullable === 't',
    type: type ?? '',
    typeKind: typeKind ?? '',
    category: category ?? '',
    modifier: Number(modifier),
    sqlType: sqlType ?? '',
    labels: namesOf(labels ?? null),
    element: typeof item === 'string' ? { type: item, typeKind: itemKind ?? '' } : null,
    generated: generated === 't',
  };
}

function namesOf(json: string | null): readonly string[] {
  return json === null ? [] : (JSON.parse(json) as string[]);
}
