import { tableLabel } from '../../schemas/contract/table.ts';
import { linkOf } from '../../schemas/posting/declaration.ts';
import type { DocumentTable, PartTable } from '../../schemas/posting/declaration.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import { bookTable, sameTable } from './lineage.ts';
import type { Books, Lineage, TracedTable } from './lineage.ts';
import type { TracedRow, TracedRows } from './rows.ts';

/** A table of a document as a route has copied it. */
interface Copied {
  readonly books: Books;
  readonly kind: DocumentKind;
  readonly table: TracedTable;
  /** The columns with the id of the document; null where it is told by another table. */
  readonly by: readonly string[] | null;
  readonly settles: readonly [kind: string, id: string] | null;
}

/** Documents have master data as well, of which nothing becomes anything. */
function copiesOf({ books }: Lineage): readonly Copied[] {
  return books.flatMap((each) =>
    each.documents.flatMap(({ watched }): readonly Copied[] => {
      const copied = (table: DocumentTable & Pick<PartTable, 'document'>): Copied => ({
        ...{ books: each, kind: watched.kind, settles: null },
        table: { database: each.database, id: table.id },
        by: columnsOf(table.document),
      });
      return [
        { ...copied(watched.header), settles: watched.settles ?? null },
        ...Object.values(watched.parts).map(copied),
      ];
    }),
  );
}

function columnsOf(document: PartTable['document']): readonly string[] | null {
  if (linkOf(document) !== null) return null;
  return typeof document === 'string' ? [document] : (document as readonly string[]);
}

/** The documents that a row of a copy is part of, as rows of the books. */
export async function documentsWith(
  lineage: Lineage,
  rows: TracedRows,
  row: TracedRow,
): Promise<readonly TracedRow[]> {
  const found: TracedRow[] = [];
  for (const { books, kind, table, by } of copiesOf(lineage)) {
    if (by === null || !sameTable(table, row.table)) continue;
    const values = await rows.row(row, by);
    const id = by.map((column) => values?.[column] ?? null);
    if (values !== null && !id.includes(null)) found.push(documentRow(books, kind, id.join('/')));
  }
  return found;
}

export function documentRow(books: Books, kind: string, id: string): TracedRow {
  return { table: bookTable(books, 'document'), key: [kind, id] };
}

/** The copied rows that a document consists of: its header first. */
export async function rowsOfDocument(
  lineage: Lineage,
  rows: TracedRows,
  { table, key: [kind, id = ''] }: TracedRow,
): Promise<readonly TracedRow[]> {
  const found: TracedRow[] = [];
  for (const copy of copiesOf(lineage)) {
    if (copy.kind !== kind || copy.by === null || !sameTable(bookTable(copy.books, 'document'), table))
      continue;
    const values = copy.by.length === 1 ? [id] : id.split('/');
    if (values.length === copy.by.length) found.push(...(await keysOf(rows, copy.table, copy.by, values)));
  }
  return found;
}

/** The copied rows of payments that settle a document. */
export async function settlementsOf(
  lineage: Lineage,
  rows: TracedRows,
  { table, key }: TracedRow,
): Promise<readonly TracedRow[]> {
  const found: TracedRow[] = [];
  for (const { settles, table: copy } of copiesOf(lineage))
    if (settles !== null && copy.database.address === table.database.address)
      found.push(...(await keysOf(rows, copy, settles, key)));
  return found;
}

/** The documents that a copied row of a payment settles. */
export async function settledBy(
  lineage: Lineage,
  rows: TracedRows,
  row: TracedRow,
): Promise<readonly TracedRow[]> {
  const found: TracedRow[] = [];
  for (const { settles, table } of copiesOf(lineage)) {
    if (settles === null || !sameTable(table, row.table)) continue;
    const values = await rows.row(row, settles);
    const [kind, id] = settles.map((column) => values?.[column]);
    const books = lineage.books.find(
      ({ database, documents }) =>
        database.address === row.table.database.address &&
        documents.some((each) => each.watched.kind === kind),
    );
    if (books !== undefined && kind != null && id != null) found.push(documentRow(books, kind, id));
  }
  return found;
}

async function keysOf(
  rows: TracedRows,
  table: TracedTable,
  by: readonly string[],
  values: readonly string[],
): Promise<readonly TracedRow[]> {
  const shape = await rows.shape(table);
  const found = await rows.find(table, by, [values]);
  return found
    .map((row): TracedRow => ({ table, key: (shape?.key ?? []).map((name) => row[name] ?? '') }))
    .sort((a, b) => (sortText(a) < sortText(b) ? -1 : 1));
}

function sortText({ table, key }: TracedRow): string {
  return `${tableLabel(table.id)} ${key.map((part) => part.padStart(40, '0')).join(' ')}`;
}
