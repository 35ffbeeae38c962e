import { compareVersions } from '../../schemas/contract/position.ts';
import type { VersionedClear, Withheld } from '../../schemas/contract/ports.ts';
import { WHOLE_TABLE } from '../../schemas/contract/stored-key.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Catalogue, TargetTransaction } from './database.ts';

/** A clear, and whether there is a table to be cleared. */
export interface PlannedClear {
  readonly clear: VersionedClear;
  readonly exists: boolean;
}

/** In the order in which every process locks tables. */
export async function planClears(
  catalogue: Catalogue,
  clears: readonly VersionedClear[],
): Promise<readonly PlannedClear[]> {
  const planned: PlannedClear[] = [];
  for (const clear of clears)
    planned.push({ clear, exists: (await catalogue.describe(clear.table)) !== null });
  return planned.sort((a, b) => (tableLabel(a.clear.table) < tableLabel(b.clear.table) ? -1 : 1));
}

/** Clears tables under the version guard; returns what it kept out. */
export async function writeClears(
  transaction: TargetTransaction,
  clears: readonly PlannedClear[],
): Promise<readonly Withheld[]> {
  const withheld: Withheld[] = [];
  for (const { clear, exists } of clears) {
    const before = await transaction.clearedAt(clear.table);
    const order = before === null ? -1 : compareVersions(before, clear.version);
    // A snapshot may begin a second time at the same place of the log.
    if (order < 0 || (order === 0 && clear.cause === 'read-anew')) await transaction.clear(clear, exists);
    else
      withheld.push({
        table: { id: clear.table },
        key: WHOLE_TABLE,
        version: clear.version,
        reason: order === 0 ? 'duplicate' : 'superseded',
      });
  }
  return withheld;
}
