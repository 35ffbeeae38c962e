import fc from 'fast-check';
import { LEASE_SECONDS, takeDueRun } from '../../../../app/runtime/sync/due-run.ts';
import { scheduleOf } from '../../../../app/config/schedule.ts';
import type { RunLedger, SyncRun } from '../../../../schemas/contract/sync-run.ts';
import { MemoryRuns } from './memory-runs.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 27, 12, 0, 30);
const everyMinute = scheduleOf('* * * * *', 'UTC');
const at = (minute: number, second = 0) => Date.UTC(2026, 10, 27, 12, minute, second);

function setUp(): { runs: MemoryRuns; take: (now: number, worker?: string) => Promise<SyncRun | null> } {
  const runs = new MemoryRuns();
  const take = (now: number, worker = 'me') => {
    runs.now = now;
    return takeDueRun(runs, 'r', everyMinute, worker, now);
  };
  return { runs, take };
}

const finish = (runs: MemoryRuns, run: SyncRun | null, worker = 'me') =>
  runs.change(run!, worker, { state: 'completed', verdict: 'match' });

test('nothing is due before the first moment, which is written down beforehand', async () => {
  const { runs, take } = setUp();
  expect(await take(START)).toBeNull();
  expect(await runs.list('r', { limit: 9 })).toMatchObject([
    { dueAt: at(1), state: 'ordered', missedSince: null },
  ]);
  expect(await take(at(0, 59))).toBeNull();
  expect(await take(at(1))).toMatchObject({ id: '2026-11-27T12:01:00Z', state: 'applying' });
});

test('a moment that nobody was there for is made up for once, and so are those after it', async () => {
  const { runs, take } = setUp();
  await take(START);
  const run = await take(at(4, 10));
  expect(run).toMatchObject({ dueAt: at(4), missedSince: at(1) });
  await finish(runs, run);
  expect(await take(at(4, 20))).toBeNull();
  expect((await runs.list('r', { limit: 9 })).map(({ dueAt, state }) => [dueAt, state])).toEqual([
    [at(5), 'ordered'],
    [at(4), 'completed'],
    [at(1), 'missed'],
  ]);
});

test('moments that pass while a run is under way are made up for by the next one', async () => {
  const { runs, take } = setUp();
  await take(START);
  const run = await take(at(1));
  expect(await take(at(2, 30), 'other')).toMatchObject({ id: run!.id });
  await finish(runs, run, 'other');
  const next = await take(at(4, 30));
  expect(next).toMatchObject({ dueAt: at(4), missedSince: at(2) });
});

test('a run that was late, but the only one, is not said to make up for others', async () => {
  const { runs, take } = setUp();
  await take(START);
  await finish(runs, await take(at(1)));
  await take(at(1, 5));
  expect(await take(at(2, 59))).toMatchObject({ dueAt: at(2), missedSince: null });
});

test('when the schedule changes, what was planned by the old one is forgotten', async () => {
  const { runs, take } = setUp();
  await take(START);
  await finish(runs, await take(at(1)));
  await take(at(1, 5));
  const hourly = scheduleOf('0 * * * *', 'Asia/Shanghai');
  await takeDueRun(runs, 'r', hourly, 'me', at(1, 10));
  expect((await runs.list('r', { limit: 9 })).map(({ dueAt }) => dueAt)).toEqual([at(60), at(1)]);
  await take(at(1, 20));
  expect((await runs.list('r', { limit: 9 })).map(({ dueAt }) => dueAt)).toEqual([at(2), at(1)]);
});

class Crash extends Error {}

/** Crashes before or after its nth call; each call may be put off while another process goes on. */
function fragile(runs: MemoryRuns, scheduler: fc.Scheduler, crashAt: number, after: boolean): RunLedger {
  let calls = 0;
  return new Proxy<RunLedger>(runs, {
    get(target, name: keyof RunLedger) {
      const call = (target as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[name]!;
      return async (...args: unknown[]) => {
        calls += 1;
        await scheduler.schedule(Promise.resolve());
        if (calls === crashAt && !after) throw new Crash();
        const result = await call.apply(target, args);
        if (calls === crashAt && after) throw new Crash();
        return result;
      };
    },
  });
}

interface Visit {
  readonly worker: string;
  readonly crashAt: number;
  readonly after: boolean;
  /** Seconds by which its clock is behind. */
  readonly behind: number;
}

const visit = fc.record<Visit>({
  worker: fc.constantFrom('a', 'b', 'c'),
  crashAt: fc.integer({ min: 1, max: 12 }),
  after: fc.boolean(),
  behind: fc.constantFrom(0, 0, 45, 130),
});

test('whatever crashes, is late or comes twice: each moment belongs to exactly one completed run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(
        fc.record({ passes: fc.integer({ min: 1, max: 400 }), visits: fc.array(visit, { maxLength: 3 }) }),
        { minLength: 1, maxLength: 12 },
      ),
      async (scheduler, history) => {
        const runs = new MemoryRuns();
        let now = START;
        runs.now = now;
        let processes = 0;
        await takeDueRun(runs, 'r', everyMinute, 'first', now);
        const process = async ({ worker, crashAt, after, behind }: Visit) => {
          const name = `${worker}-${(processes += 1).toString()}`;
          const ledger = fragile(runs, scheduler, crashAt, after);
          const run = await takeDueRun(ledger, 'r', everyMinute, name, now - behind * 1_000);
          if (run === null) return;
          await ledger.change(run, name, { state: 'checking' });
          await ledger.change(run, name, { state: 'completed', verdict: 'match' });
        };
        for (const { passes, visits } of history) {
          now += passes * 1_000;
          runs.now = now;
          const all = Promise.allSettled(visits.map(process));
          await scheduler.waitFor(all);
        }
        // In the end somebody is there for long enough.
        for (let last = 0; last < 5; last += 1) {
          now += (LEASE_SECONDS + 1) * 1_000;
          runs.now = now;
          const run = await takeDueRun(runs, 'r', everyMinute, 'last', now);
          if (run !== null) await runs.change(run, 'last', { state: 'completed', verdict: 'match' });
        }
        const completed = (await runs.list('r', { limit: 1_000 })).filter(
          ({ state }) => state === 'completed',
        );
        const latest = everyMinute.latest(now - 5 * (LEASE_SECONDS + 1) * 1_000) ?? 0;
        for (let moment = everyMinute.next(START); moment <= latest; moment += MINUTE) {
          const covering = completed.filter(
            ({ dueAt, missedSince }) => (missedSince ?? dueAt) <= moment && moment <= dueAt,
          );
          expect(covering).toHaveLength(1);
        }
        for (const { id } of completed) expect(runs.endings.get(id)).toBe(1);
      },
    ),
    { numRuns: 150 },
  );
});
