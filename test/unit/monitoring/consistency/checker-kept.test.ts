import type { RowCells } from '../../../../monitoring/consistency/reader.ts';
import type { DeletePolicy, Mapping } from '../../../../schemas/contract/mapping.ts';
import { mirrorOf } from '../../../../schemas/dsl/mirror.ts';
import type { TableRule } from '../../../../schemas/dsl/mirror.ts';
import { ClaimsBench, claims } from './claims-bench.ts';

let bench: ClaimsBench;
beforeEach(() => {
  bench = new ClaimsBench();
});

const mirror = (policy: DeletePolicy, tables: readonly TableRule[] = []): Mapping =>
  mirrorOf({
    name: 'claims',
    targetNamespace: 'ap',
    accepts: () => true,
    policy: { delete: policy, truncate: 'deny' },
    tables,
    secret: 'a salt of sixteen or more',
  });

const DELETED = '2024-02-29T08:00:00Z';

/** The target as a route with this mapping makes it, with these rows. */
function targetHolds(mapping: Mapping, rows: readonly RowCells[]): void {
  bench.target.create(mapping.targets(claims('oa'))[0]!, rows);
}

describe('rows that outlive their source rows', () => {
  const soft = mirror('soft');

  test.each<[string, RowCells[], object]>([
    [
      'a row that is marked and gone at the source is kept',
      [
        [1n, '1', null, null],
        [2n, '2', 'x', DELETED],
      ],
      { verdict: 'match', kept: 1, rowsCompared: 1 },
    ],
    [
      'a row that is gone at the source and not marked is extra',
      [
        [1n, '1', null, null],
        [2n, '2', 'x', null],
      ],
      { verdict: 'mismatch', extra: 1, kept: 0 },
    ],
    [
      'a row that is there at the source and marked differs',
      [[1n, '1', null, DELETED]],
      { verdict: 'mismatch', different: 1, kept: 0, keys: [{ columns: ['cf_deleted_at'] }] },
    ],
    [
      'a row that was deleted before it came is nowhere',
      [[1n, '1', null, null]],
      { verdict: 'match', kept: 0 },
    ],
    [
      'a changed row is found beside kept ones',
      [
        [1n, '1.01', null, null],
        [2n, '2', 'x', DELETED],
      ],
      { verdict: 'mismatch', different: 1, kept: 1 },
    ],
  ])('soft: %s', async (_, rows, outcome) => {
    bench.oa.push([1n, '1', null]);
    targetHolds(soft, rows);
    const { tables } = await bench.check({ mapping: soft });
    expect(tables).toMatchObject([outcome]);
  });

  test('soft: a row that is deleted between the looks settles', async () => {
    bench.oa.push([1n, '1', null]);
    targetHolds(soft, [[1n, 'tampered', null, null]]);
    bench.source.beforeSnapshot = (number) => {
      if (number !== 2) return;
      bench.oa.pop();
      targetHolds(soft, [[1n, 'tampered', null, DELETED]]);
    };
    expect(await bench.check({ mapping: soft })).toMatchObject({ verdict: 'match' });
  });

  test('ignore: whatever only the target has is kept, and a changed row is found', async () => {
    const ignoring = mirror('ignore');
    bench.oa.push([1n, '1', null]);
    bench.ap.push([1n, '1', null], [2n, '2', 'x'], [3n, '3', 'x']);
    expect((await bench.check({ mapping: ignoring })).tables).toMatchObject([
      { verdict: 'match', kept: 2, extra: 0, rowsCompared: 1 },
    ]);
    bench.ap[0] = [1n, '1.01', null];
    expect((await bench.check({ mapping: ignoring })).tables).toMatchObject([
      { verdict: 'mismatch', kept: 2, different: 1 },
    ]);
  });
});

describe('columns that are left out or masked', () => {
  const hiding = mirror('hard', [
    {
      match: ['oa.claim'],
      exclude: ['amount'],
      masks: [
        { columns: ['id'], mask: { method: 'hash' } },
        { columns: ['remark'], mask: { method: 'partial', keepFirst: 0, keepLast: 2 } },
      ],
    },
  ]);
  const copied = (row: RowCells): RowCells => {
    const [id, amount, remark] = row;
    const [change] = hiding.upsert(claims('oa'), [id!], { id: id!, amount: amount!, remark: remark! });
    if (change?.kind !== 'upsert') throw new Error('no row');
    return [change.cells['id']!, change.cells['remark']!];
  };

  test('match when masked as the mapping says, and only then', async () => {
    bench.oa.push([1n, '1', 'abcdef'], [2n, '2', null]);
    targetHolds(hiding, [copied([1n, '1', 'abcdef']), copied([2n, '2', null])]);
    expect((await bench.check({ mapping: hiding })).tables).toMatchObject([
      { verdict: 'match', rowsCompared: 2 },
    ]);
    const [id] = copied([1n, '1', 'abcdef']);
    targetHolds(hiding, [[id!, 'abcdef'], copied([2n, '2', null])]);
    expect((await bench.check({ mapping: hiding })).tables).toMatchObject([
      { verdict: 'mismatch', different: 1, keys: [{ columns: ['remark'] }] },
    ]);
  });

  test('an orphan under a hashed key is found', async () => {
    bench.oa.push([1n, '1', null]);
    targetHolds(hiding, [copied([1n, '1', null]), copied([9n, '1', null])]);
    expect((await bench.check({ mapping: hiding })).tables).toMatchObject([
      { verdict: 'mismatch', extra: 1 },
    ]);
  });
});

test('a table without a key whose deleted rows are to be kept is named and makes no match', async () => {
  bench.source.create({ ...claims('oa', 'log'), key: [] });
  bench.oa.push([1n, '1', null]);
  bench.ap.push([1n, '1', null]);
  const tables = ['claim', 'log'].map((name) => ({ namespace: 'oa', name }));
  const report = await bench.check({ mapping: mirror('soft'), tables: () => Promise.resolve(tables) });
  expect(report.verdict).toBe('inconclusive');
  expect(report.tables).toMatchObject([
    {
      table: 'oa.log',
      verdict: 'inconclusive',
      reason: expect.stringMatching(/has no key.*delete: hard/) as string,
    },
    { table: 'ap.claim', verdict: 'match' },
  ]);
});
