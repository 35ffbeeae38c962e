import type { Cell } from '../../schemas/contract/cell.ts';
import type {
  ChangeEvent,
  ChangeSource,
  DeleteEvent,
  RowEvent,
  TruncateEvent,
} from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type {
  Mapping,
  TargetChange,
  TargetClear,
  TargetOccurrence,
  TargetUpsert,
  VersionedChange,
} from '../../schemas/contract/mapping.ts';
import { DELETED_COLUMN, tableLabel } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import { occurrencesOf } from './occurrences.ts';

/** What an event means for the target: rows, or nothing by a rule that has a name. */
export type Mapped =
  | { readonly kind: 'changes'; readonly changes: readonly VersionedChange[] }
  | { readonly kind: 'filtered'; readonly rule: FilterRule };

export type FilterRule =
  'tombstone' | 'transaction-boundary' | 'other-table' | 'no-rows' | 'delete-ignored' | 'truncate-ignored';

type TableEvent = RowEvent | TruncateEvent;

type Change = TargetChange | TargetOccurrence | TargetClear;

/**
 * Maps one event. Throws CounterfoilError: what the mapping throws, MISSING_BASE_ROW for a row without a key that did not
 * come whole, or TRUNCATE_DENIED: where nothing else is said, an emptied source table does not empty a ledger.
 */
export function mapEvent(event: ChangeEvent, mapping: Mapping): Mapped {
  if (event.kind === 'tombstone') return { kind: 'filtered', rule: 'tombstone' };
  if (event.kind === 'boundary') return { kind: 'filtered', rule: 'transaction-boundary' };
  const { shape, source } = event;
  if (!mapping.accepts(shape.id)) return { kind: 'filtered', rule: 'other-table' };
  const outcome = changesOf(event, mapping);
  if (typeof outcome === 'string') return { kind: 'filtered', rule: outcome };
  if (outcome.length === 0) return { kind: 'filtered', rule: 'no-rows' };
  const { version } = source;
  return { kind: 'changes', changes: outcome.map((change) => ({ ...change, version })) };
}

function changesOf(event: TableEvent, mapping: Mapping): readonly Change[] | FilterRule {
  switch (event.kind) {
    case 'upsert':
      if (event.shape.key.length === 0) return occurrencesOf(event, mapping);
      return mapping.upsert(event.shape, event.key, event.after);
    case 'delete':
      if (event.shape.key.length === 0) return occurrencesOf(event, mapping);
      return deletionOf(event, mapping);
    case 'truncate':
      return truncationOf(event, mapping);
    default:
      return unreachable(event);
  }
}

function truncationOf(
  { shape, source }: TruncateEvent,
  mapping: Mapping,
): readonly TargetClear[] | FilterRule {
  const policy = mapping.policy(shape.id);
  switch (policy.truncate) {
    case 'ignore':
      return 'truncate-ignored';
    case 'apply': {
      if (policy.delete === 'ignore') return 'truncate-ignored';
      const deletedAt = policy.delete === 'soft' ? deletionTime(source) : null;
      return mapping
        .copies(shape.id)
        .map((table) => ({ kind: 'clear', table, cause: 'truncated', deletedAt }));
    }
    case 'deny':
      throw new CounterfoilError('TRUNCATE_DENIED', `${tableLabel(shape.id)} was truncated at the source`, {
        remedy: 'Empty the target table by hand if that is meant, or set `truncate: apply` and redrive.',
      });
    default:
      return unreachable(policy.truncate);
  }
}

function deletionOf(event: DeleteEvent, mapping: Mapping): readonly TargetChange[] | FilterRule {
  const policy = mapping.policy(event.shape.id).delete;
  switch (policy) {
    case 'hard':
      return mapping.delete(event.shape, event.key);
    case 'soft':
      return mapping
        .delete(event.shape, event.key)
        .map((change) => (change.kind === 'delete' ? markOf(change, event.source) : change));
    case 'ignore':
      return 'delete-ignored';
    default:
      return unreachable(policy);
  }
}

/** The row stays and says when it was deleted; when the target has no such row, the sink keeps a tombstone for it. */
function markOf(
  { table, key, keyCells }: Extract<TargetChange, { kind: 'delete' }>,
  source: ChangeSource,
): TargetUpsert {
  const cells: Record<string, Cell> = {};
  for (const [at, name] of table.key.entries()) cells[name] = keyCells[at] ?? null;
  cells[DELETED_COLUMN] = deletionTime(source);
  return { kind: 'upsert', table, key, cells };
}

/** When a row was deleted, as a canonical cell. */
function deletionTime({ committedAt, capturedAt }: ChangeSource): string {
  return new Date(committedAt ?? capturedAt).toISOString().replace(/\.?0+Z$/, 'Z');
}
