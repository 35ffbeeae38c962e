import { escape } from 'mysql2';
import type { Claim, StoredPosition } from '../../schemas/contract/ports.ts';
import { epochOf, offsetOf, versionOf } from '../../schemas/contract/position.ts';
import type { Offset, TopicPartition } from '../../schemas/contract/position.ts';
import { watermarkOf, watermarkText } from '../../schemas/contract/watermark.ts';
import type { Chain } from '../../schemas/contract/chain.ts';
import type { JournaledMove, PositionRow, UnjournaledRange } from '../upsert/database.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';
import { define, OWN_TABLE } from './define.ts';
import { ignoreExistingColumn } from './tables.ts';

/** How far each route has come in each partition, and which of its owners may write. */
export const POSITION_TABLE = 'position';

/**
 * `next_offset` is null until something of the partition was applied, `journaled_offset` until the journal tells of it: it stays
 * behind while none is kept. Times are UTC.
 */
export function positionDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(POSITION_TABLE)} (
    route varchar(200) NOT NULL,
    topic varchar(249) NOT NULL,
    \`partition\` int NOT NULL,
    epoch bigint NOT NULL,
    next_offset bigint NULL,
    source_version binary(16) NULL,
    source_time datetime(3) NULL,
    record_time bigint NULL,
    watermark varchar(100) NULL,
    accounted bigint NULL,
    journaled_offset bigint NULL,
    updated_at datetime(6) NOT NULL,
    PRIMARY KEY (route, topic, \`partition\`)
  ) ${OWN_TABLE}`;
}

/** A column that came last: tables made by earlier versions lack it, and perhaps those before. */
export const NEWEST_COLUMN = 'journaled_offset';

export async function extendPositions(session: Session, namespace: string): Promise<void> {
  const table = `${quote(namespace)}.${quote(POSITION_TABLE)}`;
  for (const column of [
    'record_time bigint NULL',
    'watermark varchar(100) NULL',
    'accounted bigint NULL',
    'journaled_offset bigint NULL',
  ])
    await define(session, `ALTER TABLE ${table} ADD COLUMN ${column}`, 'extend the table of positions').catch(
      ignoreExistingColumn,
    );
}

interface PositionFields {
  readonly topic: string;
  readonly partition_number: number;
  readonly epoch: string;
  readonly next_offset: string | null;
  readonly source_version: string | null;
  readonly source_time: string | null;
  readonly record_time: string | null;
  readonly watermark: string | null;
  readonly accounted: string | null;
}

export class Positions {
  readonly #table: string;

  constructor(namespace: string) {
    this.#table = `${quote(namespace)}.${quote(POSITION_TABLE)}`;
  }

  async move(
    session: Session,
    { claim, first, next, sourceVersion, sourceTime, recordTime, watermark, journaled }: JournaledMove,
  ): Promise<boolean> {
    const version = sourceVersion === null ? '' : `, source_version = X'${sourceVersion}'`;
    const time = sourceTime === null ? '' : `, source_time = ${escape(utcText(sourceTime))}`;
    const record =
      recordTime === null ? '' : `, record_time = GREATEST(COALESCE(record_time, 0), ${recordTime})`;
    const mark = watermark === null ? '' : `, watermark = ${escape(watermarkText(watermark))}`;
    const told = journaled ? `, journaled_offset = ${next.toString()}` : '';
    const affected = await session.run(
      `UPDATE ${this.#table} SET accounted = GREATEST(COALESCE(accounted, next_offset, 0), ${next.toString()}), next_offset = ${next.toString()}, updated_at = UTC_TIMESTAMP(6)${version}${time}${record}${mark}${told}
       WHERE ${isRow(claim)} AND epoch = ${claim.epoch.toString()}
         AND (next_offset IS NULL OR next_offset <= ${first.toString()})`,
      'move the position',
    );
    return affected === 1;
  }

  async read(session: Session, chain: Chain): Promise<PositionRow | null> {
    const [row] = await session.rows<Pick<PositionFields, 'epoch' | 'next_offset'>>(
      `SELECT epoch, next_offset FROM ${this.#table} WHERE ${isRow(chain)} FOR UPDATE`,
      'read the position',
    );
    return row === undefined ? null : { epoch: epochOf(row.epoch), next: nextOf(row.next_offset) };
  }

  async raiseEpochs(
    session: Session,
    route: string,
    partitions: readonly TopicPartition[],
  ): Promise<Claim[]> {
    if (partitions.length === 0) return [];
    const doing = 'claim the partitions';
    const rows = partitions.map(
      ({ topic, partition }) => `(${escape(route)}, ${escape(topic)}, ${partition}, 1, UTC_TIMESTAMP(6))`,
    );
    await session.run(
      `INSERT INTO ${this.#table} (route, topic, \`partition\`, epoch, updated_at) VALUES ${rows.join(', ')}
       ON DUPLICATE KEY UPDATE epoch = epoch + 1, updated_at = UTC_TIMESTAMP(6)`,
      doing,
    );
    const wanted = partitions.map(({ topic, partition }) => `(${escape(topic)}, ${partition})`);
    const found = await session.rows<PositionFields>(
      `SELECT topic, \`partition\` AS partition_number, epoch, next_offset, record_time FROM ${this.#table}
       WHERE route = ${escape(route)} AND (topic, \`partition\`) IN (${wanted.join(', ')})
       ORDER BY topic, \`partition\` FOR UPDATE`,
      doing,
    );
    return found.map((row) => ({
      route,
      topic: row.topic,
      partition: row.partition_number,
      epoch: epochOf(row.epoch),
      next: nextOf(row.next_offset),
      recordTime: row.record_time === null ? null : Number(row.record_time),
    }));
  }

  async set(session: Session, claim: Claim, next: Offset): Promise<void> {
    await session.run(
      `UPDATE ${this.#table} SET next_offset = ${next.toString()}, source_version = NULL, updated_at = UTC_TIMESTAMP(6),
         journaled_offset = CASE WHEN journaled_offset > ${next.toString()} THEN ${next.toString()} ELSE journaled_offset END
       WHERE ${isRow(claim)}`,
      'set the position back',
    );
  }

  async exist(session: Session): Promise<boolean> {
    const rows = await session.rows(
      `SELECT 1 FROM ${this.#table} WHERE next_offset IS NOT NULL LIMIT 1`,
      'look for positions',
    );
    return rows.length > 0;
  }

  async unjournaled(session: Session, route: string): Promise<UnjournaledRange[]> {
    const rows = await session.rows<
      Readonly<Record<'topic' | 'first' | 'next', string>> & { partition_number: number }
    >(
      `SELECT topic, \`partition\` AS partition_number, COALESCE(journaled_offset, 0) AS first, next_offset AS next
       FROM ${this.#table} WHERE route = ${escape(route)} AND next_offset > COALESCE(journaled_offset, 0)
       ORDER BY topic, \`partition\``,
      'look for what is in no journal',
    );
    return rows.map(({ topic, partition_number: partition, first, next }) => ({
      ...{ topic, partition, first: offsetOf(first), next: offsetOf(next) },
    }));
  }

  async takeAsJournaled(session: Session, claim: Claim): Promise<void> {
    await session.run(
      `UPDATE ${this.#table} SET journaled_offset = next_offset WHERE ${isRow(claim)}`,
      'begin the journal of a partition',
    );
  }

  async list(session: Session, route: string): Promise<StoredPosition[]> {
    const rows = await session.rows<PositionFields>(
      `SELECT topic, \`partition\` AS partition_number, epoch, next_offset,
         LOWER(HEX(source_version)) AS source_version, source_time, watermark, accounted
       FROM ${this.#table} WHERE route = ${escape(route)} AND next_offset IS NOT NULL
       ORDER BY topic, \`partition\``,
      'read the positions',
    );
    return rows.map((row) => ({
      route,
      topic: row.topic,
      partition: row.partition_number,
      epoch: epochOf(row.epoch),
      next: offsetOf(row.next_offset ?? 0),
      sourceVersion: row.source_version === null ? null : versionOf(row.source_version),
      sourceTime: row.source_time === null ? null : Date.parse(`${row.source_time.replace(' ', 'T')}Z`),
      watermark: row.watermark === null ? null : watermarkOf(row.watermark),
      // Before it was kept, the position was where accounts would have come to.
      accounted: offsetOf(row.accounted ?? row.next_offset ?? 0),
    }));
  }
}

function isRow({ route, topic, partition }: Chain): string {
  return `route = ${escape(route)} AND topic = ${escape(topic)} AND \`partition\` = ${partition}`;
}

function nextOf(value: string | null): Offset | null {
  return value === null ? null : offsetOf(value);
}

function utcText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}
