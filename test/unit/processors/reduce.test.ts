import fc from 'fast-check';
import type { Cell, RowKey } from '../../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import type { KeyedChange } from '../../../schemas/contract/mapping.ts';
import { postgresVersion } from '../../../schemas/contract/position.ts';
import type { Version } from '../../../schemas/contract/position.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { reduceChanges } from '../../../processors/reduce/reduce.ts';
import type { EventChange, Reduction } from '../../../processors/reduce/reduce.ts';

const table: TableShape = {
  id: { namespace: 'ap', name: 'claim' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
    { name: 'a', type: { kind: 'text' }, nullable: true },
    { name: 'b', type: { kind: 'text' }, nullable: true },
  ],
  key: ['id'],
};
const versionOf = (n: number) => postgresVersion(0n, BigInt(n));

function upsert(id: bigint, version: number, cells: Record<string, Cell>): KeyedChange {
  return { kind: 'upsert', table, key: rowKeyOf([id]), version: versionOf(version), cells: { id, ...cells } };
}
function remove(id: bigint, version: number): KeyedChange {
  return { kind: 'delete', table, key: rowKeyOf([id]), keyCells: [id], version: versionOf(version) };
}
const events = (changes: readonly KeyedChange[]): EventChange[] =>
  changes.map((change, event) => ({ change, event }));

/** A target as the sinks promise it: guarded by version per key; a partial upsert needs its row. */
class Model {
  readonly rows = new Map<RowKey, { version: Version; cells: Record<string, Cell> }>();
  readonly tombstones = new Map<RowKey, Version>();
  /** False when a partial upsert found no row: the sinks would set it aside. */
  apply(change: KeyedChange): boolean {
    const stored = this.rows.get(change.key)?.version ?? this.tombstones.get(change.key);
    if (stored !== undefined && stored >= change.version) return true;
    if (change.kind === 'delete') {
      this.rows.delete(change.key);
      this.tombstones.set(change.key, change.version);
      return true;
    }
    const before = this.rows.get(change.key)?.cells;
    const whole = 'a' in change.cells && 'b' in change.cells;
    if (!whole && before === undefined) return false;
    this.tombstones.delete(change.key);
    this.rows.set(change.key, { version: change.version, cells: { ...before, ...change.cells } });
    return true;
  }
  state() {
    return { rows: [...this.rows].sort(), tombstones: [...this.tombstones].sort() };
  }
}

function changesOf({ upserts, deletes }: Reduction): KeyedChange[] {
  return [
    ...deletes.flatMap((group) =>
      group.keys.map((key, i) => ({
        kind: 'delete' as const,
        table: group.table,
        key,
        keyCells: group.keyCells[i]!,
        version: group.versions[i]!,
      })),
    ),
    ...upserts.flatMap((group) =>
      group.keys.map((key, i) => ({
        kind: 'upsert' as const,
        table: group.table,
        key,
        version: group.versions[i]!,
        cells: Object.fromEntries(group.columns.map((name, c) => [name, group.rows[i]![c]!])),
      })),
    ),
  ];
}

const change = fc
  .record({
    id: fc.bigInt({ min: 1n, max: 3n }),
    version: fc.integer({ min: 1, max: 12 }),
    kind: fc.constantFrom('whole', 'partial', 'delete'),
    text: fc.string({ maxLength: 3 }),
  })
  .map(({ id, version, kind, text }) => {
    if (kind === 'delete') return remove(id, version);
    return upsert(id, version, kind === 'whole' ? { a: text, b: `${version}` } : { a: text });
  });

function changeText({ kind, key, version }: KeyedChange): string {
  return [kind, key, version].join();
}

/** One version is one change: what the generator makes twice with one version would be two. */
function consistent(changes: readonly KeyedChange[]): KeyedChange[] {
  const first = new Map<string, KeyedChange>();
  return changes.map((item) => {
    const id = `${item.key}@${item.version}`;
    const known = first.get(id);
    if (known === undefined) first.set(id, item);
    return known ?? item;
  });
}

test('applying the net change equals applying each change in turn', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.array(change, { maxLength: 12 }), (before, batch) => {
      const history = consistent([...before, ...batch]);
      const oneByOne = new Model();
      const atOnce = new Model();
      for (const item of history.slice(0, before.length))
        for (const model of [oneByOne, atOnce]) model.apply(item);
      const rest = history.slice(before.length);
      fc.pre(rest.map((item) => oneByOne.apply(item)).every(Boolean));
      for (const item of changesOf(reduceChanges(events(rest)))) atOnce.apply(item);
      expect(atOnce.state()).toEqual(oneByOne.state());
    }),
    { numRuns: 2_000 },
  );
});

test('no key twice in a group, and every event belongs to a row or was superseded', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (made) => {
      const batch = consistent(made);
      const reduction = reduceChanges(events(batch));
      const rows = changesOf(reduction);
      expect(rows).toHaveLength(reduction.parts.length);
      for (const { keys } of [...reduction.upserts, ...reduction.deletes])
        expect(new Set(keys).size).toBe(keys.length);
      const parts = rows.map((row) => reduction.partOf(row)!);
      const changes = parts.map((part) => part.change as KeyedChange);
      expect(changes.map(changeText).sort()).toEqual(rows.map(changeText).sort());
      for (const [at, { events: of }] of parts.entries())
        expect(batch[of.at(-1)!]).toMatchObject({ version: changes[at]!.version, key: changes[at]!.key });
      const accounted = parts.flatMap((part) => part.events).concat([...reduction.superseded]);
      expect(accounted.sort((a, b) => a - b)).toEqual(batch.map((_, index) => index));
    }),
  );
});

test('an update without its unchanged large value comes after the whole row, under its own version', () => {
  const reduction = reduceChanges(
    events([
      upsert(1n, 1, { a: 'old', b: 'large' }),
      upsert(1n, 2, { a: 'new' }),
      upsert(1n, 3, { a: 'newer' }),
    ]),
  );
  expect(reduction.upserts).toMatchObject([
    { columns: ['id', 'a', 'b'], rows: [[1n, 'old', 'large']], versions: [versionOf(1)] },
    { columns: ['id', 'a'], rows: [[1n, 'newer']], versions: [versionOf(3)] },
  ]);
});

test('rows with different sets of columns are different statements', () => {
  const reduction = reduceChanges(events([upsert(1n, 1, { a: 'x', b: null }), upsert(2n, 2, { a: 'y' })]));
  expect(reduction.upserts.map(({ columns }) => columns)).toEqual([
    ['id', 'a', 'b'],
    ['id', 'a'],
  ]);
});
