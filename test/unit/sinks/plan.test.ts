import fc from 'fast-check';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import { epochOf, offsetOf, versionOf } from '../../../schemas/contract/position.ts';
import type { SinkBatch } from '../../../schemas/contract/ports.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { planBatch } from '../../../sinks/upsert/plan.ts';
import { chunks, pick, slice } from '../../../sinks/upsert/row-sets.ts';
import { idsOf, setOf, shape, targetOf, thrownBy } from './row-sets.ts';

const options = { targetOf, storesNul: false };
const version = versionOf('0'.repeat(32));

function batchOf(parts: Partial<SinkBatch>): SinkBatch {
  return {
    claim: { route: 'r', topic: 't', partition: 0, epoch: epochOf(1), next: null, recordTime: null },
    first: offsetOf(0),
    next: offsetOf(1),
    sourceVersion: null,
    sourceTime: null,
    recordTime: null,
    watermark: null,
    mappingVersion: '1',
    clears: [],
    occurrences: [],
    upserts: [],
    deletes: [],
    letters: [],
    freed: [],
    ...parts,
  };
}

function named(name: string): TableShape {
  return { ...shape, id: { ...shape.id, name } };
}

function upsertsOf(
  table: TableShape,
  ids: readonly number[],
  columns = ['id', 'title'],
): SinkBatch['upserts'][number] {
  return {
    table,
    columns,
    rows: ids.map((id) => columns.map((name) => (name === 'id' ? BigInt(id) : 'x'))),
    keys: ids.map((id) => rowKeyOf([BigInt(id)])),
    versions: ids.map(() => version),
  };
}

function deletesOf(table: TableShape, ids: readonly number[]): SinkBatch['deletes'][number] {
  const keyCells = ids.map((id) => [BigInt(id)]);
  return { table, keyCells, keys: keyCells.map(rowKeyOf), versions: ids.map(() => version) };
}

describe('the plan of a batch', () => {
  test('deletes, then upserts, then incomplete rows, each by table', () => {
    const sets = planBatch(
      batchOf({
        upserts: [upsertsOf(named('b'), [1]), upsertsOf(named('a'), [1]), upsertsOf(named('c'), [2], ['id'])],
        deletes: [deletesOf(named('z'), [3]), deletesOf(named('a'), [4]), deletesOf(named('y'), [])],
      }),
      options,
    );
    expect(sets.map((set) => [set.kind, set.target.shape.id.name])).toEqual([
      ['delete', 'a'],
      ['delete', 'z'],
      ['upsert', 'a'],
      ['upsert', 'b'],
      ['update', 'c'],
    ]);
  });

  test('rows of a set are in one order of keys, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500)), fc.func(fc.integer()), (ids, order) => {
        const shuffled = [...ids].sort((a, b) => order(a) - order(b));
        const [one] = planBatch(batchOf({ upserts: [upsertsOf(shape, ids)] }), options);
        const [two] = planBatch(batchOf({ upserts: [upsertsOf(shape, shuffled)] }), options);
        expect(one?.keys ?? []).toEqual(two?.keys ?? []);
        expect(one === undefined ? [] : idsOf(one).map((id) => rowKeyOf([BigInt(id)]))).toEqual(
          one?.keys ?? [],
        );
      }),
    );
  });

  test('rows that do not fit are named before anything is written', () => {
    const group = upsertsOf(shape, [1, 2]);
    const bad = {
      ...group,
      rows: [
        [1n, 'fine'],
        [2n, 'a\0b'],
      ],
    };
    expect(thrownBy(() => planBatch(batchOf({ upserts: [bad] }), options))).toMatchObject({
      rejections: [{ key: rowKeyOf([2n]) }],
    });
    expect(() => planBatch(batchOf({ upserts: [bad] }), { ...options, storesNul: true })).not.toThrow();
  });

  test.each([[['title']], [['id', 'elsewhere']]])(
    'rows of the columns %j are a fault of the caller',
    (columns) => {
      const group = upsertsOf(shape, [1], columns);
      expect(thrownBy(() => planBatch(batchOf({ upserts: [group] }), options))).toMatchObject({
        code: 'INTERNAL',
      });
    },
  );
});

describe('parts of a set', () => {
  test('chunks keep every row once and in order, within their limits', () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3_000 }),
        (count, rows, bytes) => {
          const set = setOf(Array.from({ length: count }, (_, n) => n));
          const parts = [...chunks(set, { rows, bytes })];
          expect(parts.flatMap(idsOf)).toEqual(idsOf(set));
          for (const part of parts) {
            expect(part.rows.length).toBeLessThanOrEqual(rows);
            expect(part.keys).toHaveLength(part.rows.length);
            expect(part.versions).toHaveLength(part.rows.length);
          }
        },
      ),
    );
  });

  test('a large row stands alone', () => {
    const set = setOf([1, 2, 3]);
    const large = { ...set, rows: [set.rows[0]!, [2n, 'x'.repeat(10_000)], set.rows[2]!] };
    expect([...chunks(large, { rows: 10, bytes: 1_000 })].map(idsOf)).toEqual([[1], [2], [3]]);
  });

  test('slice and pick keep rows, keys and versions together', () => {
    const set = setOf([5, 6, 7, 8]);
    expect(slice(set, 1, 3)).toMatchObject({ keys: ['["6"]', '["7"]'], versions: set.versions.slice(1, 3) });
    expect(pick(set, [3, 0])).toMatchObject({
      keys: ['["8"]', '["5"]'],
      versions: [set.versions[3], set.versions[0]],
    });
    expect(() => pick(set, [4])).toThrow(RangeError);
  });
});
