import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { MessageShape } from '../../../../schemas/contract/message.ts';
import type { Claim, DeleteGroup, SinkBatch, UpsertGroup } from '../../../../schemas/contract/ports.ts';
import { binlogVersion, epochOf, offsetOf } from '../../../../schemas/contract/position.ts';
import type { Version } from '../../../../schemas/contract/position.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';

/** Claims with a remark that may be large. */
export const table: TableShape = {
  id: { namespace: 'ap', name: 'claim' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
    { name: 'state', type: { kind: 'text' }, nullable: false },
    { name: 'remark', type: { kind: 'text' }, nullable: true },
  ],
  key: ['id'],
};

export const shapeOf = (shape: TableShape): MessageShape => ({
  table: shape,
  version: 'v1',
  about: 'A claim.',
  columns: {},
  nested: {},
});

/** The nth change of the log; each is a transaction of its own. */
export function change(place: number): Version {
  return binlogVersion(0, 1, BigInt(place), 1);
}

export function claimAt(next: number | null, epoch = 1): Claim {
  return {
    ...{ route: 'canonical', topic: 'oa.oa.claim', partition: 0, recordTime: null },
    ...{ epoch: epochOf(epoch), next: next === null ? null : offsetOf(next) },
  };
}

export function upserts(
  rows: readonly (readonly [version: Version, ...cells: Cell[]])[],
  columns: readonly string[] = ['id', 'state', 'remark'],
): UpsertGroup {
  return {
    ...{ table, columns },
    rows: rows.map(([, ...cells]) => cells),
    keys: rows.map(([, id]) => rowKeyOf([id ?? null])),
    versions: rows.map(([version]) => version),
  };
}

export function deletes(rows: readonly (readonly [version: Version, id: bigint])[]): DeleteGroup {
  return {
    table,
    keyCells: rows.map(([, id]) => [id]),
    keys: rows.map(([, id]) => rowKeyOf([id])),
    versions: rows.map(([version]) => version),
  };
}

export function batch(first: number, next: number, parts: Partial<SinkBatch> = {}): SinkBatch {
  return {
    claim: claimAt(first),
    ...{ first: offsetOf(first), next: offsetOf(next) },
    ...{ sourceVersion: null, sourceTime: null, recordTime: null, watermark: null },
    mappingVersion: '1',
    ...{ clears: [], occurrences: [], upserts: [], deletes: [], letters: [], freed: [] },
    ...parts,
  };
}
