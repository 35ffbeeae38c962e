import type { Session } from '../postgres/connection.ts';
import { quote } from '../postgres/identifiers.ts';
import { WATCH_TABLE } from '../postgres/watches.ts';

/** Names of the tables of feeds, quoted; they are among the product's own. */
export function feedTables(namespace: string) {
  const at = (name: string) => `${quote(namespace)}.${quote(name)}`;
  return {
    sequence: at('feed_sequence'),
    note: at('feed_note'),
    outbox: at('feed_outbox'),
    told: at('feed_document'),
    position: at('position'),
    watch: at(WATCH_TABLE),
    function: at,
  };
}

export type FeedTables = ReturnType<typeof feedTables>;

const OF_DOCUMENT = 'feed text NOT NULL, document text NOT NULL, document_key jsonb NOT NULL';

/** Keys are lists of texts, versions hex digits. */
export async function defineFeeds(
  session: Session,
  { sequence, note, outbox, told }: FeedTables,
): Promise<void> {
  for (const statement of [
    `CREATE TABLE IF NOT EXISTS ${sequence} (feed text PRIMARY KEY, next bigint NOT NULL)`,
    // One for each change, and not for each document: writers of one document must not wait for each other.
    `CREATE TABLE IF NOT EXISTS ${note} (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ${OF_DOCUMENT}, version text COLLATE "C" NOT NULL,
       again boolean NOT NULL DEFAULT false, since timestamptz NOT NULL DEFAULT now())`,
    `CREATE INDEX IF NOT EXISTS feed_note_order ON ${note} (feed, document, version)`,
    `CREATE INDEX IF NOT EXISTS feed_note_key ON ${note} (feed, document, document_key, version)`,
    `CREATE TABLE IF NOT EXISTS ${outbox} (
       ${OF_DOCUMENT}, sequence bigint NOT NULL, version text COLLATE "C" NOT NULL, body json, bytes bigint NOT NULL,
       since timestamptz NOT NULL, PRIMARY KEY (feed, sequence), UNIQUE (feed, document, document_key))`,
    `CREATE TABLE IF NOT EXISTS ${told} (
       ${OF_DOCUMENT}, version text COLLATE "C" NOT NULL, content text NOT NULL, refusal text, refused_at timestamptz,
       PRIMARY KEY (feed, document, document_key))`,
    `CREATE INDEX IF NOT EXISTS feed_document_refused ON ${told} (feed) WHERE refusal IS NOT NULL`,
  ])
    await session.run(statement, [], 'create the tables of feeds');
}
