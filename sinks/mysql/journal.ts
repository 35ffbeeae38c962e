import { escape } from 'mysql2';
import { JOURNAL_HEAD_TABLE, JOURNAL_SHAPE_TABLE, JOURNAL_TABLE } from '../../schemas/journal/entry.ts';
import type { ChainHead } from '../../schemas/contract/chain.ts';
import type { SignedEntry } from '../../schemas/journal/entry.ts';
import type { JournalTable, StoredShape } from '../upsert/database.ts';
import { endWasAltered, headOf } from '../upsert/journal-entries.ts';
import type { HeadFields } from '../upsert/journal-entries.ts';
import type { Session } from './connection.ts';
import { OWN_TABLE } from './define.ts';
import { quote } from './identifiers.ts';

export function journalDefinitions(namespace: string): readonly string[] {
  return [journalDefinition, journalHeadDefinition, journalShapeDefinition].map((define) =>
    define(namespace),
  );
}

function journalDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(JOURNAL_TABLE)} (
    route varchar(200) NOT NULL,
    topic varchar(249) NOT NULL,
    \`partition\` int NOT NULL,
    sequence bigint NOT NULL,
    kind varchar(20) NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    mapping_version varchar(200) NOT NULL,
    applied_at bigint NOT NULL,
    records int NOT NULL,
    body longblob NOT NULL,
    digest binary(32) NOT NULL,
    signature binary(64) NOT NULL,
    hash binary(32) NOT NULL,
    PRIMARY KEY (route, topic, \`partition\`, sequence)
  ) ${OWN_TABLE}`;
}

function journalHeadDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(JOURNAL_HEAD_TABLE)} (
    route varchar(200) NOT NULL,
    topic varchar(249) NOT NULL,
    \`partition\` int NOT NULL,
    sequence bigint NOT NULL,
    hash binary(32) NOT NULL,
    PRIMARY KEY (route, topic, \`partition\`)
  ) ${OWN_TABLE}`;
}

function journalShapeDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(JOURNAL_SHAPE_TABLE)} (
    id varchar(32) NOT NULL PRIMARY KEY,
    definition longtext NOT NULL
  ) ${OWN_TABLE}`;
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
    const ordered = [...shapes].sort((a, b) => (a.id < b.id ? -1 : 1));
    const values = ordered.map(({ id, text }) => `(${escape(id)}, ${escape(text)})`).join(', ');
    await this.#session.run(
      `INSERT IGNORE INTO ${this.#shapes} (id, definition) VALUES ${values}`,
      'define shapes of the journal',
    );
  }

  async append(entry: SignedEntry): Promise<void> {
    const { chain, kind, first, next, mappingVersion, appliedAt, records, body, signature } = entry;
    const digest = hexLiteral(entry.digest);
    const doing = 'write the journal';
    await this.#session.run(
      `INSERT INTO ${this.#heads} (route, topic, \`partition\`, sequence, hash)
       VALUES (${escape(chain.route)}, ${escape(chain.topic)}, ${chain.partition}, 1, UNHEX(SHA2(${digest}, 256)))
       ON DUPLICATE KEY UPDATE sequence = sequence + 1, hash = UNHEX(SHA2(CONCAT(hash, ${digest}), 256))`,
      doing,
    );
    await this.#session
      .run(
        `INSERT INTO ${this.#entries} (route, topic, \`partition\`, sequence, kind, first_offset, next_offset,
           mapping_version, applied_at, records, body, digest, signature, hash)
         SELECT route, topic, \`partition\`, sequence, ${escape(kind)}, ${first.toString()}, ${next.toString()},
           ${escape(mappingVersion)}, ${appliedAt}, ${records}, ${hexLiteral(body)}, ${digest}, ${hexLiteral(signature)}, hash
         FROM ${this.#heads} WHERE route = ${escape(chain.route)} AND topic = ${escape(chain.topic)}
           AND \`partition\` = ${chain.partition}`,
        doing,
      )
      .catch(endWasAltered(chain));
  }

  async heads(): Promise<readonly ChainHead[]> {
    const rows = await this.#session.rows<HeadFields>(
      `SELECT route, topic, \`partition\` AS partition_number, sequence, hash FROM ${this.#heads} ORDER BY 1, 2, 3`,
      'read the heads of the journal',
    );
    return rows.map(headOf);
  }
}

function hexLiteral(bytes: Buffer): string {
  return `X'${bytes.toString('hex')}'`;
}
