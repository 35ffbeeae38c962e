import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Mapping, TargetChange, VersionedChange } from '../../schemas/contract/mapping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';

/** What an event means for the target: rows, or nothing by a rule that has a name. */
export type Mapped =
  | { readonly kind: 'changes'; readonly changes: readonly VersionedChange[] }
  | { readonly kind: 'filtered'; readonly rule: FilterRule };

export type FilterRule = 'tombstone' | 'other-table' | 'no-rows';

/**
 * Maps one event. Throws CounterfoilError: what the mapping throws, UNSUPPORTED_SCHEMA for a table without a key, or
 * TRUNCATE_DENIED: an emptied source table does not empty a ledger.
 */
export function mapEvent(event: ChangeEvent, mapping: Mapping): Mapped {
  if (event.kind === 'tombstone') return { kind: 'filtered', rule: 'tombstone' };
  const { shape, source } = event;
  if (!mapping.accepts(shape.id)) return { kind: 'filtered', rule: 'other-table' };
  const changes = changesOf(event, mapping);
  if (changes.length === 0) return { kind: 'filtered', rule: 'no-rows' };
  return { kind: 'changes', changes: changes.map((change) => ({ ...change, version: source.version })) };
}

function changesOf(
  event: Exclude<ChangeEvent, { kind: 'tombstone' }>,
  mapping: Mapping,
): readonly TargetChange[] {
  switch (event.kind) {
    case 'upsert':
      return mapping.upsert(event.shape, event.key, event.after);
    case 'delete':
      return mapping.delete(event.shape, event.key);
    case 'truncate':
      throw new CounterfoilError(
        'TRUNCATE_DENIED',
        `${tableLabel(event.shape.id)} was truncated at the source`,
        {
          remedy: 'Empty the target table by hand if that is meant.',
        },
      );
    default:
      return unreachable(event);
  }
}
