import type { PassedState, Withheld } from '../../schemas/contract/ports.ts';
import type { RowSet, UnwrittenState } from './database.ts';
import { changedRow, rowName } from './row-sets.ts';

/**
 * The states that rows had in the source and that were not written: those that a newer change of the batch covers, and those
 * that the target's newer ones keep out.
 */
export function unwrittenStates(
  passed: readonly PassedState[],
  sets: readonly RowSet[],
  withheld: readonly Withheld[],
): readonly UnwrittenState[] {
  return [
    ...passed.map(({ table, cells, until }) => ({ table: table.id, cells, until })),
    ...keptOut(sets, withheld),
  ];
}

function keptOut(sets: readonly RowSet[], withheld: readonly Withheld[]): readonly UnwrittenState[] {
  // A duplicate is in the target.
  const superseded = new Set(withheld.filter(({ reason }) => reason === 'superseded').map(rowName));
  if (superseded.size === 0) return [];
  return sets
    .filter(({ kind }) => kind === 'upsert' || kind === 'update')
    .flatMap((set) =>
      set.rows.flatMap((row, at) =>
        superseded.has(rowName(changedRow(set, at))) ? [{ ...stateOf(set, row), until: null }] : [],
      ),
    );
}

function stateOf({ target, columns }: RowSet, row: RowSet['rows'][number]): Omit<UnwrittenState, 'until'> {
  const cells = Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null]));
  return { table: target.shape.id, cells };
}
