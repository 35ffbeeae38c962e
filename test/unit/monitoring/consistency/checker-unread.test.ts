import type { UnreadRow } from '../../../../monitoring/consistency/fence.ts';
import type { UnreadFence } from '../../../../monitoring/consistency/unread-rows.ts';
import { ClaimsBench } from './claims-bench.ts';

let bench: ClaimsBench;
beforeEach(() => {
  bench = new ClaimsBench();
});

const table = { namespace: 'oa', name: 'claim' };
/** Kafka holds changes of these rows that the route has not read, as of the nth time it is asked. */
const unread = (
  ...rows: readonly (readonly UnreadRow['key'][])[]
): { unread: UnreadFence; asked: () => number } => {
  let asked = 0;
  return {
    asked: () => asked,
    unread: () => {
      const keys = rows[Math.min(asked, rows.length - 1)] ?? [];
      asked += 1;
      return Promise.resolve({ passed: true, unread: keys.map((key) => ({ table, key })) });
    },
  };
};

describe('a check of a route that rests', () => {
  test('leaves the rows that have changed since, and compares all others', async () => {
    bench.oa.push([1n, '1', null], [2n, '2.50', null], [3n, '3', null]);
    bench.ap.push([1n, '1', null], [2n, '2', null], [4n, '4', null]);
    const rests = unread([[2n], [3n], [4n]]);
    const report = await bench.check(rests);
    expect(report).toMatchObject({ verdict: 'match', fence: { passed: true } });
    expect(report.tables).toMatchObject([{ verdict: 'match', later: 3 }]);
  });

  test('names a row that differs and has not changed since', async () => {
    bench.oa.push([1n, '1', null], [2n, '2.50', null]);
    bench.ap.push([1n, '9', null], [2n, '2', null]);
    const report = await bench.check(unread([[2n]]));
    expect(report).toMatchObject({ verdict: 'mismatch', tables: [{ different: 1, later: 1 }] });
    expect(report.tables[0]!.keys).toMatchObject([{ key: '["1"]', kind: 'different' }]);
  });

  test('asks again behind the first look: a row may have changed between', async () => {
    bench.oa.push([1n, '1.50', null]);
    bench.ap.push([1n, '1', null]);
    const rests = unread([], [[1n]]);
    expect(await bench.check(rests)).toMatchObject({ verdict: 'match', tables: [{ later: 1 }] });
    expect(rests.asked()).toBe(2);
  });

  test('leaves all rows of a table that was truncated since', async () => {
    bench.ap.push([1n, '1', null], [2n, '2', null]);
    expect(await bench.check(unread([[]]))).toMatchObject({ verdict: 'match', tables: [{ later: 2 }] });
  });

  test('is inconclusive while Kafka does not hold what is committed', async () => {
    const late: UnreadFence = () => Promise.resolve({ passed: false, reason: 'no heartbeat' });
    expect(await bench.check({ unread: late })).toMatchObject({
      ...{ verdict: 'inconclusive', reason: 'no heartbeat', fence: { passed: false } },
    });
  });
});

describe('a check of some rows', () => {
  test('reads these of the source, and only the target rows that they lead to', async () => {
    bench.oa.push([1n, '1', null], [2n, '2', 'x'], [3n, '3', null]);
    bench.ap.push([1n, '9', null], [2n, '2', 'x'], [4n, '4', null]);
    const of = (where: string) => bench.check({}, {}, { where });
    expect(await of('2')).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 1 }] });
    expect(await of('1')).toMatchObject({ verdict: 'mismatch', tables: [{ different: 1, extra: 0 }] });
    expect(await of('3')).toMatchObject({ verdict: 'mismatch', tables: [{ missing: 1, extra: 0 }] });
    expect(await of('7')).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 0 }] });
  });
});
