import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';

/** What can be compared, and the source tables that cannot be, with the reason. */
export interface Plan {
  readonly groups: readonly TableGroup[];
  readonly refused: readonly { readonly table: string; readonly error: CounterfoilError }[];
  /** Names that were asked for and are of no table here. */
  readonly unknown: readonly string[];
}

/** Source tables and the target tables that they feed together: what can only be compared as a whole. */
export interface TableGroup {
  readonly sources: readonly TableShape[];
  readonly targets: readonly TableShape[];
}

interface OpenGroup {
  readonly sources: TableShape[];
  readonly targets: Map<string, TableShape>;
}

/**
 * Groups source tables by the target tables they share. `only` names tables, of the source or of the target, to which the
 * check is limited: a group with one of them stays, whole.
 */
export function planGroups(mapping: Mapping, sources: readonly TableShape[], only?: readonly string[]): Plan {
  let groups: OpenGroup[] = [];
  const refused: { table: string; error: CounterfoilError }[] = [];
  for (const source of sources.map(withUncarried)) {
    if (!mapping.accepts(source.id)) continue;
    const shapes = targetsOf(mapping, source);
    if (shapes instanceof CounterfoilError) {
      const table = tableLabel(source.id);
      if (only === undefined || only.includes(table)) refused.push({ table, error: shapes });
      continue;
    }
    const targets = new Map(shapes.map((target) => [tableLabel(target.id), target]));
    if (targets.size === 0) continue;
    const shares = (group: OpenGroup) => [...targets.keys()].some((label) => group.targets.has(label));
    const merged: OpenGroup = { sources: [], targets: new Map() };
    for (const group of groups.filter(shares)) mergeInto(merged, group);
    mergeInto(merged, { sources: [source], targets });
    groups = [...groups.filter((group) => !shares(group)), merged];
  }
  const all = groups.map(({ sources: members, targets }) => ({
    sources: members,
    targets: [...targets.values()],
  }));
  const known = new Set(refused.map(({ table }) => table));
  for (const group of all) for (const label of labelsOf(group)) known.add(label);
  return {
    groups: all.filter(
      (group) => only === undefined || labelsOf(group).some((label) => only.includes(label)),
    ),
    refused,
    unknown: (only ?? []).filter((name) => !known.has(name)),
  };
}

/** Rows with a value that nobody carries are missing in the target: they are looked for all the same. */
function withUncarried({ id, columns, key }: TableShape): TableShape {
  return { id, columns, key };
}

function targetsOf(mapping: Mapping, source: TableShape): readonly TableShape[] | CounterfoilError {
  try {
    return mapping.targets(source);
  } catch (error) {
    if (error instanceof CounterfoilError) return error;
    throw error;
  }
}

function mergeInto(into: OpenGroup, from: OpenGroup): void {
  into.sources.push(...from.sources);
  for (const [label, target] of from.targets) {
    const known = into.targets.get(label);
    into.targets.set(label, known === undefined ? target : withColumnsOf(known, target));
  }
}

/** Two sources of one target may each know some of its columns. */
function withColumnsOf(shape: TableShape, other: TableShape): TableShape {
  const names = new Set(shape.columns.map(({ name }) => name));
  return { ...shape, columns: [...shape.columns, ...other.columns.filter(({ name }) => !names.has(name))] };
}

function labelsOf({ sources, targets }: TableGroup): string[] {
  return [...sources, ...targets].map(({ id }) => tableLabel(id));
}
