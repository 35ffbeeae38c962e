import type { Cell, RowKey } from '../../schemas/contract/cell.ts';
import type { TargetOccurrence, VersionedChange } from '../../schemas/contract/mapping.ts';
import type { OccurrenceGroup } from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../schemas/contract/table.ts';

type Occurrence = TargetOccurrence & { readonly version: VersionedChange['version'] };

/** How many more or fewer of one row there are, and the events by which it came and went. */
interface NetCount {
  change: Occurrence;
  count: number;
  readonly came: number[];
  readonly went: number[];
}

/** Of a count that the target refuses, the events are to blame that made it so: they come last. */
interface CountedPart {
  readonly change: Occurrence;
  readonly events: readonly number[];
}

function partOf({ change, count, came, went }: NetCount): CountedPart {
  return { change, events: count < 0 ? [...came, ...went] : [...went, ...came] };
}

interface OpenGroup extends OccurrenceGroup {
  readonly rows: (readonly Cell[])[];
  readonly keys: RowKey[];
  readonly counts: number[];
  readonly versions: OccurrenceGroup['versions'][number][];
}

/** Rows of tables without keys, counted by table and hash. Rows that come and go within a batch are nothing to write. */
export class NetCounts {
  readonly #tables = new Map<string, Map<RowKey, NetCount>>();

  add(change: Occurrence, event: number): void {
    const label = tableLabel(change.table.id);
    const rows = this.#tables.get(label) ?? new Map<RowKey, NetCount>();
    this.#tables.set(label, rows);
    const net = rows.get(change.key) ?? { change, count: 0, came: [], went: [] };
    rows.set(change.key, net);
    net.change = change;
    net.count += change.count;
    (change.count > 0 ? net.came : net.went).push(event);
  }

  /** Forgets the rows of a table, and returns the events that they came by. */
  clear(table: TableId): readonly number[] {
    const label = tableLabel(table);
    const rows = this.#tables.get(label) ?? new Map<RowKey, NetCount>();
    this.#tables.delete(label);
    return [...rows.values()].flatMap((net) => partOf(net).events);
  }

  parts(): readonly CountedPart[] {
    return this.#nets().map(partOf);
  }

  partOf(table: TableId, key: RowKey): CountedPart | undefined {
    const net = this.#tables.get(tableLabel(table))?.get(key);
    return net === undefined ? undefined : partOf(net);
  }

  #nets(): readonly NetCount[] {
    return [...this.#tables.values()].flatMap((rows) => [...rows.values()]);
  }

  groups(): readonly OccurrenceGroup[] {
    const groups = new Map<TableShape, OpenGroup>();
    for (const { change, count } of this.#nets()) {
      if (count === 0) continue;
      const { table, key, cells, version } = change;
      const group = groups.get(table) ?? emptyGroup(table);
      groups.set(table, group);
      group.rows.push(group.columns.map((name) => cells[name] ?? null));
      group.keys.push(key);
      group.counts.push(count);
      group.versions.push(version);
    }
    return [...groups.values()];
  }
}

function emptyGroup(table: TableShape): OpenGroup {
  return {
    table,
    columns: table.columns.map(({ name }) => name),
    rows: [],
    keys: [],
    counts: [],
    versions: [],
  };
}
