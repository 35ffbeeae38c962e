import type { WholeDocument } from '../../schemas/feed/document.ts';
import type { FeedPoint, FeedStore, FeedSummary, RefusedDocument } from '../../schemas/feed/store.ts';
import { openPool } from '../postgres/connection.ts';
import type { Session } from '../postgres/connection.ts';
import { Hold } from '../postgres/hold.ts';
import { positionDefinition, Positions } from '../postgres/positions.ts';
import { watchDefinition } from '../postgres/watches.ts';
import { createNamespace, inDefinition, inTransaction } from '../postgres/tables.ts';
import { settingsOf } from '../upsert/options.ts';
import type { SinkOptions } from '../upsert/options.ts';
import { TargetError } from '../upsert/target-error.ts';
import { defineFeeds, feedTables } from './definitions.ts';
import type { FeedTables } from './definitions.ts';
import { readOldest, refuseDocuments, settleOutbox } from './outbox.ts';
import { queueDocuments } from './queue.ts';
import { isWatched, noteDocuments, watchDocument } from './watch.ts';
import type { FeedNames } from './watch.ts';

export interface FeedStoreOptions extends SinkOptions, FeedNames {
  readonly documents: readonly WholeDocument[];
  readonly reachFeed?: ((point: FeedPoint) => void) | undefined;
}

/** What a feed keeps in the PostgreSQL database that it reads. No connection is made before the first call. */
export function createFeedStore(options: FeedStoreOptions): FeedStore {
  const { feed, documents } = options;
  const settings = settingsOf(options);
  const pool = openPool(settings);
  const tables = feedTables(settings.namespace);
  const positions = new Positions(settings.namespace);
  /** Documents whose triggers this process has brought up to date. */
  const defined = new Set<string>();
  let held: Hold | null = null;
  const reach = options.reachFeed ?? (() => undefined);
  const transact = <T>(work: (session: Session) => Promise<T>) => inTransaction(pool, work);

  async function watch(document: WholeDocument): Promise<boolean> {
    if (defined.has(document.name) && (await transact((session) => isWatched(session, options, document))))
      return true;
    const watched = await inDefinition(pool, (session) => watchDocument(session, tables, options, document));
    if (watched) defined.add(document.name);
    return watched;
  }

  return {
    prepare: () =>
      inDefinition(pool, async (session) => {
        await createNamespace(session, settings.namespace);
        await session.run(positionDefinition(settings.namespace), [], 'create the table of positions');
        await session.run(watchDefinition(settings.namespace), [], 'create the table of watches');
        await defineFeeds(session, tables);
      }),
    async watch() {
      let all = true;
      for (const document of documents) all = (await watch(document)) && all;
      return all;
    },
    async hold() {
      if (held?.lost === true) {
        held.release();
        held = null;
      }
      held ??= await Hold.attempt(pool, ['feed', settings.namespace, feed]);
      return held !== null;
    },
    claim: (place) =>
      transact(async (session) => {
        const [claim] = await positions.raiseEpochs(session, feed, [place]);
        if (claim === undefined) throw new TargetError('INTERNAL', `${feed} has no position`);
        return claim;
      }),
    isPending: () => transact((session) => isPending(session, tables, feed)),
    async queue(cut) {
      const report = { documents: 0, queued: 0 };
      for (const document of documents) {
        const { documents: looked, queued } = await inTransaction(
          pool,
          async (session) => {
            const queueing = await queueDocuments(session, tables, feed, document, cut);
            reach('feed:read');
            return queueing;
          },
          // One moment: no row of a document is newer than another.
          'REPEATABLE READ',
        );
        if (looked > 0) reach('feed:queued');
        report.documents += looked;
        report.queued += queued;
      }
      return report;
    },
    oldest: () => transact((session) => readOldest(session, tables, feed, documents)),
    async settle(claim, next) {
      await transact((session) => settleOutbox(session, { tables, positions }, claim, next));
      return { ...claim, next };
    },
    refuse: (refusals) => transact((session) => refuseDocuments(session, tables, feed, refusals)),
    tellAgain: (name, keys) =>
      transact(async (session) => {
        const document = documents.find((each) => each.name === name);
        if (document === undefined) throw new TargetError('INTERNAL', `${feed} has no documents ${name}`);
        return noteDocuments(session, tables, options, document, { again: true, keys });
      }),
    retry: () => transact((session) => retryRefused(session, tables, feed)),
    summary: () => transact((session) => summarize(session, tables, feed)),
    refused: (limit) => transact((session) => readRefused(session, tables, feed, limit)),
    async close() {
      held?.release();
      await pool.end();
    },
  };
}

async function isPending(session: Session, { note, outbox }: FeedTables, feed: string): Promise<boolean> {
  const [found] = await session.run<{ pending: boolean }>(
    `SELECT EXISTS (SELECT FROM ${note} WHERE feed = $1) OR EXISTS (SELECT FROM ${outbox} WHERE feed = $1) AS pending`,
    [feed],
    'look for documents that have changed',
  );
  return found?.pending === true;
}

async function retryRefused(session: Session, { note, told }: FeedTables, feed: string): Promise<number> {
  const noted = await session.run(
    `INSERT INTO ${note} (feed, document, document_key, version, again)
     SELECT feed, document, document_key, version, true FROM ${told} WHERE feed = $1 AND refusal IS NOT NULL RETURNING 1`,
    [feed],
    'note documents that were refused',
  );
  return noted.length;
}

async function summarize(
  session: Session,
  { note, outbox, told }: FeedTables,
  feed: string,
): Promise<FeedSummary> {
  const [found] = await session.run<{ pending: string; oldest: string | null; refused: string }>(
    `SELECT count(DISTINCT (document, document_key))::text AS pending,
       round(extract(epoch FROM min(since)) * 1000)::text AS oldest,
       (SELECT count(*)::text FROM ${told} WHERE feed = $1 AND refusal IS NOT NULL) AS refused
     FROM (SELECT document, document_key, since FROM ${note} WHERE feed = $1
           UNION ALL SELECT document, document_key, since FROM ${outbox} WHERE feed = $1) AS waiting`,
    [feed],
    'count the documents',
  );
  return {
    pending: Number(found?.pending ?? 0),
    oldest: found?.oldest == null ? null : Number(found.oldest),
    refused: Number(found?.refused ?? 0),
  };
}

async function readRefused(
  session: Session,
  { told }: FeedTables,
  feed: string,
  limit: number,
): Promise<readonly RefusedDocument[]> {
  const rows = await session.run<Omit<RefusedDocument, 'since'> & { readonly since: string }>(
    `SELECT document, document_key AS key, refusal AS reason, round(extract(epoch FROM refused_at) * 1000)::text AS since
     FROM ${told} WHERE feed = $1 AND refusal IS NOT NULL ORDER BY refused_at, document, document_key LIMIT $2`,
    [feed, limit],
    'list the documents that were refused',
  );
  return rows.map((row) => ({ ...row, since: Number(row.since) }));
}
