import { versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { DELETED_COLUMN, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { DocumentTable, TextRow } from '../../schemas/posting/declaration.ts';
import type { Session } from '../postgres/connection.ts';
import { quote, quoteTable } from '../postgres/identifiers.ts';

/** The copied rows of a table for some documents, by document. */
export interface CopiedRows {
  readonly rows: ReadonlyMap<string, readonly TextRow[]>;
  /** The newest change of each document's rows, of those that are marked as deleted as well. */
  readonly versions: ReadonlyMap<string, Version>;
}

export const NO_ROWS: CopiedRows = { rows: new Map(), versions: new Map() };

/** Rows in the order of their columns' texts are as good as any: what is read of them does not depend on it. */
export async function readCopies(
  session: Session,
  { id, document, columns }: DocumentTable,
  documents: readonly string[],
): Promise<CopiedRows> {
  const read = columns.map((column) => `'${column.replaceAll("'", "''")}', ${quote(column)}::text`);
  const found = await session.run<{ document: string; version: string; deleted: boolean; row: TextRow }>(
    `SELECT ${quote(document)}::text AS document, encode(${quote(VERSION_COLUMN)}, 'hex') AS version,
       ${quote(DELETED_COLUMN)} IS NOT NULL AS deleted, json_build_object(${read.join(', ')}) AS row
     FROM ${quoteTable(id)} WHERE ${quote(document)} = ANY($1::bigint[])`,
    [documents],
    `read ${id.name}`,
  );
  const rows = new Map<string, TextRow[]>();
  const versions = new Map<string, Version>();
  for (const { document: of, version, deleted, row } of found) {
    const newest = versions.get(of);
    const own = versionOf(version);
    if (newest === undefined || own > newest) versions.set(of, own);
    if (!deleted) rows.set(of, [...(rows.get(of) ?? []), row]);
  }
  return { rows, versions };
}
