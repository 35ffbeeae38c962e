import fc from 'fast-check';
import { reduceChanges } from '../../../processors/reduce/reduce.ts';
import type { Row } from '../../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import type { KeyedChange } from '../../../schemas/contract/mapping.ts';
import { postgresVersion } from '../../../schemas/contract/position.ts';
import type { RowGroups, Withheld } from '../../../schemas/contract/ports.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { unwrittenStates } from '../../../sinks/upsert/unwritten.ts';
import { planBatch } from '../../../sinks/upsert/plan.ts';
import type { TargetColumn, TargetTable } from '../../../sinks/upsert/database.ts';

// Lines that name a claim, as a feed of claims watches them: what tells it which claims a batch has touched.
const table: TableShape = {
  id: { namespace: 'ap', name: 'line' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
    { name: 'claim', type: { kind: 'int', bits: 64 }, nullable: true },
    { name: 'text', type: { kind: 'text' }, nullable: true },
  ],
  key: ['id'],
};
const columns = table.columns.map(({ name, type }): TargetColumn => ({
  ...{ name, kind: type.kind, sqlType: '', family: name === 'text' ? 'text' : 'integer', limits: {} },
  ...{ generated: false, required: false, comparison: 'exact' },
}));
const target: TargetTable = {
  shape: table,
  columns: new Map(columns.map((column) => [column.name, column])),
  leftOut: new Set(),
  key: columns.slice(0, 1),
  identity: { name: 'line_pkey', primary: true, columns: ['id'] },
  ...{ hasOtherUnique: false, deleteIsInert: false },
};

/** The table of a target with its triggers: which claim was touched, and by how new a change at most. */
class WatchedTarget {
  readonly notes = new Map<bigint, number>();
  readonly #rows = new Map<bigint, { readonly claim: bigint | null; readonly at: number }>();
  #reached = 0;

  apply(groups: RowGroups, newest: number): void {
    this.#reached = Math.max(this.#reached, newest);
    const sets = planBatch(groups, { targetOf: () => target, storesNul: false });
    const withheld: Withheld[] = [];
    for (const { kind, rows, keys, versions } of sets)
      for (const [at, [id, claim]] of rows.entries()) {
        const version = numberOf(versions[at]!);
        const before = this.#rows.get(id as bigint);
        if (before !== undefined && before.at >= version) {
          const reason = before.at === version ? 'duplicate' : 'superseded';
          withheld.push({ table, key: keys[at]!, version: versions[at]!, reason });
          continue;
        }
        const noted = kind === 'delete' ? this.#reached : version;
        const after = kind === 'delete' ? null : (claim as bigint);
        for (const each of [before?.claim, after]) this.#note(each ?? null, noted);
        this.#rows.set(id as bigint, { claim: after, at: version });
      }
    for (const { cells, until } of unwrittenStates(groups.passed ?? [], sets, withheld))
      this.#note(claimIn(cells), until === null ? this.#reached : numberOf(until));
  }

  #note(claim: bigint | null, version: number): void {
    if (claim !== null) this.notes.set(claim, Math.max(this.notes.get(claim) ?? 0, version));
  }
}

const claimIn = ({ claim }: Row) => (claim ?? null) as bigint | null;
const numberOf = (version: string) => parseInt(version.slice(16), 16);

interface Happening {
  readonly id: bigint;
  /** Null when it is deleted. */
  readonly claim: bigint | null;
  readonly text: boolean;
}

function changeOf({ id, claim, text }: Happening, at: number): KeyedChange {
  const that = { table, key: rowKeyOf([id]), version: postgresVersion(0n, BigInt(at)) };
  if (claim === null) return { ...that, kind: 'delete', keyCells: [id] };
  return { ...that, kind: 'upsert', cells: { id, claim, ...(text ? { text: `${at}` } : {}) } };
}

const happening: fc.Arbitrary<Happening> = fc.record({
  id: fc.bigInt({ min: 1n, max: 2n }),
  claim: fc.option(fc.bigInt({ min: 1n, max: 4n })),
  text: fc.boolean(),
});

test('every claim that a line ever belonged to is noted with a version that is no older than what the line was next', () => {
  fc.assert(
    fc.property(
      fc.array(happening, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 }),
      // Where keys have moved to other partitions, changes come in another order.
      fc.option(fc.array(fc.double({ noNaN: true }), { minLength: 12, maxLength: 12 })),
      (history, sizes, places) => {
        const changes = history.map((each, at) =>
          // An incomplete row needs one to complete: it is not tried in another order.
          changeOf(places === null ? each : { ...each, text: true }, at + 1),
        );
        const order = [...changes.keys()];
        if (places !== null) order.sort((a, b) => places[a]! - places[b]!);
        const watched = new WatchedTarget();
        for (let at = 0, batch = 0; at < order.length; batch += 1) {
          const some = order.slice(at, at + (sizes[batch] ?? 1));
          watched.apply(
            reduceChanges(some.map((event) => ({ change: changes[event]!, event }))),
            Math.max(...some) + 1,
          );
          at += some.length;
        }
        for (const [at, { id, claim }] of history.entries()) {
          if (claim === null) continue;
          const next = history.findIndex((later, place) => place > at && later.id === id);
          expect(watched.notes.get(claim) ?? 0).toBeGreaterThanOrEqual((next < 0 ? at : next) + 1);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('of a row that is written as it came nothing is told besides', () => {
  const changes = [
    changeOf({ id: 1n, claim: 1n, text: true }, 1),
    changeOf({ id: 2n, claim: 1n, text: true }, 2),
  ];
  expect(reduceChanges(changes.map((change, event) => ({ change, event }))).passed).toEqual([]);
});
