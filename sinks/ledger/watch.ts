import { VERSION_COLUMN } from '../../schemas/contract/table.ts';
import { contentHash } from '../../schemas/dsl/content-hash.ts';
import type { Session } from '../postgres/connection.ts';
import { quote, quoteTable } from '../postgres/identifiers.ts';
import { defineTrigger } from '../postgres/triggers.ts';
import { concerned, keyText, literal } from './copies.ts';
import type { CopiedDocument, Copy } from './copies.ts';
import type { BookTables } from './definitions.ts';

/**
 * Has the database note which documents a statement touches, in its transaction. A change is noted with its version, so
 * that a document is looked at once everything up to there has come. A row that comes before the one through which it
 * belongs to a document is noted by nobody: that other one will be, when it comes.
 */
export async function watchDocument(
  session: Session,
  tables: BookTables,
  { kind, copies }: CopiedDocument,
): Promise<void> {
  for (const copy of copies) {
    await indexKey(session, copy, copy.key);
    if (copy.link !== null) await indexKey(session, copy.link.of, copy.link.its);
  }
  for (const copy of copies) if (copy.role !== 'reference') await watchCopy(session, tables, kind, copy);
}

/** Whether the triggers are there: a copy that somebody dropped is made anew without them. */
export async function isWatched(
  session: Session,
  tables: BookTables,
  { kind, copies }: CopiedDocument,
): Promise<boolean> {
  const watched = copies.filter(({ role }) => role !== 'reference');
  // The last one that is made is the one to look for.
  const found = await session.run(
    `SELECT 1 FROM unnest($1::text[], $2::text[]) AS watched (copy, trigger)
       JOIN pg_trigger t ON t.tgrelid = to_regclass(watched.copy) AND t.tgname = watched.trigger`,
    [watched.map(({ id }) => quoteTable(id)), watched.map((copy) => noteName(tables, kind, copy, 'update'))],
    'look for triggers',
  );
  return found.length === watched.length;
}

/** A copy may be of several kinds of documents, in several books. */
function noteName({ ledger }: BookTables, kind: string, { name, id }: Copy, event: string): string {
  return `counterfoil_note_${event}_${contentHash({ ledger, kind, name, id })}`;
}

async function indexKey(session: Session, copy: Copy, columns: readonly string[]): Promise<void> {
  const key = keyText(copy, columns);
  const name = quote(`counterfoil_key_${contentHash({ id: copy.id, key })}`);
  await session.run(
    `CREATE INDEX IF NOT EXISTS ${name} ON ${quoteTable(copy.id)} ((${key}))`,
    [],
    `index ${copy.id.name}`,
  );
}

async function watchCopy(session: Session, tables: BookTables, kind: string, copy: Copy): Promise<void> {
  const doing = `watch the table ${copy.id.name}`;
  const rows = quoteTable(copy.id);
  const name = (event: string) => noteName(tables, kind, copy, event);
  const define = (event: string, from: string) =>
    session.run(
      `CREATE OR REPLACE FUNCTION ${tables.function(name(event))}() RETURNS trigger LANGUAGE plpgsql AS $note$
       BEGIN ${noting(tables, kind, copy, from)}; RETURN NULL; END $note$`,
      [],
      doing,
    );
  await define('insert', 'changed');
  // A row may have gone from one document to another: both are touched, by the version of the change.
  const version = quote(VERSION_COLUMN);
  const named = [...new Set([...copy.key, ...copy.only.map(([column]) => column)])].map(copy.spelled);
  const both = `(SELECT ${named.join(', ')}, ${version} FROM changed UNION ALL
     SELECT ${named.map((column) => `previous.${column}`).join(', ')}, newest.${version} FROM previous,
       (SELECT ${version} FROM changed ORDER BY 1 DESC LIMIT 1) AS newest)`;
  await define('update', both);
  const created = await defineTrigger(
    session,
    rows,
    name('insert'),
    `AFTER INSERT ON ${rows} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ${tables.function(name('insert'))}()`,
  );
  await defineTrigger(
    session,
    rows,
    name('update'),
    `AFTER UPDATE ON ${rows} REFERENCING OLD TABLE AS previous NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ${tables.function(name('update'))}()`,
  );
  // The trigger holds off writers until this commits: nothing falls between.
  if (created) await session.run(noting(tables, kind, copy, rows), [], doing);
}

/** In the order of ids, so that two that note the same documents do not wait for each other in a circle. */
function noting({ pending, ledger }: BookTables, kind: string, copy: Copy, from: string): string {
  const { joins, document, concern } = wayToDocument(copy);
  const version = `r.${quote(VERSION_COLUMN)}`;
  return `INSERT INTO ${pending} AS noted (ledger, document_kind, document_id, version)
    SELECT ${literal(ledger)}, ${literal(kind)}, (${document}) COLLATE "C", max(encode(${version}, 'hex') COLLATE "C")
    FROM ${from} AS r ${joins.join(' ')}
    WHERE ${concern.join(' AND ')} AND ${document} IS NOT NULL AND ${version} IS NOT NULL GROUP BY 3 ORDER BY 3
    ON CONFLICT (ledger, document_kind, document_id) DO UPDATE SET version = greatest(noted.version, excluded.version)`;
}

/** From a row `r` of a copy, over the tables through which it belongs to documents, to their ids. */
function wayToDocument(copy: Copy) {
  const joins: string[] = [];
  const concern = [concerned(copy, 'r')];
  let [at, row] = [copy, 'r'];
  while (at.link !== null) {
    const { of, its } = at.link;
    const next = `r${(joins.length + 1).toString()}`;
    joins.push(
      `JOIN ${quoteTable(of.id)} ${next} ON ${keyText(of, its, next)} = ${keyText(at, at.key, row)}`,
    );
    concern.push(concerned(of, next));
    [at, row] = [of, next];
  }
  return { joins, document: keyText(at, at.key, row), concern };
}
