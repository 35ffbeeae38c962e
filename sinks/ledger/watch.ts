import { VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { DocumentTable } from '../../schemas/posting/declaration.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import type { WatchedDocument } from '../../schemas/posting/store.ts';
import type { Session } from '../postgres/connection.ts';
import { quote, quoteTable } from '../postgres/identifiers.ts';
import { tableExists } from '../postgres/tables.ts';
import { defineTrigger } from './definitions.ts';
import type { BookTables } from './definitions.ts';

/**
 * Has the database note which documents a statement touches, in its transaction. A change is noted with its version, so
 * that a document is looked at once everything up to there has come. False as long as a table is missing.
 */
export async function watchDocument(
  session: Session,
  tables: BookTables,
  { kind, header, lines }: WatchedDocument,
): Promise<boolean> {
  const watched = lines === null ? [header] : [header, lines];
  for (const { id } of watched) if (!(await tableExists(session, id))) return false;
  for (const table of watched) await watchTable(session, tables, kind, table);
  return true;
}

/** Whether the triggers are there: a copy that somebody dropped is made anew without them. */
export async function isWatched(session: Session, { header, lines }: WatchedDocument): Promise<boolean> {
  const watched = (lines === null ? [header] : [header, lines]).map(({ id }) => quoteTable(id));
  const found = await session.run(
    'SELECT DISTINCT tgrelid FROM pg_trigger WHERE tgname = $1 AND tgrelid = ANY (SELECT to_regclass(t) FROM unnest($2::text[]) AS t)',
    [TRIGGERS.update, watched],
    'look for triggers',
  );
  return found.length === watched.length;
}

/** The last one that is made is the one to look for. */
const TRIGGERS = { insert: 'counterfoil_note_insert', update: 'counterfoil_note_update' } as const;

async function watchTable(
  session: Session,
  tables: BookTables,
  kind: DocumentKind,
  table: DocumentTable,
): Promise<void> {
  const doing = `watch the table ${table.id.name}`;
  const rows = quoteTable(table.id);
  const name = (event: string) => tables.function(`note_${event}_${table.id.name}`);
  const note = (event: string, from: string) =>
    `CREATE OR REPLACE FUNCTION ${name(event)}() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN ${noting(tables, kind, table, from)}; RETURN NULL; END $$`;
  await session.run(note('insert', 'changed'), [], doing);
  // A line may have gone from one document to another: both are touched, by the version of the change.
  const both = `(SELECT ${columns(table)} FROM changed UNION ALL
     SELECT previous.${quote(table.document)}, newest.${quote(VERSION_COLUMN)} FROM previous,
       (SELECT ${quote(VERSION_COLUMN)} FROM changed ORDER BY 1 DESC LIMIT 1) AS newest) AS both_sides`;
  await session.run(note('update', both), [], doing);
  const created = await defineTrigger(
    session,
    rows,
    TRIGGERS.insert,
    `AFTER INSERT ON ${rows} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ${name('insert')}()`,
  );
  await defineTrigger(
    session,
    rows,
    TRIGGERS.update,
    `AFTER UPDATE ON ${rows} REFERENCING OLD TABLE AS previous NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ${name('update')}()`,
  );
  // The trigger holds off writers until this commits: nothing falls between.
  if (created) await session.run(noting(tables, kind, table, rows), [], doing);
}

function columns({ document }: DocumentTable): string {
  return `${quote(document)}, ${quote(VERSION_COLUMN)}`;
}

/** In the order of ids, so that two that note the same documents do not wait for each other in a circle. */
function noting({ pending }: BookTables, kind: DocumentKind, table: DocumentTable, from: string): string {
  return `INSERT INTO ${pending} AS noted (document_kind, document_id, version)
    SELECT '${kind}', ${quote(table.document)}::text COLLATE "C", max(encode(${quote(VERSION_COLUMN)}, 'hex') COLLATE "C")
    FROM ${from} WHERE ${quote(table.document)} IS NOT NULL AND ${quote(VERSION_COLUMN)} IS NOT NULL GROUP BY 2 ORDER BY 2
    ON CONFLICT (document_kind, document_id) DO UPDATE SET version = greatest(noted.version, excluded.version)`;
}
