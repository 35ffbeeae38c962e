import type { Entity } from './entity.ts';
import type { TableId } from '../contract/table.ts';

/**
 * Which column of a target's key has each column of the source's key as it is; null when the source's key cannot be told from
 * the target's in this way, for it is written there in other digits.
 */
export function copiedKey(
  { declaration: { source, targets } }: Pick<Entity, 'declaration'>,
  table: TableId,
): Readonly<Record<string, string>> | null {
  const target = targets.find(({ id }) => id.namespace === table.namespace && id.name === table.name);
  if (target === undefined) return null;
  const copies: Record<string, string> = {};
  for (const column of target.key) {
    const rule = target.columns[column];
    if (rule?.kind === 'copy') copies[rule.from] = column;
  }
  return source.key.every((column) => column in copies) ? copies : null;
}
