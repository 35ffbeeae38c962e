import { Pace } from '../../../../monitoring/consistency/pace.ts';
import { ClaimsBench } from './claims-bench.ts';

const never = new AbortController().signal;

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

function busy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe('a budget', () => {
  test('of rows in a second is kept, of each side by itself', async () => {
    const pace = new Pace({ rowsPerSecond: 1_000 }, never);
    const seconds = await secondsOf(async () => {
      for (let chunk = 0; chunk < 6; chunk += 1) {
        await pace.after('source', 50);
        await pace.after('target', 50);
      }
    });
    expect(seconds).toBeGreaterThan(0.29);
    expect(seconds).toBeLessThan(0.55);
  });

  test('of a share of the time is kept', async () => {
    const pace = new Pace({ timeShare: 0.25 }, never);
    const seconds = await secondsOf(async () => {
      for (let chunk = 0; chunk < 5; chunk += 1) {
        busy(20);
        await pace.after('source', 1);
      }
    });
    expect(seconds).toBeGreaterThan(0.39);
  });

  test('that is none takes no time', async () => {
    const pace = new Pace({}, never);
    expect(await secondsOf(() => pace.after('source', 1e9))).toBeLessThan(0.05);
  });

  test.each([[true], [false]])('holds for a whole check (in key order: %s)', async (inOrder) => {
    const bench = new ClaimsBench();
    for (let id = 0n; id < 60n; id += 1n) {
      bench.oa.push([id, '1', null]);
      bench.ap.push([id, '1', null]);
    }
    const seconds = await secondsOf(async () => {
      const report = await bench.check({}, { budget: { rowsPerSecond: 200 } }, {}, inOrder);
      expect(report).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 60 }] });
    });
    expect(seconds).toBeGreaterThan(0.28);
  });

  test('does not keep a check from being cancelled', async () => {
    const controller = new AbortController();
    const pace = new Pace({ rowsPerSecond: 1 }, controller.signal);
    const wait = pace.after('source', 1_000);
    controller.abort(new Error('enough'));
    await expect(wait).rejects.toThrow();
  });
});
