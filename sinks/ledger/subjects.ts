import { versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { DELETED_COLUMN, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { DocumentRows, TextRow } from '../../schemas/posting/declaration.ts';
import { documentId } from '../../schemas/posting/document.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import type { Subject } from '../../schemas/posting/store.ts';
import type { Session } from '../postgres/connection.ts';
import { quote, quoteTable } from '../postgres/identifiers.ts';
import { concerned, keyText } from './copies.ts';
import type { CopiedDocument, Copy } from './copies.ts';
import type { BookTables } from './definitions.ts';
import { readVouchers } from './vouchers.ts';

interface Noted {
  readonly id: string;
  readonly version: Version;
}

/**
 * Documents that have changed, held until the end of the transaction. Others that hold some of them are not waited for. A
 * row may be newer than what was noted, when it came before the row through which it belongs to its document: a
 * document with a change after the cut is noted anew with that.
 */
export async function takeSubjects(
  session: Session,
  tables: BookTables,
  { kind, copies }: CopiedDocument,
  cut: Version,
  limit: number,
): Promise<readonly Subject[]> {
  const noted = await takeNoted(session, tables, kind, cut, limit);
  if (noted.length === 0) return [];
  const ids = noted.map(({ id }) => id);
  const gathered = gather(await readRows(session, copies, ids), ids);
  const later = [...gathered].flatMap(([id, { newest }]) =>
    newest !== null && newest > cut ? [{ id, version: newest }] : [],
  );
  await noteAnew(session, tables, kind, later);
  const postponed = new Set(later.map(({ id }) => id));
  const vouchers = await readVouchers(session, tables, kind, ids);
  const booked = await readBooked(session, tables, kind, ids);
  return noted.flatMap(({ id, version }) => {
    const rows = gathered.get(id);
    if (rows === undefined || postponed.has(id)) return [];
    const document = { kind, id: documentId(id) };
    const ledger = { document, version: booked.get(id) ?? null, vouchers: vouchers.get(id) ?? [] };
    return [{ id: document.id, version, rows: rowsOf(copies, rows), ledger }];
  });
}

/** What has changed, in order, before what was looked at already and is tried again: of that there may be much. */
async function takeNoted(
  session: Session,
  { pending, document, ledger }: BookTables,
  kind: DocumentKind,
  cut: Version,
  limit: number,
): Promise<readonly Noted[]> {
  const found = await session.run<{ id: string; version: string }>(
    `SELECT p.document_id AS id, p.version FROM ${pending} p
       LEFT JOIN ${document} seen ON seen.document_kind = p.document_kind AND seen.document_id = p.document_id
         AND seen.seen_version = p.version
     WHERE p.ledger = $1 AND p.document_kind = $2 AND p.version <= $3
     ORDER BY seen.document_id IS NOT NULL, p.version, p.document_id LIMIT $4
     FOR UPDATE OF p SKIP LOCKED`,
    [ledger, kind, cut, limit],
    'take documents',
  );
  return found.map(({ id, version }) => ({ id, version: versionOf(version) }));
}

async function noteAnew(
  session: Session,
  { pending, ledger }: BookTables,
  kind: DocumentKind,
  later: readonly Noted[],
): Promise<void> {
  if (later.length === 0) return;
  await session.run(
    `UPDATE ${pending} SET version = given.version FROM jsonb_to_recordset($3::jsonb) AS given (id text, version text)
     WHERE ledger = $1 AND document_kind = $2 AND document_id = given.id`,
    [ledger, kind, JSON.stringify(later)],
    'note documents anew',
  );
}

/** What the books are up to date with. */
async function readBooked(
  session: Session,
  { document }: BookTables,
  kind: DocumentKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Version>> {
  const found = await session.run<{ id: string; version: string | null }>(
    `SELECT document_id AS id, version FROM ${document} WHERE document_kind = $1 AND document_id = ANY($2::text[])`,
    [kind, ids],
    'read what the books are up to date with',
  );
  return new Map(found.flatMap(({ id, version }) => (version === null ? [] : [[id, versionOf(version)]])));
}

/** A row of a copy, and the documents it is of: master data is of many. */
interface FoundRow {
  readonly documents: readonly string[];
  readonly version: Version | null;
  readonly deleted: boolean;
  readonly row: TextRow;
}

type FoundRows = ReadonlyMap<Copy, readonly FoundRow[]>;

async function readRows(
  session: Session,
  copies: readonly Copy[],
  ids: readonly string[],
): Promise<FoundRows> {
  const found = new Map<Copy, readonly FoundRow[]>();
  for (const copy of copies) found.set(copy, await readCopy(session, copy, keysOf(copy, found, ids)));
  return found;
}

/** The keys of the wanted rows, and the documents that want them. */
function keysOf({ link }: Copy, found: FoundRows, ids: readonly string[]): Map<string, Set<string>> {
  if (link === null) return new Map(ids.map((id) => [id, new Set([id])]));
  const keys = new Map<string, Set<string>>();
  for (const { row, documents, deleted } of found.get(link.of) ?? []) {
    const values = link.its.map((column) => row[column] ?? null);
    if (deleted || values.includes(null)) continue;
    const key = values.join('/');
    keys.set(key, new Set([...(keys.get(key) ?? []), ...documents]));
  }
  return keys;
}

async function readCopy(
  session: Session,
  copy: Copy,
  keys: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<readonly FoundRow[]> {
  if (keys.size === 0) return [];
  const cells = copy.columns.map((column) => `r.${copy.spelled(column)}::text`);
  const key = keyText(copy, copy.key, 'r');
  const found = await session.run<{ key: string; version: string | null; deleted: boolean; row: TextRow }>(
    `SELECT ${key} AS key, encode(r.${quote(VERSION_COLUMN)}, 'hex') AS version,
       ${copy.marks ? `r.${quote(DELETED_COLUMN)} IS NOT NULL` : 'false'} AS deleted,
       json_object($2::text[], ARRAY[${cells.join(', ')}]::text[]) AS row
     FROM ${quoteTable(copy.id)} r WHERE ${key} = ANY($1::text[]) AND ${concerned(copy, 'r')}`,
    [[...keys.keys()], copy.columns],
    `read ${copy.id.name}`,
  );
  return found.map(({ key: value, version, deleted, row }) => ({
    documents: [...(keys.get(value) ?? [])],
    version: version === null ? null : versionOf(version),
    ...{ deleted, row },
  }));
}

/** The rows of one document, by copy, and the newest change of them, of those that are marked as deleted as well. */
interface Gathered {
  readonly rows: Map<Copy, TextRow[]>;
  newest: Version | null;
}

function gather(found: FoundRows, ids: readonly string[]): ReadonlyMap<string, Gathered> {
  const gathered = new Map<string, Gathered>(ids.map((id) => [id, { rows: new Map(), newest: null }]));
  for (const [copy, rows] of found)
    for (const { documents, version, deleted, row } of rows)
      for (const id of documents) {
        const of = gathered.get(id);
        if (of === undefined) continue;
        if (!deleted) addTo(of.rows, copy, row);
        if (copy.role !== 'reference' && version !== null && (of.newest === null || version > of.newest))
          of.newest = version;
      }
  return gathered;
}

function addTo(rows: Map<Copy, TextRow[]>, copy: Copy, row: TextRow): void {
  const known = rows.get(copy);
  if (known === undefined) rows.set(copy, [row]);
  else known.push(row);
}

/** Rows are in no order: what is read of them does not depend on it. */
function rowsOf(copies: readonly Copy[], { rows }: Gathered): DocumentRows | null {
  const named = (role: Copy['role']) =>
    Object.fromEntries(
      copies.filter((copy) => copy.role === role).map((copy) => [copy.name, rows.get(copy) ?? []] as const),
    );
  const header = named('header')['header']?.[0];
  return header === undefined ? null : { header, parts: named('part'), references: named('reference') };
}
