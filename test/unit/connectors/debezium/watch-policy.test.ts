import fc from 'fast-check';
import { decide, FRESH } from '../../../../connectors/debezium/watch-policy.ts';
import type { Watched } from '../../../../connectors/debezium/watch-policy.ts';
import { isSilent, listen } from '../../../../connectors/debezium/silence.ts';

const backOff = { firstMs: 1_000, maxMs: 60_000, healthyMs: 30_000 };
const never = () => 0.999_999;
const look = (watched: Watched, health: Parameters<typeof decide>[1], now: number, random = never) =>
  decide(watched, health, now, backOff, random);

describe('back-off', () => {
  test('waits before the first restart, and twice as long before each further one, up to the limit', () => {
    const restarts: number[] = [];
    let watched = FRESH;
    for (let now = 0; now < 400_000; now += 100) {
      const decision = look(watched, 'failed', now);
      watched = decision.watched;
      if (decision.restart) restarts.push(now);
    }
    const gaps = restarts.map((at, index) => at - (restarts[index - 1] ?? 0));
    expect(gaps.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(watched.attempts).toBe(restarts.length);
  });

  test('is spread between half and all of the delay', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(40),
        (chance, attempts) => {
          const { watched } = look({ ...FRESH, attempts }, 'failed', 0, () => chance);
          const full = Math.min(60_000, 1_000 * 2 ** attempts);
          expect(watched.restartAt).toBeGreaterThanOrEqual(full / 2);
          expect(watched.restartAt).toBeLessThanOrEqual(full);
        },
      ),
    );
  });

  test('starts over once the connector has run for a while, not before', () => {
    const tired: Watched = { attempts: 5, restartAt: null, runningSince: null };
    const running = look(tired, 'running', 0).watched;
    expect(look(running, 'running', 29_999).watched.attempts).toBe(5);
    expect(look(running, 'running', 30_000).watched.attempts).toBe(0);
    const interrupted = look(look(running, 'running', 29_999).watched, 'failed', 29_999).watched;
    expect(look(interrupted, 'running', 60_000).watched.attempts).toBe(5);
  });

  test('never restarts what is not failed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('running', 'paused', 'missing', 'restarting', 'unknown' as const),
        fc.record({
          attempts: fc.nat(20),
          restartAt: fc.option(fc.nat(100_000)),
          runningSince: fc.option(fc.nat(100_000)),
        }),
        fc.nat(1_000_000),
        (health, watched, now) => {
          expect(look(watched, health as 'running', now).restart).toBe(false);
        },
      ),
    );
  });

  test('a failure seen again does not push the restart away', () => {
    const first = look(FRESH, 'failed', 0).watched;
    const second = look(first, 'failed', 500).watched;
    expect(second.restartAt).toBe(first.restartAt);
    expect(look(second, 'unknown', 600).watched.restartAt).toBe(first.restartAt);
  });
});

describe('silence', () => {
  const limit = 10_000;

  test('counts from the last heartbeat that was seen to come', () => {
    const first = listen(undefined, 'running', 5n, 0);
    const second = listen(first, 'running', 6n, 1_000);
    const third = listen(second, 'running', 6n, 9_000);
    expect(isSilent(third, 11_000, limit)).toBe(false);
    expect(isSilent(third, 11_001, limit)).toBe(true);
  });

  test('does not count before the first heartbeat: a snapshot has none', () => {
    const started = listen(undefined, 'running', 5n, 0);
    expect(isSilent(listen(started, 'running', 5n, 3_600_000), 3_600_000, limit)).toBe(false);
  });

  test('counts from the restart of a connector that was heard before', () => {
    const heard = listen(listen(undefined, 'running', 5n, 0), 'running', 6n, 1_000);
    const restarting = listen(heard, 'restarting', null, 50_000);
    const running = listen(restarting, 'running', 6n, 55_000);
    expect(isSilent(running, 60_000, limit)).toBe(false);
    expect(isSilent(running, 60_001, limit)).toBe(true);
  });

  test('is forgotten when the connector was stopped or deleted: it may make a new snapshot', () => {
    const heard = listen(listen(undefined, 'running', 5n, 0), 'running', 6n, 1_000);
    for (const health of ['paused', 'missing'] as const) {
      const again = listen(listen(heard, health, null, 2_000), 'running', 6n, 3_000);
      expect(isSilent(again, 3_600_000, limit)).toBe(false);
    }
  });

  test('does not count while Kafka cannot say how far the heartbeats are', () => {
    const heard = listen(listen(undefined, 'running', 5n, 0), 'running', 6n, 1_000);
    const away = listen(heard, 'running', null, 50_000);
    expect(isSilent(away, 59_000, limit)).toBe(false);
  });
});
