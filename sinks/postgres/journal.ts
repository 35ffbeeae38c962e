import { JOURNAL_SHAPE_TABLE, JOURNAL_TABLE } from '../../schemas/journal/entry.ts';
import type { ChainHead } from '../../schemas/contract/chain.ts';
import type { SignedEntry } from '../../schemas/journal/entry.ts';
import type { JournalTable, StoredShape } from '../upsert/database.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';
import { POSITION_TABLE } from './positions.ts';

export function journalDefinition(namespace: string): string {
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
export function journalStorage(namespace: string): string {
  return `ALTER TABLE ${quote(namespace)}.${quote(JOURNAL_TABLE)} ALTER COLUMN body SET STORAGE EXTERNAL`;
}

export function journalShapeDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(JOURNAL_SHAPE_TABLE)} (
    id text PRIMARY KEY,
    definition text NOT NULL
  )`;
}

interface HeadFields {
  readonly route: string;
  readonly topic: string;
  readonly partition_number: number;
  readonly sequence: string;
  readonly hash: Buffer;
}

export class JournalEntries implements JournalTable {
  readonly #session: Session;
  readonly #entries: string;
  readonly #shapes: string;
  readonly #positions: string;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    this.#entries = `${quote(namespace)}.${quote(JOURNAL_TABLE)}`;
    this.#shapes = `${quote(namespace)}.${quote(JOURNAL_SHAPE_TABLE)}`;
    this.#positions = `${quote(namespace)}.${quote(POSITION_TABLE)}`;
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
    await this.#session.run(
      `INSERT INTO ${this.#entries} (route, topic, partition, sequence, kind, first_offset, next_offset,
         mapping_version, applied_at, records, body, digest, signature, hash)
       SELECT $1, $2, $3, COALESCE(last.sequence, 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11::bytea, $12,
         sha256(COALESCE(last.hash, '') || $11::bytea)
       FROM (VALUES (1)) AS one LEFT JOIN (
         SELECT sequence, hash FROM ${this.#entries}
         WHERE route = $1 AND topic = $2 AND partition = $3 ORDER BY sequence DESC LIMIT 1
       ) AS last ON true`,
      [
        ...[chain.route, chain.topic, chain.partition, kind, first.toString(), next.toString()],
        ...[mappingVersion, appliedAt, records, body, entry.digest, signature],
      ],
      'write the journal',
    );
  }

  async heads(): Promise<readonly ChainHead[]> {
    const rows = await this.#session.run<HeadFields>(
      `SELECT h.route, h.topic, h.partition AS partition_number, h.sequence::text, e.hash FROM (
         SELECT p.route, p.topic, p.partition, (
           SELECT max(e.sequence) FROM ${this.#entries} AS e
           WHERE e.route = p.route AND e.topic = p.topic AND e.partition = p.partition
         ) AS sequence
         FROM ${this.#positions} AS p
       ) AS h
       JOIN ${this.#entries} AS e
         ON e.route = h.route AND e.topic = h.topic AND e.partition = h.partition AND e.sequence = h.sequence`,
      [],
      'read the heads of the journal',
    );
    return rows.map(({ route, topic, partition_number, sequence, hash }) => ({
      chain: { route, topic, partition: partition_number },
      ...{ sequence: BigInt(sequence), hash },
    }));
  }
}
