import pg from 'pg';
import type { Column, TableId, TableShape } from '../../schemas/contract/table.ts';
import { VERSION_COLUMN } from '../../schemas/contract/table.ts';
import { contentHash } from '../../schemas/dsl/content-hash.ts';
import type { WholeDocument } from '../../schemas/feed/document.ts';
import type { Session } from '../postgres/connection.ts';
import { quote, quoteTable } from '../postgres/identifiers.ts';
import { ensureIndex } from '../postgres/indexes.ts';
import { tableExists } from '../postgres/tables.ts';
import { defineTrigger } from '../postgres/triggers.ts';
import { columnType } from '../postgres/types.ts';
import { UNTIL_FIELD } from '../postgres/watches.ts';
import { typeOf } from './columns.ts';
import type { FeedTables } from './definitions.ts';

/** A feed, and all routes of its source into its database, by whose positions versions can be compared. */
export interface FeedNames {
  readonly feed: string;
  readonly routes: readonly string[];
}

/** A table in which rows of a document are, and how they name it. */
interface WatchedTable {
  readonly id: TableId;
  readonly columns: readonly Column[];
  /** What its rows are in the document; empty for the row of the document itself. */
  readonly part: string;
  /** Part of the names of its triggers. */
  readonly mark: string;
  readonly by: readonly string[];
  readonly where: Readonly<Record<string, string>>;
}

/**
 * Has the database note which documents a statement touches, in its transaction, with the version of the change: a document
 * is told once everything up to there has come. False as long as a table is missing.
 */
export async function watchDocument(
  session: Session,
  tables: FeedTables,
  names: FeedNames,
  document: WholeDocument,
): Promise<boolean> {
  const watched = watchedTables(names, document);
  for (const { id } of watched) if (!(await tableExists(session, id))) return false;
  let created = false;
  for (const table of watched)
    created = (await watchTable(session, tables, names, document, table)) || created;
  for (const table of watched) await hearOfUnwritten(session, tables, names, document, table, created);
  // The triggers hold off writers until this commits: nothing falls between.
  if (created) await noteDocuments(session, tables, names, document, { again: false, keys: null });
  return true;
}

/** Whether the triggers are there: a table that somebody dropped is made anew without them. */
export async function isWatched(
  session: Session,
  names: FeedNames,
  document: WholeDocument,
): Promise<boolean> {
  const watched = watchedTables(names, document);
  const found = await session.run(
    'SELECT 1 FROM unnest($1::text[], $2::text[]) AS t(id, trigger) JOIN pg_trigger ON tgrelid = to_regclass(t.id) AND tgname = t.trigger',
    [watched.map(({ id }) => quoteTable(id)), watched.map(({ mark }) => triggerName('delete', mark))],
    'look for triggers',
  );
  return found.length === watched.length;
}

/**
 * Notes documents that are there; how many. All of them without keys; `again` when they are to be told even though they are
 * as they were.
 */
export async function noteDocuments(
  session: Session,
  tables: FeedTables,
  names: FeedNames,
  document: WholeDocument,
  { again, keys }: { readonly again: boolean; readonly keys: readonly (readonly string[])[] | null },
): Promise<number> {
  const { by } = rootOf(names, document);
  const noted = await session.run(
    `INSERT INTO ${tables.note} (feed, document, document_key, version, again)
     SELECT $1, $2, ${keyOf(by)}, ${reached(tables, names)}, $3 FROM ${quoteTable(document.root.id)}
     WHERE $4::text[] IS NULL OR ${keyOf(by)} = ANY($4::text[]::jsonb[]) RETURNING 1`,
    [names.feed, document.name, again, keys === null ? null : keys.map((key) => JSON.stringify(key))],
    `note the documents ${document.name}`,
  );
  return noted.length;
}

function watchedTables(names: FeedNames, document: WholeDocument): readonly WatchedTable[] {
  return [
    rootOf(names, document),
    ...document.nested.map(({ part, table, by, where }) =>
      watchedTable(names, document, part, table, by, where),
    ),
  ];
}

function rootOf(names: FeedNames, document: WholeDocument): WatchedTable {
  return watchedTable(names, document, '', document.root, document.root.key, {});
}

function watchedTable(
  { feed }: FeedNames,
  { name }: WholeDocument,
  part: string,
  { id, columns }: TableShape,
  by: WatchedTable['by'],
  where: WatchedTable['where'],
): WatchedTable {
  return { id, columns, part, mark: contentHash({ feed, name, part }), by, where };
}

/** Deletes come last: the trigger to look for is the one that is made last. */
function triggerName(event: 'insert' | 'update' | 'delete', mark: string): string {
  return `counterfoil_feed_${event}_${mark}`;
}

/** Whether it was not watched before. */
async function watchTable(
  session: Session,
  tables: FeedTables,
  names: FeedNames,
  document: WholeDocument,
  table: WatchedTable,
): Promise<boolean> {
  const { id, by, where, mark } = table;
  const doing = `watch the table ${id.name}`;
  const rows = quoteTable(id);
  const columns = [...by, ...Object.keys(where)].map(quote).join(', ');
  const changed = `SELECT ${columns}, ${VERSION} AS noted FROM changed`;
  const events = [
    { event: 'insert', from: changed, transition: 'NEW TABLE AS changed' },
    {
      event: 'update',
      // A row may have gone from one document to another: both are touched, by the version of the change.
      from: `${changed} UNION ALL SELECT ${columns}, (SELECT max(${VERSION}) FROM changed) FROM previous`,
      transition: 'OLD TABLE AS previous NEW TABLE AS changed',
    },
    {
      event: 'delete',
      // What a deleted row says is not how new its deletion is; the position has been moved past that before.
      from: `SELECT ${columns}, ${reached(tables, names)} AS noted FROM previous`,
      transition: 'OLD TABLE AS previous',
    },
  ] as const;
  await ensureIndex(session, id, by);
  let created = false;
  for (const { event, from, transition } of events) {
    const trigger = triggerName(event, mark);
    await session.run(
      `CREATE OR REPLACE FUNCTION ${tables.function(trigger)}() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN ${noting(tables, names, document, table, `(${from}) AS touched`)}; RETURN NULL; END $$`,
      [],
      doing,
    );
    const when = `AFTER ${event} ON ${rows} REFERENCING ${transition} FOR EACH STATEMENT EXECUTE FUNCTION ${tables.function(trigger)}()`;
    created = (await defineTrigger(session, rows, trigger, when)) || created;
  }
  return created;
}

/** Has the sink tell which documents rows belonged to in between; see {@link noteUnwritten}. */
async function hearOfUnwritten(
  session: Session,
  tables: FeedTables,
  names: FeedNames,
  document: WholeDocument,
  table: WatchedTable,
  anew: boolean,
): Promise<void> {
  const { id, by, where, mark, part } = table;
  const doing = `watch the table ${id.name}`;
  const columns = [...by, ...Object.keys(where)];
  const fields = columns.map((name) => `${quote(name)} ${columnType(typeOf(table, name))}`);
  const call = tables.function(`counterfoil_feed_unwritten_${mark}`);
  const passed = `SELECT ${columns.map(quote).join(', ')}, coalesce(${UNTIL_FIELD}, ${reached(tables, names)}) AS noted
    FROM json_to_recordset(states) AS passed(${[...fields, `${UNTIL_FIELD} text`].join(', ')})`;
  await session.run(
    `CREATE OR REPLACE FUNCTION ${call}(states json) RETURNS void LANGUAGE plpgsql AS $$
     BEGIN ${noting(tables, names, document, table, `(${passed}) AS touched`)}; END $$`,
    [],
    doing,
  );
  await session.run(
    `INSERT INTO ${tables.watch} (feed, document, part, table_namespace, table_name, columns, function, since)
     VALUES ($1, $2, $3, $4, $5, $6, $7, ${reached(tables, names)})
     ON CONFLICT (feed, document, part) DO UPDATE SET columns = excluded.columns, function = excluded.function
       ${anew ? ', since = excluded.since' : ''}`,
    [names.feed, document.name, part, id.namespace, id.name, columns, call],
    doing,
  );
}

/** A row that others have written has no version: it is older than all. */
const VERSION = `coalesce(encode(${quote(VERSION_COLUMN)}, 'hex'), '') COLLATE "C"`;

/** The newest change that any of the routes has come to, of whatever partition. */
function reached({ position }: FeedTables, { routes }: FeedNames): string {
  const names = routes.map((route) => pg.escapeLiteral(route)).join(', ');
  return `coalesce((SELECT max(encode(source_version, 'hex') COLLATE "C") FROM ${position} WHERE route IN (${names})), '')`;
}

function noting(
  { note }: FeedTables,
  { feed }: FeedNames,
  { name }: WholeDocument,
  { by, where }: WatchedTable,
  from: string,
): string {
  const conditions = [
    ...by.map((column) => `${quote(column)} IS NOT NULL`),
    ...Object.entries(where).map(([column, text]) => `${quote(column)} = ${pg.escapeLiteral(text)}`),
  ];
  return `INSERT INTO ${note} (feed, document, document_key, version)
    SELECT ${pg.escapeLiteral(feed)}, ${pg.escapeLiteral(name)}, ${keyOf(by)}, max(noted COLLATE "C") FROM ${from}
    WHERE ${conditions.join(' AND ')} GROUP BY 3`;
}

function keyOf(columns: readonly string[]): string {
  return `jsonb_build_array(${columns.map((column) => `${quote(column)}::text`).join(', ')})`;
}
