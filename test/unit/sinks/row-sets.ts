import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import type { Cell } from '../../../schemas/contract/cell.ts';
import { versionOf } from '../../../schemas/contract/position.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import type { RowSet, TargetColumn, TargetTable } from '../../../sinks/upsert/database.ts';

export const shape: TableShape = {
  id: { namespace: 'finance', name: 'claim' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
    { name: 'title', type: { kind: 'text' }, nullable: true },
  ],
  key: ['id'],
};

export function columnOf(name: string, more: Partial<TargetColumn> = {}): TargetColumn {
  const kind = shape.columns.find((column) => column.name === name)?.type.kind ?? 'text';
  return {
    name,
    kind,
    sqlType: kind === 'int' ? 'bigint' : 'text',
    family: kind === 'int' ? 'integer' : 'text',
    limits: {},
    generated: false,
    required: false,
    comparison: 'exact',
    ...more,
  };
}

export function targetOf(table: TableShape): TargetTable {
  const columns = new Map(table.columns.map(({ name }) => [name, columnOf(name)]));
  return {
    shape: table,
    columns,
    key: table.key.map((name) => columnOf(name)),
    identity: { name: 'PRIMARY', primary: true, columns: table.key },
    hasOtherUnique: false,
    deleteIsInert: true,
    leftOut: new Set<string>(),
  };
}

/** Rows with these ids, each with a version of its own. */
export function setOf(ids: readonly number[], kind: RowSet['kind'] = 'upsert'): RowSet {
  const target = targetOf(shape);
  return {
    kind,
    target,
    columns: [...target.columns.values()],
    keyAt: [0],
    rows: ids.map((id): Cell[] => [BigInt(id), 'title']),
    keys: ids.map((id) => rowKeyOf([BigInt(id)])),
    versions: ids.map((id) => versionOf(id.toString(16).padStart(32, '0'))),
    counts: [],
  };
}

export function idsOf(set: RowSet): number[] {
  return set.rows.map(([id]) => Number(id));
}

/** What some work throws, or null. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}
