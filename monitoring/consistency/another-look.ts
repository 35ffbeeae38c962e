import type { Version } from '../../schemas/contract/position.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Difference } from './compare.ts';
import { digestOfNoRow } from './digest.ts';
import { isMarked } from './expected-rows.ts';
import type { ComparedTable, ExpectedRow } from './expected-rows.ts';
import type { ComparedGroup } from './compared-group.ts';
import type { Snapshots } from './first-look.ts';
import { portions } from './portions.ts';
import type { RowCells } from './reader.ts';
import { kindOf } from './verdict.ts';
import { deletionsOf, newest, VERSION, versionIn } from './row-versions.ts';
import type { Look, Seen } from './verdict.ts';

/** A difference as it was last seen. */
export type Suspect = Pick<Difference, 'key' | 'origin'> & Seen;

/**
 * Reads the rows of some keys of one table again, on both sides. For a row that only the target has, the source rows that
 * could make it are searched for by their keys, since a mapping cannot be run backwards.
 */
export async function lookAgain(
  group: ComparedGroup,
  table: ComparedTable,
  suspects: readonly Suspect[],
  snapshots: Snapshots,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Look>> {
  const actual = await actualRows(group, table, suspects, snapshots, signal);
  const origins = originsOf(group, suspects);
  const orphans = suspects
    .filter(({ key, origin }) => origin === null && actual.has(key))
    .map(({ key }) => key);
  await findOrigins(group, table, new Set(orphans), origins, snapshots, signal);
  const expected = await expectedRows(group, table, origins, snapshots, signal);
  const missing = [...expected.values()].flatMap(({ key, rowKey }) =>
    actual.has(key) ? [] : (rowKey ?? []),
  );
  const deletions = await deletionsOf(group.tombstones, table.shape.id, missing, snapshots.target);
  return new Map(
    suspects.map(({ key }) => {
      const found = actual.get(key) ?? [];
      const rowKey = expected.get(key)?.rowKey ?? null;
      const version = found.length > 0 ? newestOf(table, found) : deletions.of(rowKey);
      return [key, { ...look(table, expected.get(key), found), version }];
    }),
  );
}

function look(
  table: ComparedTable,
  expected: ExpectedRow | undefined,
  found: readonly RowCells[],
): Omit<Look, 'version'> {
  // What stays by the table's delete policy is no difference to there being no source row.
  const actual = expected === undefined ? found.filter((row) => !isKept(table, row)) : found;
  const [row] = actual;
  const comparable = expected?.code === null && row !== undefined;
  return {
    expected: expected?.digest ?? null,
    actual: actualDigest(table, actual),
    kind: kindOf(expected?.digest ?? null, actual.length),
    rows: 1,
    columns: comparable ? table.digester.differingColumns(expected.cells, row) : [],
    code: expected?.code ?? null,
  };
}

function isKept(table: ComparedTable, row: RowCells): boolean {
  return table.kept === 'any' || isMarked(table, row);
}

/** More rows than one under a key are no row that could be expected. */
function actualDigest(table: ComparedTable, rows: readonly RowCells[]): string | null {
  const digests = rows.map((cells) => table.digester.digest(cells)).sort();
  return digests.length <= 1 ? (digests[0] ?? null) : digestOfNoRow(digests.join());
}

async function actualRows(
  group: ComparedGroup,
  table: ComparedTable,
  suspects: readonly Suspect[],
  snapshots: Snapshots,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly RowCells[]>> {
  const wanted = new Map<string, RowCells[]>();
  if (!group.existing.has(table.label)) return wanted;
  const keys = new Set(suspects.map(({ key }) => key));
  for (const some of portions([...keys])) {
    signal.throwIfAborted();
    const decoded = some.map((key) => table.digester.keyCells(key));
    for (const cells of await snapshots.target.rowsByKey(withVersion(table.shape), decoded)) {
      const key = table.digester.key(cells);
      if (!keys.has(key)) continue;
      const rows = wanted.get(key) ?? [];
      rows.push(cells);
      wanted.set(key, rows);
    }
  }
  return wanted;
}

/** Behind all other columns, so that these stay in their places. */
function withVersion(shape: TableShape): TableShape {
  return { ...shape, columns: [...shape.columns, VERSION] };
}

function newestOf({ shape }: ComparedTable, rows: readonly RowCells[]): Version | null {
  return newest(rows.map((cells) => versionIn(cells[shape.columns.length])));
}

/** Canonical keys of source rows, for each source table of the group. */
type Origins = readonly Set<string>[];

function originsOf(group: ComparedGroup, suspects: readonly Suspect[]): Origins {
  const origins = group.sources.map(() => new Set<string>());
  for (const { origin } of suspects) if (origin !== null) origins[origin.table]?.add(origin.key);
  return origins;
}

async function findOrigins(
  group: ComparedGroup,
  table: ComparedTable,
  orphans: ReadonlySet<string>,
  origins: Origins,
  snapshots: Snapshots,
  signal: AbortSignal,
): Promise<void> {
  if (orphans.size === 0) return;
  for (const [number, source] of group.sources.entries()) {
    for await (const chunk of snapshots.source.rows(keysOnly(source.source.shape))) {
      signal.throwIfAborted();
      for (const key of chunk)
        for (const found of source.keysOf(key))
          if (found.table === table && orphans.has(found.key))
            origins[number]?.add(source.source.digester.keyOfKeyCells(key));
    }
  }
}

function keysOnly(shape: TableShape): TableShape {
  const columns = shape.key.flatMap((name) => shape.columns.find((column) => column.name === name) ?? []);
  return { ...shape, columns };
}

async function expectedRows(
  group: ComparedGroup,
  table: ComparedTable,
  origins: Origins,
  snapshots: Snapshots,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ExpectedRow>> {
  const expected = new Map<string, ExpectedRow>();
  for (const [number, source] of group.sources.entries()) {
    const wanted = origins[number] ?? new Set<string>();
    for (const some of portions([...wanted])) {
      signal.throwIfAborted();
      const keys = some.map((key) => source.source.digester.keyCells(key));
      for (const cells of await snapshots.source.rowsByKey(source.source.shape, keys)) {
        if (!wanted.has(source.source.digester.key(cells))) continue;
        for (const row of source.of(cells) ?? []) if (row.table === table) expected.set(row.key, row);
      }
    }
  }
  return expected;
}
