import type { Cell, RowKey } from '../../schemas/contract/cell.ts';
import type { KeyedChange, TargetUpsert, VersionedChange } from '../../schemas/contract/mapping.ts';
import { compareVersions } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type {
  ChangedRow,
  DeleteGroup,
  PassedState,
  RowGroups,
  UpsertGroup,
  VersionedClear,
} from '../../schemas/contract/ports.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { NetCounts } from './net-counts.ts';

/** The index of no event: of a change that belongs to the batch and stays whatever becomes of its events. */
export const NO_EVENT = -1;

/** A change and the index, in its batch, of the event it came from. */
export interface EventChange {
  readonly change: VersionedChange;
  readonly event: number;
}

/** The net change of a batch, and the way back from its rows to its events. */
export interface Reduction extends RowGroups {
  /** A row that comes whole and then again without its unchanged large values is in two groups, in this order. */
  readonly upserts: readonly UpsertGroup[];
  readonly passed: readonly PassedState[];
  readonly parts: readonly Part[];
  /** The part that a row in one of the groups is. */
  partOf(row: ChangedRow): Part | undefined;
  /** Events that came after a newer one of the same row within the batch. */
  readonly superseded: ReadonlySet<number>;
}

/** One row of one group, a table that is cleared, or rows that came and went within the batch. */
export interface Part {
  readonly change: VersionedChange;
  /** The events it stands for: those whose changes it covers, and last the one it was made by. */
  readonly events: readonly number[];
}

/** What is left of all changes of one target row: a whole row or a delete, if there was one, then incomplete updates. */
interface Net {
  newest: Version;
  parts: OpenPart[];
}

interface OpenPart extends Part {
  readonly change: KeyedChange;
  readonly events: number[];
}

/**
 * Reduces the changes of a batch, in the order of their events: what a newer change of the same row covers is left out.
 * Incomplete updates (unchanged large values are not sent) stay changes of their own with their own versions. To lay
 * them over the whole row before them would write that row's older values under the newer version, although the target
 * may have got a version between the two from elsewhere. Applying the result leaves a target as applying each change in
 * turn would.
 */
export function reduceChanges(changes: readonly EventChange[]): Reduction {
  const nets = new Nets();
  const counts = new NetCounts();
  const clears: { readonly change: VersionedClear; readonly events: readonly number[] }[] = [];
  const superseded = new Set<number>();
  const passed: PassedState[] = [];
  for (const { change, event } of changes) {
    if (change.kind === 'clear') {
      // What came before it in the batch is kept out by its version; rows that are counted have none to go by.
      clears.push({ change, events: [...counts.clear(change.table), event] });
      continue;
    }
    if (change.kind === 'occurrence') {
      counts.add(change, event);
      continue;
    }
    const net = nets.of(change);
    if (net === undefined) {
      nets.open(change, { newest: change.version, parts: [{ change, events: [event] }] });
    } else if (compareVersions(change.version, net.newest) < 0) {
      superseded.add(event);
      pass(passed, change, net.newest);
    } else {
      net.newest = change.version;
      net.parts = withPart(net.parts, change, event, passed);
    }
  }
  return {
    ...grouped(nets.all),
    clears: clears.map(({ change }) => change),
    occurrences: counts.groups(),
    parts: [...clears, ...counts.parts(), ...nets.all.flatMap(({ parts }) => parts)],
    partOf: (row) =>
      counts.partOf(row.table.id, row.key) ??
      nets.of(row)?.parts.find(({ change }) => change.version === row.version),
    superseded,
    passed,
  };
}

/** By table and key. Changes of one table, as one schema describes it, mostly come one behind the other. */
class Nets {
  /** In the order in which their rows came. */
  readonly all: Net[] = [];
  readonly #tables = new Map<string, Map<RowKey, Net>>();
  #last: { readonly table: ChangedRow['table']; readonly rows: Map<RowKey, Net> } | null = null;

  of({ table, key }: Pick<ChangedRow, 'table' | 'key'>): Net | undefined {
    return this.#rowsOf(table).get(key);
  }

  open({ table, key }: KeyedChange, net: Net): void {
    this.#rowsOf(table).set(key, net);
    this.all.push(net);
  }

  #rowsOf(table: ChangedRow['table']): Map<RowKey, Net> {
    if (this.#last?.table === table) return this.#last.rows;
    const rows = getOrAdd(this.#tables, tableLabel(table.id), () => new Map<RowKey, Net>());
    this.#last = { table, rows };
    return rows;
  }
}

/** A state that ended before it was written; a delete is none. */
function pass(passed: PassedState[], change: KeyedChange, until: Version): void {
  if (change.kind === 'upsert') passed.push({ table: change.table, cells: change.cells, until });
}

function withPart(
  parts: readonly OpenPart[],
  change: KeyedChange,
  event: number,
  passed: PassedState[],
): OpenPart[] {
  const left: OpenPart[] = [];
  // Taken over from the first part that is covered, not copied: a hot row may change thousands of times in a batch.
  let events: number[] | null = null;
  for (const part of parts) {
    if (!covers(change, part.change)) {
      left.push(part);
      continue;
    }
    pass(passed, part.change, change.version);
    if (events === null) ({ events } = part);
    else for (const covered of part.events) events.push(covered);
  }
  events ??= [];
  events.push(event);
  left.push({ change, events });
  return left;
}

/** Whether nothing of `before` is left once `after` is applied. */
function covers(after: KeyedChange, before: KeyedChange): boolean {
  if (after.kind === 'delete' || isWhole(after)) return true;
  return (
    before.kind === 'upsert' && Object.keys(before.cells).every((name) => after.cells[name] !== undefined)
  );
}

function isWhole({ table, cells }: TargetUpsert): boolean {
  return table.columns.every(({ name }) => cells[name] !== undefined);
}

interface OpenUpserts extends UpsertGroup {
  readonly layer: number;
  readonly rows: (readonly Cell[])[];
  readonly keys: UpsertGroup['keys'][number][];
  readonly versions: UpsertGroup['versions'][number][];
}

interface OpenTable {
  readonly names: readonly string[];
  /** By layer and set of columns. */
  readonly groups: Map<string, OpenUpserts>;
}

interface OpenDeletes extends DeleteGroup {
  readonly keyCells: (readonly Cell[])[];
  readonly keys: DeleteGroup['keys'][number][];
  readonly versions: DeleteGroup['versions'][number][];
}

/** One group per table shape and set of columns: each becomes one statement. */
function grouped(nets: Iterable<Net>): Pick<RowGroups, 'upserts' | 'deletes'> {
  const upserts = new Map<TableShape, OpenTable>();
  const deletes = new Map<TableShape, OpenDeletes>();
  for (const { parts } of nets) for (const [layer, { change }] of parts.entries()) add(change, layer);

  function add(change: KeyedChange, layer: number): void {
    const { table } = change;
    if (change.kind === 'delete') {
      const group = getOrAdd(deletes, table, () => ({ table, keyCells: [], keys: [], versions: [] }));
      group.keyCells.push(change.keyCells);
      group.keys.push(change.key);
      group.versions.push(change.version);
      return;
    }
    const { cells } = change;
    const { names, groups } = getOrAdd(upserts, table, () => ({
      names: table.columns.map(({ name }) => name),
      groups: new Map<string, OpenUpserts>(),
    }));
    const row = names.map((name) => cells[name]);
    const whole = !row.includes(undefined);
    const columns = whole ? names : names.filter((name) => cells[name] !== undefined);
    // By layer as well: a row is at most once in a group. Whole rows, which are nearly all, need no list of names.
    const group = getOrAdd(groups, whole ? `${layer}` : [layer, ...columns].join('\n'), () => ({
      table,
      columns,
      rows: [],
      keys: [],
      versions: [],
      layer,
    }));
    group.rows.push(whole ? (row as readonly Cell[]) : row.filter((cell) => cell !== undefined));
    group.keys.push(change.key);
    group.versions.push(change.version);
  }
  const ordered = [...upserts.values()].flatMap(({ groups }) =>
    [...groups.values()].sort((a, b) => a.layer - b.layer),
  );
  return { upserts: ordered, deletes: [...deletes.values()] };
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
