import type { Cell } from '../../schemas/contract/cell.ts';
import type { ChangedRow } from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { ChunkLimits, RowSet } from './database.ts';

/** The rows from `from` (inclusive) to `to` (exclusive). */
export function slice(set: RowSet, from: number, to: number): RowSet {
  if (from === 0 && to >= set.rows.length) return set;
  return {
    ...set,
    rows: set.rows.slice(from, to),
    keys: set.keys.slice(from, to),
    versions: set.versions.slice(from, to),
    counts: set.counts.slice(from, to),
  };
}

/** The rows at these indexes. */
export function pick(set: RowSet, indexes: readonly number[]): RowSet {
  return {
    ...set,
    rows: indexes.map((at) => elementAt(set.rows, at)),
    keys: indexes.map((at) => elementAt(set.keys, at)),
    versions: indexes.map((at) => elementAt(set.versions, at)),
    counts: set.counts.length === 0 ? [] : indexes.map((at) => elementAt(set.counts, at)),
  };
}

/** Cuts a set into parts that one statement can take; a single row may still exceed the limit of bytes. */
export function* chunks(set: RowSet, limits: ChunkLimits): Generator<RowSet> {
  let from = 0;
  let bytes = 0;
  for (let at = 0; at < set.rows.length; at += 1) {
    const size = rowBytes(set.rows[at] ?? []) * (set.counts[at] ?? 1);
    if (at > from && (at - from >= limits.rows || bytes + size > limits.bytes)) {
      yield slice(set, from, at);
      from = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < set.rows.length) yield slice(set, from, set.rows.length);
}

/** An upper bound for the row in a statement: three bytes a UTF-16 unit cover UTF-8 as well as escapes. */
export function rowBytes(row: readonly Cell[]): number {
  let bytes = 128;
  for (const cell of row) {
    if (typeof cell === 'string') bytes += 3 * cell.length + 8;
    else if (cell instanceof Uint8Array) bytes += 2 * cell.length + 8;
    else bytes += 24;
  }
  return bytes;
}

/** Names the row at an index as batches do. */
export function changedRow({ target, keys, versions }: RowSet, at: number): ChangedRow {
  return { table: target.shape, key: elementAt(keys, at), version: elementAt(versions, at) };
}

/** A text that is equal for the same change of the same row. */
export function rowName({ table, key, version }: ChangedRow): string {
  return `${tableLabel(table.id)}\n${key}\n${version}`;
}

/** The element at an index that the caller knows to exist. */
export function elementAt<T>(list: readonly T[], index: number): T {
  if (index < 0 || index >= list.length) throw new RangeError(`no element at ${index}`);
  return list[index] as T;
}
