import type { Cell, RowKey } from '../../schemas/contract/cell.ts';
import { versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { storedKeyOf, WHOLE_TABLE } from '../../schemas/contract/stored-key.ts';
import { VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { Column, TableId, TableShape } from '../../schemas/contract/table.ts';
import { portions } from './portions.ts';
import type { DatabaseSnapshot } from './reader.ts';

export const VERSION: Column = { name: VERSION_COLUMN, type: { kind: 'bytes' }, nullable: true };

/** Null for a row that the product has not written, or that somebody has given what is no version. */
export function versionIn(cell: Cell | undefined): Version | null {
  if (!(cell instanceof Uint8Array) || cell.length !== 16) return null;
  return versionOf(Buffer.from(cell).toString('hex'));
}

export function newest(versions: readonly (Version | null)[]): Version | null {
  return versions.reduce((last, version) => ((version ?? '') > (last ?? '') ? version : last), null);
}

/** By which change a row was deleted, by itself or together with all others; null when it was not. */
export interface Deletions {
  of(key: RowKey | null): Version | null;
}

/** What the tombstones in a target tell of these rows. `tombstones` is null where there are none. */
export async function deletionsOf(
  tombstones: TableShape | null,
  { namespace, name }: TableId,
  keys: readonly RowKey[],
  target: DatabaseSnapshot,
): Promise<Deletions> {
  if (tombstones === null || keys.length === 0) return { of: () => null };
  const key = ['table_namespace', 'table_name', 'row_key'];
  const columns = tombstones.columns.filter((column) => [...key, 'version'].includes(column.name));
  const shape = { ...tombstones, key, columns };
  const at = (column: string) => shape.columns.findIndex((each) => each.name === column);
  const wanted = [WHOLE_TABLE, ...keys].map((key) => [namespace, name, storedKeyOf(key)]);
  const found = new Map<string, Version | null>();
  for (const some of portions(wanted))
    for (const row of await target.rowsByKey(shape, some))
      found.set(String(row[at('row_key')]), versionIn(row[at('version')]));
  const whole = found.get(WHOLE_TABLE) ?? null;
  return { of: (key) => newest([whole, key === null ? null : (found.get(storedKeyOf(key)) ?? null)]) };
}
