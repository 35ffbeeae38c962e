import { groupBy } from '../../schemas/contract/grouping.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { NestedTable, WholeDocument } from '../../schemas/feed/document.ts';
import { textOf } from '../postgres/cell-of-text.ts';
import type { Session } from '../postgres/connection.ts';
import { quote, quoteTable } from '../postgres/identifiers.ts';
import { columnType } from '../postgres/types.ts';
import { typeOf } from './columns.ts';

/** A row, its values as text. */
export type TextRow = Readonly<Record<string, string | null>>;

/** A document as it is kept in the outbox: exactly as it was read. */
export interface TextDocument {
  readonly row: TextRow;
  readonly nested: Readonly<Record<string, readonly TextRow[]>>;
}

/** How many rows are read at once, but for one document that has more. */
const ROWS_AT_ONCE = 20_000;

/** Documents by their place among the keys; null where the row is not there. Fewer than were asked for when they are large. */
export async function readDocuments(
  session: Session,
  { shape, root, nested }: WholeDocument,
  keys: readonly (readonly string[])[],
): Promise<readonly (TextDocument | null)[]> {
  const taken = await countThatFit(session, root, nested, keys);
  const some = keys.slice(0, taken);
  const roots = await readRows(session, root, root, { by: root.key, where: {}, order: [] }, some);
  const parts = new Map<string, ReadonlyMap<number, readonly TextRow[]>>();
  for (const part of nested) parts.set(part.part, await readRows(session, root, part.table, part, some));
  return some.map((_, at) => {
    const [row] = roots.get(at) ?? [];
    if (row === undefined) return null;
    const lists = Object.entries(shape.nested).map(([as, { table }]) => {
      const told = nested.filter((part) => part.as === as);
      const rows = told.flatMap(({ part, with: taken }) =>
        (parts.get(part)?.get(at) ?? []).map((each) => toldRow(table, { ...each, ...taking(taken, row) })),
      );
      return [as, rows] as const;
    });
    return { row: toldRow(shape.table, row), nested: Object.fromEntries(lists) };
  });
}

function toldRow({ columns }: TableShape, row: TextRow): TextRow {
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
}

function taking(columns: NestedTable['with'], row: TextRow): TextRow {
  return Object.fromEntries(Object.entries(columns).map(([as, of]) => [as, row[of] ?? null]));
}

type Selection = Pick<NestedTable, 'by' | 'where' | 'order'>;

async function readRows(
  session: Session,
  root: TableShape,
  table: TableShape,
  selection: Selection,
  keys: readonly (readonly string[])[],
): Promise<ReadonlyMap<number, readonly TextRow[]>> {
  const columns = table.columns.map((column, at) => `${textOf(column, 't')} AS c${at}`);
  const order = ['k.i', ...selection.order.map((name) => `t.${quote(name)}`)].join(', ');
  const found = await session.run<Record<string, string | null> & { readonly i: number }>(
    `SELECT k.i, ${columns.join(', ')} FROM ${selected(root, table, selection)} ORDER BY ${order}`,
    parameters(selection, keys),
    `read ${table.id.name}`,
  );
  const rows = new Map<number, TextRow[]>();
  for (const [at, group] of groupBy(found, ({ i }) => i))
    rows.set(
      at,
      group.map((row) =>
        Object.fromEntries(table.columns.map(({ name }, column) => [name, row[`c${column}`] ?? null])),
      ),
    );
  return rows;
}

/** How many of the documents may be read at once. */
async function countThatFit(
  session: Session,
  root: TableShape,
  nested: readonly NestedTable[],
  keys: readonly (readonly string[])[],
): Promise<number> {
  const counts = keys.map(() => 1);
  for (const part of nested) {
    const found = await session.run<{ i: number; count: string }>(
      `SELECT k.i, count(*)::text AS count FROM ${selected(root, part.table, part)} GROUP BY k.i`,
      parameters(part, keys),
      `count rows of ${part.table.id.name}`,
    );
    for (const { i, count } of found) counts[i] = (counts[i] ?? 0) + Number(count);
  }
  let sum = 0;
  const over = counts.findIndex((count, at) => (sum += count) > ROWS_AT_ONCE && at > 0);
  return over < 0 ? keys.length : over;
}

/** Rows `t` of a table that belong to the keys `k`; `$1` are the keys, and what follows are texts of the selection. */
function selected(root: TableShape, table: TableShape, { by, where }: Selection): string {
  const fields = root.key.map((name, at) => `k${at} ${columnType(typeOf(root, name))}`);
  const conditions = [
    ...by.map((name, at) => `t.${quote(name)} = k.k${at}`),
    ...Object.keys(where).map((name, at) => `t.${quote(name)} = $${at + 2}`),
  ];
  return `json_to_recordset($1::json) AS k(i integer, ${fields.join(', ')}) JOIN ${quoteTable(table.id)} AS t ON ${conditions.join(' AND ')}`;
}

function parameters({ where }: Selection, keys: readonly (readonly string[])[]): readonly string[] {
  const records = keys.map((key, i) => ({
    i,
    ...Object.fromEntries(key.map((text, at) => [`k${at}`, text])),
  }));
  return [JSON.stringify(records), ...Object.values(where)];
}
