import { createHash } from 'node:crypto';
import type { Version } from '../../schemas/contract/position.ts';
import type { WholeDocument } from '../../schemas/feed/document.ts';
import type { PutReport } from '../../schemas/feed/store.ts';
import type { Session } from '../postgres/connection.ts';
import type { FeedTables } from './definitions.ts';
import { readDocuments } from './read.ts';

/** Of these are the documents that are looked at in one transaction. */
const NOTES_AT_ONCE = 200;

/** In place of the hash of a document that is not there. */
const ABSENT = 'absent';

interface Note {
  /** The cells of the key, as text. */
  readonly key: readonly string[];
  readonly again: boolean;
  readonly since: string;
  /** Hash of what was put into the outbox last; null when nothing ever was. */
  readonly content: string | null;
}

interface Queued extends Note {
  readonly body: string | null;
  readonly content: string;
}

/**
 * Takes documents off the list of those that have changed, and puts those into the outbox that are not as they were told.
 * All of them are as they were at one moment, and everything of the source up to `cut` is in them: that is their version.
 */
export async function queueDocuments(
  session: Session,
  tables: FeedTables,
  feed: string,
  document: WholeDocument,
  cut: Version,
): Promise<PutReport> {
  const notes = await takeNotes(session, tables, feed, document.name, cut);
  if (notes.length === 0) return { documents: 0, queued: 0 };
  const found = await readDocuments(
    session,
    document,
    notes.map(({ key }) => key),
  );
  const looked = notes.slice(0, found.length).map((note, at): Queued => {
    const body = found[at] == null ? null : JSON.stringify(found[at]);
    return { ...note, body, content: body === null ? ABSENT : hashOf(body) };
  });
  const queued = looked.filter(
    ({ content, again }, at) => (again || content !== notes[at]?.content) && isKnown(content, notes[at]),
  );
  await putIntoOutbox(session, tables, feed, document.name, cut, queued);
  await session.run(
    `DELETE FROM ${tables.note} WHERE feed = $1 AND document = $2 AND document_key = ANY($3::jsonb[])`,
    [feed, document.name, looked.map(keyText)],
    'take documents off the list',
  );
  return { documents: looked.length, queued: queued.length };
}

/** Nobody is told that what was never there is gone. */
function isKnown(content: string, note: Note | undefined): boolean {
  return content !== ABSENT || note?.content != null;
}

/** Of documents that no newer change is noted of. What is noted meanwhile is not seen, and stays. */
function takeNotes(
  session: Session,
  { note, told, watch }: FeedTables,
  feed: string,
  document: string,
  cut: Version,
): Promise<readonly Note[]> {
  // What came and went before somebody watched is noted nowhere: no cut from before counts. One that was told at this very cut
  // waits for the next, for its versions tell its states apart.
  return session.run<Note>(
    `SELECT document_key AS key, bool_or(n.again) AS again, min(n.since)::text AS since, oldest.content
     FROM (
       SELECT DISTINCT document_key, content FROM (
         SELECT document_key, t.content FROM ${note} n LEFT JOIN ${told} t USING (feed, document, document_key)
         WHERE feed = $1 AND document = $2 AND n.version <= $3 AND (t.version IS NULL OR t.version < $3)
           AND NOT EXISTS (SELECT FROM ${watch} w WHERE w.feed = $1 AND w.document = $2 AND w.since > $3)
           AND NOT EXISTS (SELECT FROM ${note} newer WHERE newer.feed = $1 AND newer.document = $2
             AND newer.document_key = n.document_key AND newer.version > $3)
         ORDER BY n.version LIMIT ${NOTES_AT_ONCE}
       ) AS whole
     ) AS oldest JOIN ${note} n USING (document_key)
     WHERE n.feed = $1 AND n.document = $2 GROUP BY document_key, content ORDER BY max(n.version), document_key`,
    [feed, document, cut],
    'take documents',
  );
}

/** What waits there of the same documents is superseded. Places are in the order of commits. */
async function putIntoOutbox(
  session: Session,
  { sequence, outbox, told }: FeedTables,
  feed: string,
  document: string,
  cut: Version,
  queued: readonly Queued[],
): Promise<void> {
  if (queued.length === 0) return;
  const keys = queued.map(keyText);
  const [reserved] = await session.run<{ next: string }>(
    `INSERT INTO ${sequence} AS s VALUES ($1, $2) ON CONFLICT (feed) DO UPDATE SET next = s.next + $2 RETURNING next::text`,
    [feed, queued.length],
    'number documents',
  );
  const first = BigInt(reserved?.next ?? 0) - BigInt(queued.length);
  await session.run(
    `DELETE FROM ${outbox} WHERE feed = $1 AND document = $2 AND document_key = ANY($3::jsonb[])`,
    [feed, document, keys],
    'supersede documents',
  );
  await session.run(
    `INSERT INTO ${outbox} (feed, document, document_key, sequence, version, body, bytes, since)
     SELECT $1, $2, q.key::jsonb, $3::bigint + q.place - 1, $4, q.body::json, coalesce(octet_length(q.body), 0), q.since
     FROM unnest($5::text[], $6::text[], $7::timestamptz[]) WITH ORDINALITY AS q(key, body, since, place)`,
    [
      feed,
      document,
      first.toString(),
      cut,
      keys,
      queued.map(({ body }) => body),
      queued.map(({ since }) => since),
    ],
    'put documents into the outbox',
  );
  await session.run(
    `INSERT INTO ${told} (feed, document, document_key, version, content)
     SELECT $1, $2, q.key::jsonb, $3, q.content FROM unnest($4::text[], $5::text[]) AS q(key, content)
     ON CONFLICT (feed, document, document_key) DO UPDATE
       SET version = excluded.version, content = excluded.content, refusal = NULL, refused_at = NULL`,
    [feed, document, cut, keys, queued.map(({ content }) => content)],
    'write down what is told',
  );
}

function keyText({ key }: Note): string {
  return JSON.stringify(key);
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}
