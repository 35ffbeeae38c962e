import type { Mapping } from '../../schemas/contract/mapping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Kept } from './compare.ts';
import { comparedTable, ExpectedRows } from './expected-rows.ts';
import type { ComparedTable } from './expected-rows.ts';
import { hasOneOrder } from './key-order.ts';
import type { TableGroup } from './plan.ts';

/** A group ready to be compared. */
export interface ComparedGroup {
  readonly sources: readonly ExpectedRows[];
  readonly targets: ReadonlyMap<string, ComparedTable>;
  /** Target tables that exist; of the others no row can be read. */
  readonly existing: ReadonlySet<string>;
  /** Where the target notes what was deleted; null where there is nothing of the kind. */
  readonly tombstones: TableShape | null;
  /** Set when both sides can be read in the order of the key, and rows that say the same need not be mapped. */
  readonly ordered: OrderedPair | null;
}

export interface OrderedPair {
  readonly source: ExpectedRows;
  readonly table: ComparedTable;
}

export function comparedGroup(
  mapping: Mapping,
  group: TableGroup,
  existing: ReadonlyMap<string, TableShape>,
  tombstones: TableShape | null = null,
): ComparedGroup {
  const targets = new Map(
    group.targets.map((shape) => {
      const label = tableLabel(shape.id);
      return [label, comparedTable(asStored(shape, existing.get(label)), keptRows(mapping, group))];
    }),
  );
  const sources = group.sources.map((shape) => new ExpectedRows(mapping, shape, targets));
  const ordered = orderedPair(mapping, sources, targets, existing);
  return { sources, targets, existing: new Set(existing.keys()), tombstones, ordered };
}

function orderedPair(
  mapping: Mapping,
  sources: readonly ExpectedRows[],
  targets: ReadonlyMap<string, ComparedTable>,
  existing: ReadonlyMap<string, TableShape>,
): OrderedPair | null {
  const [source] = sources;
  const [table] = targets.values();
  if (source === undefined || table === undefined || sources.length + targets.size > 2) return null;
  const stored = existing.get(table.label);
  if (stored === undefined || mapping.copiesRows?.(source.source.shape) !== true) return null;
  const { key } = table.shape;
  return hasOneOrder(source.source.shape) && hasOneOrder({ ...stored, key }) ? { source, table } : null;
}

/** Rows that several tables make stay only if all of these say so. */
function keptRows(mapping: Mapping, { sources }: TableGroup): Kept {
  const policies = new Set(sources.map(({ id }) => mapping.policy(id).delete));
  if (policies.has('hard')) return 'none';
  return policies.has('soft') ? 'marked' : 'any';
}

/**
 * As the target keeps it. A text that it keeps in a column of JSON comes back re-written: it is compared as JSON. Columns
 * are left out that the target lacks by policy, and those that the source computes and does not log, unless a snapshot
 * brought them.
 */
function asStored(shape: TableShape, stored: TableShape | undefined): TableShape {
  const kinds = new Map(stored?.columns.map(({ name, type }) => [name, type.kind]));
  const lacksByPolicy = stored !== undefined && shape.schemaPolicy?.add === 'ignore';
  const columns = shape.columns
    .filter(({ name, unlogged }) => kinds.has(name) || !(unlogged === true || lacksByPolicy))
    .map((column) =>
      column.type.kind === 'text' && kinds.get(column.name) === 'json'
        ? { ...column, type: { kind: 'json' } as const }
        : column,
    );
  return { ...shape, columns };
}
