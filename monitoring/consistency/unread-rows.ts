import { tableLabel } from '../../schemas/contract/table.ts';
import type { FenceOptions, FenceOutcome, UnreadRow } from './fence.ts';
import type { ComparedTable } from './expected-rows.ts';
import type { ComparedGroup } from './compared-group.ts';
import type { SourcePosition } from './source-position.ts';

/**
 * The fence of a route that rests at a cut-off: waits until Kafka holds everything committed at the source before `position`,
 * and tells what of it the route has left unread. What differs and is not among that differs since before the cut-off.
 */
export type UnreadFence = (position: SourcePosition, options: FenceOptions) => Promise<FenceOutcome>;

/** Tells which target rows of a table unread changes are going to write. */
export function unreadKeys(
  group: ComparedGroup,
  table: ComparedTable,
  rows: readonly UnreadRow[],
): { readonly has: (key: string) => boolean } {
  const keys = new Set<string>();
  for (const source of group.sources) {
    const label = tableLabel(source.source.shape.id);
    for (const row of rows) {
      if (tableLabel(row.table) !== label) continue;
      if (row.key.length === 0) return { has: () => true };
      for (const found of source.keysOf(row.key)) if (found.table === table) keys.add(found.key);
    }
  }
  return keys;
}
