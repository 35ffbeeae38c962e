import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import { offsetOf } from '../../../../schemas/contract/position.ts';
import { passedPorts } from '../fixtures.ts';
import { ClaimsBench, claims } from './claims-bench.ts';

let bench: ClaimsBench;
beforeEach(() => {
  bench = new ClaimsBench();
});

describe('a check that cannot know', () => {
  test('is inconclusive for each table when the fence is not passed', async () => {
    bench.oa.push([1n, '1', null]);
    const report = await bench.check({ positions: () => Promise.resolve([]) });
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      rounds: 0,
      fence: { position: '0/7', passed: false },
    });
    expect(report.tables).toMatchObject([{ table: 'ap.claim', verdict: 'inconclusive' }]);
    expect(report.reason).toMatch(/passed no heartbeat of its source/);
  });

  test('keeps what the first look has proven when the second fence is not passed', async () => {
    bench.source.create(claims('oa', 'other'));
    bench.target.create(claims('ap', 'other'));
    bench.oa.push([1n, '1', null]);
    const ports = passedPorts();
    let asked = 0;
    const report = await bench.check({
      tables: () => Promise.resolve(['claim', 'other'].map((name) => ({ namespace: 'oa', name }))),
      endOffsets: (topics) => {
        asked += 1;
        if (asked === 1) return ports.endOffsets(topics);
        return Promise.resolve(
          new Map([['heart', [{ partition: 0, low: offsetOf(0), high: offsetOf(99) }]]]),
        );
      },
    });
    expect(report.tables.map(({ table, verdict }) => [table, verdict])).toEqual([
      ['ap.claim', 'inconclusive'],
      ['ap.other', 'match'],
    ]);
    expect(report.tables[0]?.reason).toMatch(
      /1 keys differed and were not looked at again.*90 offsets behind/,
    );
  });

  test.each([
    [
      'the source does not answer',
      () => {
        bench.source.snapshot = () =>
          Promise.reject(new CounterfoilError('SOURCE_UNAVAILABLE', 'no answer', { remedy: 'Start it.' }));
      },
      'no answer. Start it.',
    ],
    [
      'the target does not answer',
      () => {
        bench.target.snapshot = () => Promise.reject(new CounterfoilError('TARGET_UNAVAILABLE', 'gone'));
      },
      'gone',
    ],
    [
      'a source table is not there',
      () => {
        bench.source.tables.clear();
      },
      'the source has no table oa.claim',
    ],
    [
      'a driver fails with a message that may quote a value',
      () => {
        bench.source.position = () => Promise.reject(new Error('value 12345'));
      },
      'the check failed (Error)',
    ],
  ])('is inconclusive when %s', async (_, breakIt, reason) => {
    breakIt();
    expect(await bench.check()).toMatchObject({ verdict: 'inconclusive', reason });
  });

  test('counts the rows of tables without a key', async () => {
    bench.source.create({ ...claims('oa', 'log'), key: [] });
    const report = await bench.check({
      tables: () => Promise.resolve(['claim', 'log'].map((name) => ({ namespace: 'oa', name }))),
    });
    expect(report.tables.map(({ table, verdict, reason }) => [table, verdict, reason])).toEqual([
      ['ap.claim', 'match', null],
      ['ap.log', 'match', null],
    ]);
  });

  test('is inconclusive when there is nothing to check', async () => {
    expect(await bench.check({}, {}, { tables: ['oa.nothing'] })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'there is no table to check',
    });
  });

  test('ends soon when it is cancelled', async () => {
    const controller = new AbortController();
    const wait = bench.check(
      { positions: () => Promise.resolve([]) },
      { pollMilliseconds: 60_000 },
      {
        signal: controller.signal,
        deadlineSeconds: 60,
      },
    );
    controller.abort();
    expect(await wait).toMatchObject({ verdict: 'inconclusive', reason: 'the check was cancelled' });
  });

  test('ends when it is cancelled though a database does not answer any more, and closes its views', async () => {
    const controller = new AbortController();
    const { source } = bench;
    const snapshot = source.snapshot.bind(source);
    source.snapshot = async () => ({
      ...(await snapshot()),
      rawRows: () => {
        setImmediate(() => {
          controller.abort();
        });
        return new Promise<never>(() => undefined);
      },
    });
    expect(await bench.check({}, {}, { signal: controller.signal })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the check was cancelled',
    });
  });

  test('a target table that is not there holds no row', async () => {
    bench.target.tables.clear();
    expect(await bench.check()).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 0 }] });
    bench.oa.push([1n, '1', null]);
    expect(await bench.check()).toMatchObject({ verdict: 'mismatch', tables: [{ missing: 1 }] });
  });
});
