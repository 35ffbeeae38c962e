import type {
  DeadLetter,
  FreedRow,
  LetterClosing,
  LetterFilter,
  LetterSummary,
  ParkedRow,
  StoredLetter,
} from '../../schemas/contract/dead-letter.ts';
import type { RawRecord } from '../../schemas/contract/ports.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Coordinates } from '../../schemas/contract/position.ts';
import { storedKeyOf } from '../../schemas/contract/stored-key.ts';
import type { LetterTable } from '../upsert/database.ts';
import { headersOf, headersText, letterOf } from '../upsert/letter-rows.ts';
import type { LetterFields } from '../upsert/letter-rows.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';

/** The records that were set aside, byte for byte, and what became of them. */
export const LETTER_TABLE = 'dead_letter';

export function letterDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(LETTER_TABLE)} (
    route text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    row_key text,
    source_version bytea,
    code text NOT NULL,
    stage text NOT NULL,
    reason text NOT NULL,
    mapping_version text NOT NULL,
    record_key bytea,
    record_value bytea,
    record_headers json NOT NULL,
    record_time bigint NOT NULL,
    status text NOT NULL DEFAULT 'open',
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    closed_by text,
    closed_reason text,
    PRIMARY KEY (route, topic, partition, record_offset)
  )`;
}

/** What is asked of every batch must not read the letters that are settled. */
export function letterIndexDefinition(namespace: string): string {
  return `CREATE INDEX IF NOT EXISTS ${quote(`${LETTER_TABLE}_open`)} ON ${quote(namespace)}.${quote(LETTER_TABLE)} (route)
    WHERE status = 'open'`;
}

const MILLISECONDS = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::text AS ${column}`;

const FIELDS = `topic, partition AS partition_number, record_offset::text, row_key, encode(source_version, 'hex') AS source_version,
  code, stage, reason, mapping_version, status, closed_by, closed_reason, ${MILLISECONDS('created_at')}, ${MILLISECONDS('closed_at')}`;

export class Letters implements LetterTable {
  readonly #session: Session;
  readonly #table: string;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    this.#table = `${quote(namespace)}.${quote(LETTER_TABLE)}`;
  }

  async insert(letters: readonly DeadLetter[]): Promise<void> {
    for (const { route, record, key, version, error, stage, mappingVersion } of letters) {
      await this.#session.run(
        `INSERT INTO ${this.#table} (route, topic, partition, record_offset, row_key, code, stage, reason,
           mapping_version, record_key, record_value, record_headers, record_time, source_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, decode($14, 'hex')) ON CONFLICT DO NOTHING`,
        [
          ...[route, record.topic, record.partition, record.offset.toString()],
          ...[key === null ? null : storedKeyOf(key), error.code, stage, error.message, mappingVersion],
          ...[record.key, record.value, headersText(record.headers), record.timestamp, version],
        ],
        'keep a dead letter',
      );
    }
  }

  async parkedRows(route: string): Promise<readonly ParkedRow[]> {
    return this.#session.run<ParkedRow>(
      `SELECT topic, row_key AS key, bool_and(code IN ('MISSING_BASE_ROW', 'PARKED')) AS "awaitsWhole" FROM ${this.#table}
       WHERE route = $1 AND status = 'open' AND row_key IS NOT NULL GROUP BY topic, row_key`,
      [route],
      'read the parked rows',
    );
  }

  async list(route: string, filter: LetterFilter): Promise<readonly StoredLetter[]> {
    const rows = await this.#session.run<LetterFields>(
      `SELECT ${FIELDS} FROM ${this.#table} AS letter
       WHERE route = $1 AND status = COALESCE($2, status) AND topic = COALESCE($3, topic)
         AND partition = COALESCE($4, partition) AND record_offset = COALESCE($5, record_offset)
         AND code = COALESCE($6, code) AND ($7::text IS NULL OR row_key = $7)
       ORDER BY letter.topic, letter.partition, letter.record_offset LIMIT $8`,
      [
        ...[route, filter.status ?? null, filter.topic ?? null, filter.partition ?? null],
        ...[filter.offset?.toString() ?? null, filter.code ?? null, filter.key ?? null, filter.limit ?? null],
      ],
      'list the dead letters',
    );
    return rows.map((row) => letterOf(route, row));
  }

  async record(route: string, { topic, partition, offset }: Coordinates): Promise<RawRecord | null> {
    const [row] = await this.#session.run<{
      record_key: Buffer | null;
      record_value: Buffer | null;
      record_headers: unknown;
      record_time: string;
    }>(
      `SELECT record_key, record_value, record_headers, record_time::text FROM ${this.#table}
       WHERE route = $1 AND topic = $2 AND partition = $3 AND record_offset = $4`,
      [route, topic, partition, offset.toString()],
      'read a dead letter',
    );
    if (row === undefined) return null;
    return {
      topic,
      partition,
      offset: offsetOf(offset),
      key: row.record_key,
      value: row.record_value,
      headers: headersOf(row.record_headers),
      timestamp: Number(row.record_time),
    };
  }

  async summary(route: string): Promise<LetterSummary> {
    const rows = await this.#session.run<{ code: string; open: string; oldest: string }>(
      `SELECT code, count(*)::text AS open, round(extract(epoch FROM min(created_at)) * 1000)::text AS oldest
       FROM ${this.#table} WHERE route = $1 AND status = 'open' GROUP BY code`,
      [route],
      'count the dead letters',
    );
    return {
      open: new Map(rows.map(({ code, open }) => [code, Number(open)])),
      oldest: rows.length === 0 ? null : Math.min(...rows.map(({ oldest }) => Number(oldest))),
    };
  }

  async close(letter: StoredLetter, { status, by, reason }: LetterClosing): Promise<boolean> {
    const rows = await this.#session.run(
      `UPDATE ${this.#table} SET status = $5, closed_at = now(), closed_by = $6, closed_reason = $7
       WHERE route = $1 AND topic = $2 AND partition = $3 AND record_offset = $4 AND status = 'open' RETURNING 1`,
      [letter.route, letter.topic, letter.partition, letter.offset.toString(), status, by, reason],
      'close a dead letter',
    );
    return rows.length === 1;
  }

  async supersede(route: string, rows: readonly FreedRow[]): Promise<void> {
    for (const { topic, key, version } of rows)
      await this.#session.run(
        `UPDATE ${this.#table} SET status = 'superseded', closed_at = now(), closed_by = 'counterfoil'
         WHERE route = $1 AND topic = $2 AND row_key = $3 AND status = 'open' AND source_version <= decode($4, 'hex')`,
        [route, topic, storedKeyOf(key), version],
        'close superseded dead letters',
      );
  }

  async prune(route: string, closedBefore: number): Promise<number> {
    const rows = await this.#session.run(
      `DELETE FROM ${this.#table}
       WHERE route = $1 AND status <> 'open' AND closed_at < to_timestamp($2 / 1000.0) RETURNING 1`,
      [route, closedBefore],
      'remove settled dead letters',
    );
    return rows.length;
  }
}
