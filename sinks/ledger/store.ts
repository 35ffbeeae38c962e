import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { calendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { documentId } from '../../schemas/posting/document.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import type { Action } from '../../schemas/posting/outcome.ts';
import type { Period } from '../../schemas/posting/period.ts';
import type {
  PostingPoint,
  PostingReport,
  PostingStore,
  WaitingDocument,
  WaitingState,
} from '../../schemas/posting/store.ts';
import { openPool } from '../postgres/connection.ts';
import type { Session } from '../postgres/connection.ts';
import { quoteTable } from '../postgres/identifiers.ts';
import { ensureIndex } from '../postgres/indexes.ts';
import { journalDefinitions } from '../postgres/journal.ts';
import { createNamespace, inDefinition, inTransaction } from '../postgres/tables.ts';
import { settingsOf } from '../upsert/options.ts';
import type { SinkOptions } from '../upsert/options.ts';
import { findCopies } from './copies.ts';
import type { CopiedDocument } from './copies.ts';
import { bookTables, defineBooks } from './definitions.ts';
import type { BookTables } from './definitions.ts';
import { writeDecisions } from './decisions.ts';
import type { Decided } from './decisions.ts';
import { takeSubjects } from './subjects.ts';
import { BookJournal } from './journal.ts';
import { isWatched, watchDocument } from './watch.ts';

export interface BooksOptions extends SinkOptions {
  /** Schema of the books. */
  readonly schema: string;
  readonly reachPosting?: ((point: PostingPoint) => void) | undefined;
}

/** The books of a PostgreSQL target. No connection is made before the first call. */
export function createBooks(options: BooksOptions): PostingStore {
  const settings = settingsOf(options);
  const pool = openPool(settings);
  const tables = bookTables(options.schema, settings.namespace);
  /** The documents whose triggers this process has brought up to date. */
  const watched = new Map<DocumentKind, CopiedDocument>();
  const journal =
    options.journal === undefined
      ? null
      : new BookJournal(options.journal, settings.namespace, options.schema);
  const reach = options.reachPosting ?? (() => undefined);
  return {
    prepare: () =>
      inDefinition(pool, async (session) => {
        await createNamespace(session, settings.namespace);
        await createNamespace(session, options.schema);
        await defineBooks(session, tables);
        for (const definition of journalDefinitions(settings.namespace))
          await session.run(definition, [], 'create the journal');
      }),
    async watch(document) {
      const known = watched.get(document.kind);
      if (known !== undefined && (await inTransaction(pool, (session) => isWatched(session, tables, known))))
        return true;
      watched.delete(document.kind);
      const found = await inDefinition(pool, async (session) => {
        const copied = await findCopies(session, document);
        if (copied !== null) {
          await watchDocument(session, tables, copied);
          // Payments are looked for by what they pay.
          if (document.settles !== undefined)
            await ensureIndex(session, document.header.id, document.settles);
        }
        return copied;
      });
      if (found !== null) watched.set(document.kind, found);
      return found !== null;
    },
    async post(kind, cut, limit, decide) {
      const document = watched.get(kind);
      if (document === undefined) return reportOf([]);
      const report = await inTransaction(
        pool,
        async (session) => {
          await takeNumbering(session, tables);
          const subjects = await takeSubjects(session, tables, document, cut, limit);
          reach('posting:read');
          const decided = subjects.map((subject) => ({ subject, decision: decide(subject) }));
          const numbers = await writeDecisions(session, tables, kind, decided);
          await journal?.seal(session, numbers);
          reach('posting:written');
          return reportOf(decided);
        },
        'REPEATABLE READ',
      );
      reach('posting:committed');
      return report;
    },
    lookAgain: (kind) => inTransaction(pool, (session) => lookAgain(session, tables, kind)),
    periods: (table) => inTransaction(pool, (session) => readPeriods(session, quoteTable(table))),
    isPending: (kinds) => inTransaction(pool, (session) => isPending(session, tables, kinds)),
    summary: (kinds) => inTransaction(pool, (session) => summarize(session, tables, kinds)),
    waiting: (kinds, limit) => inTransaction(pool, (session) => readWaiting(session, tables, kinds, limit)),
    close: () => pool.end(),
  };
}

/**
 * Postings of one ledger number their vouchers one after the other. As the first statement: what is read is as of after the
 * lock, for `LOCK TABLE` takes no snapshot.
 */
async function takeNumbering(session: Session, { number }: BookTables): Promise<void> {
  await session.run(`LOCK TABLE ${number} IN SHARE ROW EXCLUSIVE MODE`, [], 'wait for others that number');
}

function reportOf(decided: readonly Decided[]): PostingReport {
  const vouchers: Record<Action['kind'], number> = { post: 0, reverse: 0 };
  const states = { none: 0, posted: 0, reversed: 0, parked: 0, refused: 0 };
  for (const { decision } of decided) {
    states[decision.state] += 1;
    if (decision.plan.kind === 'actions') for (const { kind } of decision.plan.actions) vouchers[kind] += 1;
  }
  return { documents: decided.length, vouchers, states };
}

/** They are as new as they were: what has come since is noted already, and newer. */
async function lookAgain(
  session: Session,
  { pending, document, ledger }: BookTables,
  kind: DocumentKind,
): Promise<number> {
  const noted = await session.run(
    `INSERT INTO ${pending} (ledger, document_kind, document_id, version)
     SELECT $2, document_kind, document_id, seen_version FROM ${document}
     WHERE document_kind = $1 AND state = 'parked' AND seen_version IS NOT NULL
     ON CONFLICT (ledger, document_kind, document_id) DO NOTHING RETURNING 1`,
    [kind, ledger],
    'note documents that wait',
  );
  return noted.length;
}

async function readPeriods(session: Session, table: string): Promise<readonly Period[]> {
  const rows = await session.run<{ code: string; starts_on: string; ends_on: string; status: string }>(
    `SELECT code::text, starts_on::text, ends_on::text, status FROM ${table} ORDER BY starts_on`,
    [],
    'read the accounting periods',
  );
  return rows.map(({ code, starts_on, ends_on, status }) => {
    const [startsOn, endsOn] = [calendarDate(starts_on), calendarDate(ends_on)];
    if (startsOn === null || endsOn === null)
      throw new CounterfoilError('TARGET_INCOMPATIBLE', `the period ${code} has no days`);
    return { code, startsOn, endsOn, status: status === 'open' ? 'open' : 'closed' };
  });
}

async function isPending(
  session: Session,
  { pending, ledger }: BookTables,
  kinds: readonly DocumentKind[],
): Promise<boolean> {
  const found = await session.run(
    `SELECT 1 FROM ${pending} WHERE ledger = $2 AND document_kind = ANY($1::text[]) LIMIT 1`,
    [kinds, ledger],
    'look for documents that have changed',
  );
  return found.length > 0;
}

async function summarize(
  session: Session,
  { pending, document, ledger }: BookTables,
  kinds: readonly DocumentKind[],
) {
  const [waiting] = await session.run<{ count: string; oldest: string | null }>(
    `SELECT count(*)::text AS count, round(extract(epoch FROM min(since)) * 1000)::text AS oldest FROM ${pending}
     WHERE ledger = $2 AND document_kind = ANY($1::text[])`,
    [kinds, ledger],
    'count the documents',
  );
  const rows = await session.run<{ state: WaitingState; count: string }>(
    `SELECT state, count(*)::text AS count FROM ${document}
     WHERE document_kind = ANY($1::text[]) AND state IN ('parked', 'refused') GROUP BY state`,
    [kinds],
    'count the documents that wait',
  );
  const states = { parked: 0, refused: 0 };
  for (const { state, count } of rows) states[state] = Number(count);
  const oldest = waiting?.oldest ?? null;
  return {
    pending: Number(waiting?.count ?? 0),
    oldest: oldest === null ? null : Number(oldest),
    waiting: states,
  };
}

async function readWaiting(
  session: Session,
  { document }: BookTables,
  kinds: readonly DocumentKind[],
  limit: number,
): Promise<readonly WaitingDocument[]> {
  const rows = await session.run<{
    kind: DocumentKind;
    id: string;
    number: string | null;
    state: WaitingState;
    reason: string;
    since: string;
  }>(
    `SELECT document_kind AS kind, document_id AS id, document_no AS number, state, reason,
       round(extract(epoch FROM changed_at) * 1000)::text AS since
     FROM ${document} WHERE document_kind = ANY($1::text[]) AND state IN ('parked', 'refused')
     ORDER BY changed_at, document_id LIMIT $2`,
    [kinds, limit],
    'list the documents that wait',
  );
  return rows.map((row) => ({ ...row, id: documentId(row.id), since: Number(row.since) }));
}
