import { ClaimsBench } from './claims-bench.ts';

let bench: ClaimsBench;
beforeEach(() => {
  bench = new ClaimsBench();
});

describe('a check', () => {
  test('of equal rows is a match after one look', async () => {
    bench.oa.push([1n, '1.50', null], [2n, '2', ''], [3n, '3', 'x']);
    bench.ap.push([3n, '3.00', 'x'], [1n, '1.5', null], [2n, '2', '']);
    expect(await bench.check()).toMatchObject({
      ...{ route: 'claims', verdict: 'match', reason: null, rounds: 1 },
      fence: { position: '0/7', passed: true },
      tables: [{ table: 'ap.claim', verdict: 'match', rowsCompared: 3 }],
    });
  });

  test('names missing, extra and different rows after a second look', async () => {
    bench.oa.push([1n, '1', null], [2n, '2', ''], [3n, '3', 'x']);
    bench.ap.push([2n, '2.01', null], [3n, '3', 'x'], [4n, '4', null]);
    const report = await bench.check();
    expect(report).toMatchObject({ verdict: 'mismatch', rounds: 2 });
    expect(report.tables[0]).toMatchObject({ rowsCompared: 4, missing: 1, extra: 1, different: 1 });
    expect([...report.tables[0]!.keys].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: '["1"]', kind: 'missing', columns: [], code: null },
      { key: '["2"]', kind: 'different', columns: ['amount', 'remark'], code: null },
      { key: '["4"]', kind: 'extra', columns: [], code: null },
    ]);
  });

  test('does not cry wolf over rows that are on their way', async () => {
    bench.oa.push([1n, '1', null], [2n, '2', null]);
    bench.ap.push([1n, '1', null], [3n, '3', null]);
    // By the next look the route has applied the insert, the update and the delete.
    bench.source.beforeSnapshot = (number) => {
      if (number === 1) bench.oa[0] = [1n, '1.10', null];
    };
    bench.target.beforeSnapshot = (number) => {
      if (number === 2) bench.ap.splice(0, 2, [1n, '1.10', null], [2n, '2', null]);
    };
    expect(await bench.check()).toMatchObject({ verdict: 'match', rounds: 2 });
  });

  test('takes the view of the target first, so that what comes later counts as missing, not as extra', async () => {
    const order: string[] = [];
    bench.source.beforeSnapshot = () => order.push('source');
    bench.target.beforeSnapshot = () => order.push('target');
    await bench.check();
    expect(order).toEqual(['target', 'source']);
  });

  test('of a row that changes all the time is inconclusive, and still names what is wrong elsewhere', async () => {
    bench.oa.push([1n, '0', null], [2n, '2', null]);
    bench.ap.push([1n, '-1', null], [2n, '2', null]);
    bench.source.beforeSnapshot = (number) => {
      bench.oa[0] = [1n, number.toString(), null];
    };
    const report = await bench.check({}, { rounds: 4 });
    expect(report).toMatchObject({ verdict: 'inconclusive', rounds: 4 });
    expect(report.tables[0]?.reason).toBe('1 keys changed between all looks at them');
    bench.oa.push([3n, '3', null]);
    expect(await bench.check({}, { rounds: 4 })).toMatchObject({
      verdict: 'mismatch',
      tables: [{ missing: 1 }],
    });
  });

  test('confirms only what was the same before and after a fence', async () => {
    bench.oa.push([1n, '1', null]);
    bench.ap.push([1n, '9', null]);
    // Wrong in another way at the second look: that is a change, so a third look decides.
    bench.target.beforeSnapshot = (number) => {
      if (number === 2) bench.ap[0] = [1n, '8', null];
    };
    expect(await bench.check()).toMatchObject({ verdict: 'mismatch', rounds: 3, tables: [{ different: 1 }] });
  });

  test('finds the source row of an extra row that came back', async () => {
    bench.ap.push([1n, '1', null]);
    bench.source.beforeSnapshot = (number) => {
      if (number === 2) bench.oa.push([1n, '1', null]);
    };
    expect(await bench.check()).toMatchObject({ verdict: 'match', rounds: 2 });
  });

  test('names a row that is there twice', async () => {
    bench.oa.push([1n, '1', null]);
    bench.ap.push([1n, '1', null], [1n, '1', null]);
    const report = await bench.check();
    expect(report.verdict).toBe('mismatch');
    expect(report.tables[0]?.keys).toEqual([{ key: '["1"]', kind: 'extra', columns: [], code: null }]);
  });

  test('goes through temporary files the same way', async () => {
    for (let n = 0n; n < 500n; n += 1n) {
      bench.oa.push([n, n.toString(), null]);
      if (n !== 250n) bench.ap.push([n, n.toString(), null]);
    }
    const report = await bench.check({}, { memoryBytes: 1 });
    expect(report.tables[0]).toMatchObject({ verdict: 'mismatch', missing: 1, rowsCompared: 500 });
    expect(report.tables[0]?.keys[0]?.key).toBe('["250"]');
  });

  test('looks again at no more keys than it may, and then does not call a flood a match', async () => {
    for (let n = 0n; n < 50n; n += 1n) bench.oa.push([n, '1', null]);
    expect(await bench.check({}, { relookKeys: 5, shownKeys: 2 })).toMatchObject({
      verdict: 'mismatch',
      tables: [{ missing: 50, keys: [{}, {}] }],
    });
  });

  test('of a flood of which the sample has settled is inconclusive', async () => {
    for (let n = 0n; n < 50n; n += 1n) bench.oa.push([n, '1', null]);
    bench.target.beforeSnapshot = (number) => {
      if (number === 2) bench.ap.push(...bench.oa);
    };
    const report = await bench.check({}, { relookKeys: 5 });
    expect(report).toMatchObject({ verdict: 'inconclusive' });
    expect(report.tables[0]?.reason).toMatch(/45 more keys differed/);
  });
});
