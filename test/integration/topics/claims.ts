import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import type { Row } from '../../../schemas/contract/cell.ts';
import type { MessageShape } from '../../../schemas/contract/message.ts';
import type { Claim, SinkBatch } from '../../../schemas/contract/ports.ts';
import { binlogVersion, offsetOf } from '../../../schemas/contract/position.ts';
import type { Version } from '../../../schemas/contract/position.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';

/** Claims whose history is the same each time it is read: one change for each offset. */
export const claims: TableShape = {
  id: { namespace: 'ap', name: 'claim' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
    { name: 'amount', type: { kind: 'decimal', precision: 18, scale: 2 }, nullable: false },
    { name: 'title', type: { kind: 'text', maxLength: 200 }, nullable: true },
    { name: 'approved_at', type: { kind: 'instant', fraction: 6 }, nullable: true },
  ],
  key: ['id'],
};

export const claimShape: MessageShape = {
  table: claims,
  version: 'v1',
  about: 'A claim.',
  columns: { amount: '金额。Amount.' },
  nested: {},
};

/** Ids that pass 2^53. */
const FIRST_ID = 9_007_199_254_740_993n;
/** Every third change is one of a few rows that change again and again. */
const HOT_ROWS = 5;

export function versionAt(offset: number): Version {
  return binlogVersion(0, 1, BigInt(offset + 1), 1);
}

export function idAt(offset: number): bigint {
  return FIRST_ID + BigInt(offset % 3 === 0 ? offset % HOT_ROWS : HOT_ROWS + offset);
}

/** Null when the change is a delete. */
export function rowAt(offset: number): Row | null {
  if (offset % 7 === 3) return null;
  return {
    id: idAt(offset),
    amount: `${offset}.05`,
    title: offset % 2 === 0 ? null : `差旅 ${offset}`,
    approved_at: offset % 4 === 0 ? null : '2026-11-27T08:00:00.000001Z',
  };
}

/** The net changes of the offsets from `first` up to, not including, `next`. */
export function batchOf(claim: Claim, first: number, next: number): SinkBatch {
  const newest = new Map<bigint, number>();
  for (let offset = first; offset < next; offset += 1) newest.set(idAt(offset), offset);
  const upserts = [...newest].flatMap(([, offset]) => {
    const row = rowAt(offset);
    return row === null ? [] : [{ offset, row }];
  });
  const deletes = [...newest].filter(([, offset]) => rowAt(offset) === null);
  const columns = claims.columns.map(({ name }) => name);
  return {
    ...{ claim, first: offsetOf(first), next: offsetOf(next) },
    ...{ sourceVersion: versionAt(next - 1), sourceTime: 1_000 * next, recordTime: 1_000 * next },
    ...{ mappingVersion: 'claims@1', watermark: null, clears: [], occurrences: [], letters: [], freed: [] },
    upserts: [
      {
        ...{ table: claims, columns },
        rows: upserts.map(({ row }) => columns.map((name) => row[name] ?? null)),
        keys: upserts.map(({ row }) => rowKeyOf([row['id'] ?? null])),
        versions: upserts.map(({ offset }) => versionAt(offset)),
      },
    ],
    deletes: [
      {
        table: claims,
        keyCells: deletes.map(([id]) => [id]),
        keys: deletes.map(([id]) => rowKeyOf([id])),
        versions: deletes.map(([, offset]) => versionAt(offset)),
      },
    ],
  };
}
