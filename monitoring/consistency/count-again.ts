import { countTexts, differenceOf } from './compare-counts.ts';
import { hexOf } from './digest.ts';
import type { ComparedTable } from './expected-rows.ts';
import type { ComparedGroup } from './compared-group.ts';
import type { Snapshots } from './first-look.ts';
import type { Suspect } from './another-look.ts';
import type { Look } from './verdict.ts';

/** Counts rows of a table without a key again. They cannot be looked up: both sides are read whole. */
export async function countAgain(
  group: ComparedGroup,
  table: ComparedTable,
  suspects: readonly Suspect[],
  snapshots: Snapshots,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Look>> {
  const counts = new Map(suspects.map(({ key }) => [key, { expected: 0, actual: 0 }]));
  for (const source of group.sources)
    for await (const chunk of snapshots.source.rows(source.source.shape)) {
      signal.throwIfAborted();
      for (const cells of chunk)
        for (const row of source.of(cells) ?? []) {
          const count = row.table === table ? counts.get(row.key) : undefined;
          if (count !== undefined) count.expected += 1;
        }
    }
  if (group.existing.has(table.label))
    for await (const chunk of snapshots.target.normalRows(table.shape)) {
      signal.throwIfAborted();
      for (const texts of chunk) {
        const count = counts.get(hexOf(table.digester.digestOfTexts(texts)));
        if (count !== undefined) count.actual += 1;
      }
    }
  return new Map(
    [...counts].map(([key, count]) => [
      key,
      { ...countTexts(count), ...differenceOf(count), columns: [], code: null, version: null },
    ]),
  );
}
