import { escape } from 'mysql2';
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
import { storedKeyOf, STORED_KEY_LENGTH } from '../../schemas/contract/stored-key.ts';
import type { LetterTable } from '../upsert/database.ts';
import { headersOf, headersText, letterOf } from '../upsert/letter-rows.ts';
import type { LetterFields } from '../upsert/letter-rows.ts';
import type { Session } from './connection.ts';
import { OWN_TABLE } from './define.ts';
import { quote } from './identifiers.ts';

/** The records that were set aside, byte for byte, and what became of them. */
export const LETTER_TABLE = 'dead_letter';

export function letterDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(LETTER_TABLE)} (
    route varchar(200) NOT NULL,
    topic varchar(249) NOT NULL,
    \`partition\` int NOT NULL,
    record_offset bigint NOT NULL,
    row_key varchar(${STORED_KEY_LENGTH}) NULL,
    source_version binary(16) NULL,
    code varchar(64) NOT NULL,
    stage varchar(64) NOT NULL,
    reason text NOT NULL,
    mapping_version text NOT NULL,
    record_key longblob NULL,
    record_value longblob NULL,
    record_headers longtext NOT NULL,
    record_time bigint NOT NULL,
    status varchar(16) NOT NULL DEFAULT 'open',
    created_at datetime(3) NOT NULL,
    closed_at datetime(3) NULL,
    closed_by text NULL,
    closed_reason text NULL,
    PRIMARY KEY (route, topic, \`partition\`, record_offset),
    KEY dead_letter_status (route, status)
  ) ${OWN_TABLE}`;
}

const MILLISECONDS = (column: string) =>
  `CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000 AS CHAR) AS ${column}`;

const FIELDS = `topic, \`partition\` AS partition_number, record_offset, row_key,
  LOWER(HEX(source_version)) AS source_version, code, stage, reason, mapping_version, status, closed_by, closed_reason, ${MILLISECONDS('created_at')}, ${MILLISECONDS('closed_at')}`;

export class Letters implements LetterTable {
  readonly #session: Session;
  readonly #table: string;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    this.#table = `${quote(namespace)}.${quote(LETTER_TABLE)}`;
  }

  async insert(letters: readonly DeadLetter[]): Promise<void> {
    for (const { route, record, key, version, error, stage, mappingVersion } of letters) {
      const values = [
        ...[escape(route), escape(record.topic), record.partition, record.offset.toString()],
        ...[escape(key === null ? null : storedKeyOf(key)), escape(error.code), escape(stage)],
        ...[escape(error.message), escape(mappingVersion), bytes(record.key), bytes(record.value)],
        ...[escape(headersText(record.headers)), record.timestamp],
        ...[version === null ? 'NULL' : `X'${version}'`, 'UTC_TIMESTAMP(3)'],
      ];
      await this.#session.run(
        `INSERT INTO ${this.#table} (route, topic, \`partition\`, record_offset, row_key, code, stage, reason,
           mapping_version, record_key, record_value, record_headers, record_time, source_version, created_at)
         VALUES (${values.join(', ')}) ON DUPLICATE KEY UPDATE route = route`,
        'keep a dead letter',
      );
    }
  }

  async parkedRows(route: string): Promise<readonly ParkedRow[]> {
    const rows = await this.#session.rows<{ topic: string; row_key: string; others: string }>(
      `SELECT topic, row_key, SUM(code NOT IN ('MISSING_BASE_ROW', 'PARKED')) AS others FROM ${this.#table}
       WHERE route = ${escape(route)} AND status = 'open' AND row_key IS NOT NULL GROUP BY topic, row_key`,
      'read the parked rows',
    );
    return rows.map(({ topic, row_key, others }) => ({
      topic,
      key: row_key,
      awaitsWhole: Number(others) === 0,
    }));
  }

  async list(route: string, filter: LetterFilter): Promise<readonly StoredLetter[]> {
    const wanted = Object.entries({
      route,
      status: filter.status,
      topic: filter.topic,
      partition: filter.partition,
      record_offset: filter.offset?.toString(),
      code: filter.code,
      row_key: filter.key,
    }).filter(([, value]) => value !== undefined);
    const rows = await this.#session.rows<LetterFields>(
      `SELECT ${FIELDS} FROM ${this.#table} AS letter
       WHERE ${wanted.map(([name, value]) => `${quote(name)} = ${escape(value)}`).join(' AND ')}
       ORDER BY letter.topic, letter.\`partition\`, letter.record_offset${filter.limit === undefined ? '' : ` LIMIT ${filter.limit}`}`,
      'list the dead letters',
    );
    return rows.map((row) => letterOf(route, row));
  }

  async record(route: string, at: Coordinates): Promise<RawRecord | null> {
    const [row] = await this.#session.rows<{
      record_key: Buffer | null;
      record_value: Buffer | null;
      record_headers: string;
      record_time: string;
    }>(
      `SELECT record_key, record_value, record_headers, record_time FROM ${this.#table} WHERE ${isLetter(route, at)}`,
      'read a dead letter',
    );
    if (row === undefined) return null;
    return {
      topic: at.topic,
      partition: at.partition,
      offset: offsetOf(at.offset),
      key: row.record_key,
      value: row.record_value,
      headers: headersOf(row.record_headers),
      timestamp: Number(row.record_time),
    };
  }

  async summary(route: string): Promise<LetterSummary> {
    const rows = await this.#session.rows<{ code: string; open: string; oldest: string }>(
      `SELECT code, COUNT(*) AS open, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', MIN(created_at)) DIV 1000 AS oldest
       FROM ${this.#table} WHERE route = ${escape(route)} AND status = 'open' GROUP BY code`,
      'count the dead letters',
    );
    return {
      open: new Map(rows.map(({ code, open }) => [code, Number(open)])),
      oldest: rows.length === 0 ? null : Math.min(...rows.map(({ oldest }) => Number(oldest))),
    };
  }

  async close(letter: StoredLetter, { status, by, reason }: LetterClosing): Promise<boolean> {
    const affected = await this.#session.run(
      `UPDATE ${this.#table} SET status = ${escape(status)}, closed_at = UTC_TIMESTAMP(3),
         closed_by = ${escape(by)}, closed_reason = ${escape(reason)}
       WHERE ${isLetter(letter.route, letter)} AND status = 'open'`,
      'close a dead letter',
    );
    return affected === 1;
  }

  async supersede(route: string, rows: readonly FreedRow[]): Promise<void> {
    for (const { topic, key, version } of rows)
      await this.#session.run(
        `UPDATE ${this.#table} SET status = 'superseded', closed_at = UTC_TIMESTAMP(3), closed_by = 'counterfoil'
         WHERE route = ${escape(route)} AND topic = ${escape(topic)} AND row_key = ${escape(storedKeyOf(key))}
           AND status = 'open' AND source_version <= X'${version}'`,
        'close superseded dead letters',
      );
  }

  async prune(route: string, closedBefore: number): Promise<number> {
    return this.#session.run(
      `DELETE FROM ${this.#table} WHERE route = ${escape(route)} AND status <> 'open'
         AND closed_at < '1970-01-01' + INTERVAL ${closedBefore} * 1000 MICROSECOND`,
      'remove settled dead letters',
    );
  }
}

function isLetter(route: string, { topic, partition, offset }: Coordinates): string {
  return `route = ${escape(route)} AND topic = ${escape(topic)} AND \`partition\` = ${partition}
    AND record_offset = ${offset.toString()}`;
}

function bytes(value: Buffer | null): string {
  return value === null ? 'NULL' : `X'${value.toString('hex')}'`;
}
