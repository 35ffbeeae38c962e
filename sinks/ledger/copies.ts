import { DELETED_COLUMN, VERSION_COLUMN, tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { linkOf } from '../../schemas/posting/declaration.ts';
import type { DocumentTable, KeyColumns, PartTable } from '../../schemas/posting/declaration.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import type { WatchedDocument } from '../../schemas/posting/store.ts';
import type { Session } from '../postgres/connection.ts';
import { quote } from '../postgres/identifiers.ts';
import { TargetError } from '../upsert/target-error.ts';

/** A table of a document as it was found in the target. */
export interface Copy {
  /** `header`, or the name of the part or reference. */
  readonly name: string;
  readonly role: 'header' | 'part' | 'reference';
  readonly id: TableId;
  /** The columns that say whose a row is. */
  readonly key: readonly string[];
  /** Whose rows have the key, in these columns; null when the key is the id of the document. */
  readonly link: { readonly of: Copy; readonly its: readonly string[] } | null;
  /** Declared columns, with those that others refer to. */
  readonly columns: readonly string[];
  readonly only: readonly (readonly [column: string, values: readonly string[]])[];
  /** Rows that are deleted are marked. */
  readonly marks: boolean;
  /** A declared column, quoted as the copy spells it. */
  readonly spelled: (column: string) => string;
}

/** The copies of a kind of document: the header first, and each table after those that it refers to. */
export interface CopiedDocument {
  readonly kind: DocumentKind;
  readonly copies: readonly Copy[];
}

/** Null as long as a table is missing. Throws TARGET_MISCONFIGURED when a table lacks a column. */
export async function findCopies(
  session: Session,
  { kind, header, parts, references }: WatchedDocument,
): Promise<CopiedDocument | null> {
  const declared: readonly (readonly [string, Copy['role'], PartTable])[] = [
    ['header', 'header', header],
    ...Object.entries(parts).map(([name, table]) => [name, 'part', table] as const),
    ...Object.entries(references).map(([name, table]) => [name, 'reference', table] as const),
  ];
  const links = declared.flatMap(([, , { document }]) => linkOf(document) ?? []);
  const copies = new Map<string, Copy>();
  for (const [name, role, table] of declared) {
    const known = await columnsOf(session, table.id);
    if (known.size === 0) return null;
    const link = linkOf(table.document);
    const of = link === null ? undefined : copies.get(link.of);
    const referredTo = links.filter((each) => each.of === name).flatMap(({ its }) => listed(its));
    const copy: Copy = {
      ...{ name, role, id: table.id },
      key: listed(link === null ? (table.document as KeyColumns) : link.column),
      link: link === null || of === undefined ? null : { of, its: listed(link.its) },
      columns: [...new Set([...table.columns, ...referredTo])],
      only: Object.entries(table.only ?? {}),
      marks: known.has(DELETED_COLUMN),
      spelled: (column) => quote(known.get(column) ?? known.get(column.toLowerCase()) ?? column),
    };
    refuseMissing(copy, table, known);
    copies.set(name, copy);
  }
  return { kind, copies: [...copies.values()] };
}

/** The columns of a table by their names, and by their names in lower case. */
async function columnsOf(session: Session, id: TableId): Promise<ReadonlyMap<string, string>> {
  const found = await session.run<{ name: string }>(
    `SELECT a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    [id.namespace, id.name],
    `look at ${tableLabel(id)}`,
  );
  return new Map([
    ...found.map(({ name }) => [name.toLowerCase(), name] as const),
    ...found.map(({ name }) => [name, name] as const),
  ]);
}

function refuseMissing(copy: Copy, table: DocumentTable, known: ReadonlyMap<string, string>): void {
  const needed = [...copy.key, ...copy.columns, ...copy.only.map(([column]) => column), VERSION_COLUMN];
  if (copy.role !== 'reference') needed.push(DELETED_COLUMN);
  const missing = needed.filter((column) => !known.has(column) && !known.has(column.toLowerCase()));
  if (missing.length === 0) return;
  throw new TargetError(
    'TARGET_MISCONFIGURED',
    `the copy ${tableLabel(table.id)} has no column ${missing.join(', ')}`,
    { remedy: 'Correct the names in the settings of the document, or have the route copy the column.' },
  );
}

function listed(columns: KeyColumns): readonly string[] {
  return typeof columns === 'string' ? [columns] : columns;
}

/** The text by which rows are found; null where one of the columns is. There is an index on it. */
export function keyText(copy: Copy, columns: readonly string[], row?: string): string {
  const at = row === undefined ? '' : `${row}.`;
  return columns.map((column) => `${at}${copy.spelled(column)}::text`).join(` || '/' || `);
}

/** True for the rows that are of concern. */
export function concerned(copy: Copy, row: string): string {
  const conditions = copy.only.map(
    ([column, values]) => `${row}.${copy.spelled(column)}::text IN (${values.map(literal).join(', ')})`,
  );
  return ['true', ...conditions].join(' AND ');
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
