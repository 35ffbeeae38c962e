import { JOURNAL_HEAD_TABLE, JOURNAL_SHAPE_TABLE, JOURNAL_TABLE } from '../../schemas/journal/entry.ts';
import type { Chain, ChainHead } from '../../schemas/contract/chain.ts';
import type { SignedEntry } from '../../schemas/journal/entry.ts';
import type { JournalTable, StoredShape } from '../upsert/database.ts';
import { endWasAltered, headOf } from '../upsert/journal-entries.ts';
import type { HeadFields } from '../upsert/journal-entries.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';

export function journalDefinitions(namespace: string): readonly string[] {
  return [journalDefinition, journalStorage, journalHeadDefinition, journalShapeDefinition].map((define) =>
    define(namespace),
  );
}

function journalDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(JOURNAL_TABLE)} (
    route text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    mapping_version text NOT NULL,
    applied_at bigint NOT NULL,
    records integer NOT NULL,
    body bytea NOT NULL,
    digest bytea NOT NULL,
    signature bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (route, topic, partition, sequence)
  )`;
}

/** Digests and versions do not get smaller by compression. */
function journalStorage(namespace: string): string {
  return `ALTER TABLE ${quote(namespace)}.${quote(JOURNAL_TABLE)} ALTER COLUMN body SET STORAGE EXTERNAL`;
}

function journalHeadDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(JOURNAL_HEAD_TABLE)} (
    route text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (route, topic, partition)
  )`;
}

function journalShapeDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(JOURNAL_SHAPE_TABLE)} (
    id text PRIMARY KEY,
    definition text NOT NULL
  )`;
}

export class JournalEntries implements JournalTable {
  readonly #session: Session;
  readonly #entries: string;
  readonly #shapes: string;
  readonly #heads: string;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    this.#entries = `${quote(namespace)}.${quote(JOURNAL_TABLE)}`;
    this.#shapes = `${quote(namespace)}.${quote(JOURNAL_SHAPE_TABLE)}`;
    this.#heads = `${quote(namespace)}.${quote(JOURNAL_HEAD_TABLE)}`;
  }

  async define(shapes: readonly StoredShape[]): Promise<void> {
    await this.#session.run(
      `INSERT INTO ${this.#shapes} (id, definition)
       SELECT s.id, s.definition FROM unnest($1::text[], $2::text[]) AS s(id, definition) ORDER BY s.id
       ON CONFLICT DO NOTHING`,
      [shapes.map(({ id }) => id), shapes.map(({ text }) => text)],
      'define shapes of the journal',
    );
  }

  async append(entry: SignedEntry): Promise<void> {
    const { chain, kind, first, next, mappingVersion, appliedAt, records, body, signature } = entry;
    await this.#session
      .run(
        `WITH last AS (
           INSERT INTO ${this.#heads} AS h (route, topic, partition, sequence, hash) VALUES ($1, $2, $3, 1, sha256($11::bytea))
           ON CONFLICT (route, topic, partition)
           DO UPDATE SET sequence = h.sequence + 1, hash = sha256(h.hash || $11::bytea) RETURNING sequence, hash
         )
         INSERT INTO ${this.#entries} (route, topic, partition, sequence, kind, first_offset, next_offset,
           mapping_version, applied_at, records, body, digest, signature, hash)
         SELECT $1, $2, $3, last.sequence, $4, $5, $6, $7, $8, $9, $10, $11::bytea, $12, last.hash FROM last`,
        [
          ...[chain.route, chain.topic, chain.partition, kind, first.toString(), next.toString()],
          ...[mappingVersion, appliedAt, records, body, entry.digest, signature],
        ],
        'write the journal',
      )
      .catch(endWasAltered(chain));
  }

  async hasChain({ route, topic, partition }: Chain): Promise<boolean> {
    const rows = await this.#session.run(
      `SELECT 1 FROM ${this.#heads} WHERE route = $1 AND topic = $2 AND partition = $3`,
      [route, topic, partition],
      'look for a chain of the journal',
    );
    return rows.length > 0;
  }

  async heads(): Promise<readonly ChainHead[]> {
    const rows = await this.#session.run<HeadFields>(
      `SELECT route, topic, partition AS partition_number, sequence::text, hash FROM ${this.#heads} ORDER BY route, topic, partition`,
      [],
      'read the heads of the journal',
    );
    return rows.map(headOf);
  }
}
