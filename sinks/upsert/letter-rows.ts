import type { LetterStatus, StoredLetter } from '../../schemas/contract/dead-letter.ts';
import type { ErrorCode } from '../../schemas/contract/errors.ts';
import { offsetOf, versionOf } from '../../schemas/contract/position.ts';
import type { Stage } from '../../schemas/contract/telemetry.ts';

/** A row of the table of dead letters, without the record. Times are milliseconds since the epoch, as text. */
export interface LetterFields {
  readonly topic: string;
  readonly partition_number: number;
  readonly record_offset: string;
  readonly row_key: string | null;
  /** 32 hex digits. */
  readonly source_version: string | null;
  readonly code: string;
  readonly stage: string;
  readonly reason: string;
  readonly mapping_version: string;
  readonly status: string;
  readonly created_at: string;
  readonly closed_at: string | null;
  readonly closed_by: string | null;
  readonly closed_reason: string | null;
}

export function letterOf(route: string, row: LetterFields): StoredLetter {
  return {
    route,
    topic: row.topic,
    partition: row.partition_number,
    offset: offsetOf(row.record_offset),
    key: row.row_key,
    version: row.source_version === null ? null : versionOf(row.source_version),
    // The product alone writes this table.
    code: row.code as ErrorCode,
    stage: row.stage as Stage,
    reason: row.reason,
    mappingVersion: row.mapping_version,
    status: row.status as LetterStatus,
    createdAt: Number(row.created_at),
    closedAt: row.closed_at === null ? null : Number(row.closed_at),
    closedBy: row.closed_by,
    closedReason: row.closed_reason,
  };
}

/** Header values are bytes: a JSON object of base64 text. */
export function headersText(headers: Readonly<Record<string, Buffer>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.toString('base64')])),
  );
}

/** Reads what {@link headersText} wrote; some drivers have parsed the JSON already. */
export function headersOf(stored: unknown): Record<string, Buffer> {
  const parsed = (typeof stored === 'string' ? JSON.parse(stored) : stored) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
  );
}
