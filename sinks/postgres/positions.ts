import type { Claim, StoredPosition } from '../../schemas/contract/ports.ts';
import { epochOf, offsetOf, versionOf } from '../../schemas/contract/position.ts';
import type { Offset, TopicPartition } from '../../schemas/contract/position.ts';
import { watermarkOf, watermarkText } from '../../schemas/contract/watermark.ts';
import type { Chain } from '../../schemas/contract/chain.ts';
import type { JournaledMove, PositionRow, UnjournaledRange } from '../upsert/database.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';

/** How far each route has come in each partition, and which of its owners may write. */
export const POSITION_TABLE = 'position';

/**
 * `next_offset` is null until something of the partition was applied, `journaled_offset` until the journal tells of it: it stays
 * behind while none is kept.
 */
export function positionDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(POSITION_TABLE)} (
    route text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    epoch bigint NOT NULL,
    next_offset bigint,
    source_version bytea,
    source_time timestamptz(3),
    record_time bigint,
    watermark text,
    accounted bigint,
    journaled_offset bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (route, topic, partition)
  )`;
}

/** A column that came last: tables made by earlier versions lack it, and perhaps those before. */
export const NEWEST_COLUMN = 'journaled_offset';

export function extensionDefinition(namespace: string): string {
  return `ALTER TABLE ${quote(namespace)}.${quote(POSITION_TABLE)}
    ADD COLUMN IF NOT EXISTS record_time bigint, ADD COLUMN IF NOT EXISTS watermark text,
    ADD COLUMN IF NOT EXISTS accounted bigint,
    ADD COLUMN IF NOT EXISTS journaled_offset bigint`;
}

interface PositionFields {
  readonly topic: string;
  readonly partition: number;
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
    const rows = await session.run(
      `UPDATE ${this.#table} SET next_offset = $6, accounted = greatest(accounted, next_offset, $6), updated_at = now(),
         source_version = COALESCE(decode($7, 'hex'), source_version),
         source_time = COALESCE($8::timestamptz, source_time),
         record_time = COALESCE(greatest(record_time, $9), $9, record_time),
         watermark = COALESCE($10, watermark),
         journaled_offset = CASE WHEN $11::boolean THEN $6 ELSE journaled_offset END
       WHERE route = $1 AND topic = $2 AND partition = $3 AND epoch = $4
         AND (next_offset IS NULL OR next_offset <= $5)
       RETURNING 1`,
      [
        claim.route,
        claim.topic,
        claim.partition,
        claim.epoch.toString(),
        first.toString(),
        next.toString(),
        sourceVersion,
        sourceTime === null ? null : new Date(sourceTime).toISOString(),
        recordTime,
        watermark === null ? null : watermarkText(watermark),
        journaled,
      ],
      'move the position',
    );
    return rows.length === 1;
  }

  async read(session: Session, { route, topic, partition }: Chain): Promise<PositionRow | null> {
    const [row] = await session.run<Pick<PositionFields, 'epoch' | 'next_offset'>>(
      `SELECT epoch::text, next_offset::text FROM ${this.#table}
       WHERE route = $1 AND topic = $2 AND partition = $3 FOR UPDATE`,
      [route, topic, partition],
      'read the position',
    );
    return row === undefined ? null : { epoch: epochOf(row.epoch), next: nextOf(row.next_offset) };
  }

  async raiseEpochs(
    session: Session,
    route: string,
    partitions: readonly TopicPartition[],
  ): Promise<Claim[]> {
    const rows = await session.run<PositionFields>(
      `INSERT INTO ${this.#table} AS p (route, topic, partition, epoch)
       SELECT $1, s.topic, s.partition, 1 FROM unnest($2::text[], $3::integer[]) AS s(topic, partition)
       ON CONFLICT (route, topic, partition) DO UPDATE SET epoch = p.epoch + 1, updated_at = now()
       RETURNING topic, partition, epoch::text, next_offset::text, record_time::text`,
      [route, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
      'claim the partitions',
    );
    return rows.map((row) => ({
      route,
      topic: row.topic,
      partition: row.partition,
      epoch: epochOf(row.epoch),
      next: nextOf(row.next_offset),
      recordTime: row.record_time === null ? null : Number(row.record_time),
    }));
  }

  async set(session: Session, { route, topic, partition }: Claim, next: Offset): Promise<void> {
    await session.run(
      `UPDATE ${this.#table} SET next_offset = $4, source_version = NULL, updated_at = now(),
         journaled_offset = CASE WHEN journaled_offset > $4 THEN $4 ELSE journaled_offset END
       WHERE route = $1 AND topic = $2 AND partition = $3`,
      [route, topic, partition, next.toString()],
      'set the position back',
    );
  }

  async exist(session: Session): Promise<boolean> {
    const rows = await session.run(
      `SELECT 1 FROM ${this.#table} WHERE next_offset IS NOT NULL LIMIT 1`,
      [],
      'look for positions',
    );
    return rows.length > 0;
  }

  async unjournaled(session: Session, route: string): Promise<UnjournaledRange[]> {
    const rows = await session.run<
      Readonly<Record<'topic' | 'first' | 'next', string>> & { partition: number }
    >(
      `SELECT topic, partition, COALESCE(journaled_offset, 0)::text AS first, next_offset::text AS next FROM ${this.#table}
       WHERE route = $1 AND next_offset > COALESCE(journaled_offset, 0) ORDER BY topic, partition`,
      [route],
      'look for what is in no journal',
    );
    return rows.map(({ topic, partition, first, next }) => ({
      ...{ topic, partition, first: offsetOf(first), next: offsetOf(next) },
    }));
  }

  async takeAsJournaled(session: Session, { route, topic, partition }: Claim): Promise<void> {
    await session.run(
      `UPDATE ${this.#table} SET journaled_offset = next_offset WHERE route = $1 AND topic = $2 AND partition = $3`,
      [route, topic, partition],
      'begin the journal of a partition',
    );
  }

  async list(session: Session, route: string): Promise<StoredPosition[]> {
    const rows = await session.run<PositionFields>(
      `SELECT topic, partition, epoch::text, next_offset::text, encode(source_version, 'hex') AS source_version,
         round(extract(epoch FROM source_time) * 1000)::text AS source_time, watermark,
         accounted::text
       FROM ${this.#table} WHERE route = $1 AND next_offset IS NOT NULL ORDER BY topic, partition`,
      [route],
      'read the positions',
    );
    return rows.map((row) => ({
      route,
      topic: row.topic,
      partition: row.partition,
      epoch: epochOf(row.epoch),
      next: offsetOf(row.next_offset ?? 0),
      sourceVersion: row.source_version === null ? null : versionOf(row.source_version),
      sourceTime: row.source_time === null ? null : Number(row.source_time),
      watermark: row.watermark === null ? null : watermarkOf(row.watermark),
      // Before it was kept, the position was where accounts would have come to.
      accounted: offsetOf(row.accounted ?? row.next_offset ?? 0),
    }));
  }
}

function nextOf(value: string | null): Offset | null {
  return value === null ? null : offsetOf(value);
}
