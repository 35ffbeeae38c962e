import type { CheckedRoute } from '../../monitoring/consistency/checked-route.ts';
import type { ComparedTable } from '../../monitoring/consistency/expected-rows.ts';
import { hexOf } from '../../monitoring/consistency/digest.ts';
import { comparedGroup } from '../../monitoring/consistency/compared-group.ts';
import { planGroups } from '../../monitoring/consistency/plan.ts';
import type { Cell } from '../../schemas/contract/cell.ts';
import { versionOf } from '../../schemas/contract/position.ts';
import type { RowStand } from '../../schemas/contract/repair.ts';
import { tableLabel, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';

/** The tables of a route as checks compare them, by their labels. */
export interface RepairTables {
  readonly sources: ReadonlyMap<string, ComparedTable>;
  readonly targets: ReadonlyMap<string, ComparedTable>;
}

export async function tablesOf({ mapping, source, target, tables }: CheckedRoute): Promise<RepairTables> {
  const shapes = (await source.describeTables(await tables())).filter((shape) => shape !== null);
  const { groups } = planGroups(mapping, shapes);
  const ids = groups.flatMap(({ targets }) => targets.map(({ id }) => id));
  const there = (await target.describeTables(ids)).filter((shape) => shape !== null);
  const existing = new Map(there.map((shape): [string, TableShape] => [tableLabel(shape.id), shape]));
  const compared = groups.map((group) => comparedGroup(mapping, group, existing));
  return {
    sources: new Map(
      compared.flatMap((each) => each.sources.map((rows) => [rows.source.label, rows.source])),
    ),
    targets: new Map(compared.flatMap((each) => [...each.targets])),
  };
}

/** A row of a target table; its cells are aligned with the columns of the table. */
export interface TargetRow {
  readonly stand: RowStand;
  readonly cells: readonly Cell[];
}

const NO_ROW: RowStand = { version: null, digest: null };
const KEYS_AT_ONCE = 500;

/** The target rows of some canonical keys: null where there is none. Of a key with several rows nothing is said. */
export async function targetRows(
  { target }: Pick<CheckedRoute, 'target'>,
  table: ComparedTable,
  places: readonly string[],
): Promise<ReadonlyMap<string, TargetRow | null>> {
  const { shape, digester } = table;
  const version = { name: VERSION_COLUMN, type: { kind: 'bytes' }, nullable: true } as const;
  const withVersion = { ...shape, columns: [...shape.columns, version] };
  const rows = new Map<string, TargetRow | null>(places.map((place) => [place, null]));
  const doubled = new Set<string>();
  const snapshot = await target.snapshot();
  try {
    for (let from = 0; from < places.length; from += KEYS_AT_ONCE) {
      const keys = places.slice(from, from + KEYS_AT_ONCE).map((place) => digester.keyCells(place));
      for (const found of await snapshot.rowsByKey(withVersion, keys)) {
        const cells = found.slice(0, shape.columns.length);
        const place = digester.key(cells);
        const before = rows.get(place);
        // The database may find what is only alike.
        if (before === undefined) continue;
        if (before !== null) doubled.add(place);
        const stand = { version: versionIn(found.at(-1)), digest: hexOf(digester.digest(cells)) };
        rows.set(place, { stand, cells });
      }
    }
  } finally {
    await snapshot.close();
  }
  for (const place of doubled) rows.delete(place);
  return rows;
}

function versionIn(cell: Cell | undefined): RowStand['version'] {
  return cell instanceof Uint8Array ? versionOf(Buffer.from(cell).toString('hex')) : null;
}

export function standOf(row: TargetRow | null): RowStand {
  return row?.stand ?? NO_ROW;
}

export function isSame(a: RowStand, b: RowStand): boolean {
  return a.version === b.version && a.digest === b.digest;
}
