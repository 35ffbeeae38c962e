import fc from 'fast-check';
import { heartbeatGap, offsetGap, waitForFence } from '../../../../monitoring/consistency/fence.ts';
import type { FencedRoute } from '../../../../monitoring/consistency/fence.ts';
import {
  binlogFileNumber,
  isPassed,
  lsnOf,
  positionText,
  versionText,
} from '../../../../monitoring/consistency/source-position.ts';
import type { SourcePosition } from '../../../../monitoring/consistency/source-position.ts';
import type { StoredPosition } from '../../../../schemas/contract/ports.ts';
import { binlogVersion, epochOf, offsetOf, postgresVersion } from '../../../../schemas/contract/position.ts';
import type { Version } from '../../../../schemas/contract/position.ts';

const at: SourcePosition = { kind: 'binlog', era: 1, file: 'binlog.000007', position: 1_000n };

function stored(
  topic: string,
  next: number,
  sourceVersion: Version | null = null,
  partition = 0,
): StoredPosition {
  return {
    ...{ route: 'r', topic, partition, epoch: epochOf(1), next: offsetOf(next) },
    ...{ sourceVersion, sourceTime: sourceVersion === null ? null : 1_700_000_000_000 },
    watermark: null,
    accounted: offsetOf(0),
  };
}

describe('isPassed', () => {
  test.each([
    ['an earlier file', binlogVersion(1, 6, 9_999n, 0), false],
    ['an earlier place', binlogVersion(1, 7, 999n, 5), false],
    ['the very place, which a snapshot read has, too', binlogVersion(1, 7, 1_000n, 0), false],
    ['a snapshot read of a later place', binlogVersion(1, 7, 1_001n, 0), false],
    ['a later place', binlogVersion(1, 7, 1_001n, 1), true],
    ['a later file', binlogVersion(1, 8, 4n, 1), true],
    ['a later era', binlogVersion(2, 1, 4n, 1), true],
    ['an earlier era', binlogVersion(0, 9, 4n, 1), false],
  ])('in a binlog: %s', (_, version, passed) => {
    expect(isPassed(at, version)).toBe(passed);
  });

  test.each([
    ['a row written behind it', postgresVersion(50n, 100n), true],
    ['a row written before it', postgresVersion(50n, 99n), false],
    ['a snapshot read, however late', postgresVersion(500n, 0n), false],
  ])('in WAL: %s', (_, version, passed) => {
    expect(isPassed({ kind: 'wal', era: 0, lsn: 100n }, version)).toBe(passed);
  });

  test('only ever turns from not passed to passed as heartbeats go on', () => {
    fc.assert(
      fc.property(fc.nat(9), fc.nat(50), fc.nat(9), fc.nat(50), (file, place, more, further) => {
        const before = binlogVersion(1, file, BigInt(place), 1);
        const after = binlogVersion(1, file + more, BigInt(more === 0 ? place + further : further), 1);
        const position = { ...at, file: 'b.5', position: 20n };
        expect(isPassed(position, before) && !isPassed(position, after)).toBe(false);
      }),
    );
  });

  test('positions are told as their database writes them', () => {
    expect(positionText(at)).toBe('binlog.000007:1000');
    expect(positionText({ kind: 'wal', era: 0, lsn: lsnOf('1/2A3F00') })).toBe('1/2A3F00');
    expect(versionText('binlog', binlogVersion(1, 7, 1_000n, 0))).toBe('binlog file 7, position 1000');
    expect(versionText('wal', postgresVersion(1n, 0x1_0000_00ffn))).toBe('1/FF');
    // What was read by a snapshot has the place of the commit before it, whatever the era.
    expect(versionText('wal', postgresVersion((1n << 56n) + 0xffn, 0n))).toBe('0/FF');
    expect(() => binlogFileNumber('binlog')).toThrow(RangeError);
  });
});

describe('heartbeatGap', () => {
  test('is closed by a heartbeat of the heartbeat topic only', () => {
    const version = binlogVersion(1, 9, 4n, 1);
    expect(heartbeatGap('heart', at, [stored('claims', 1, version), stored('heart', 1, version)])).toBeNull();
    expect(heartbeatGap('heart', at, [stored('claims', 1, version)])).toMatch(/passed no heartbeat/);
  });

  test('says how far the route has come', () => {
    const gap = heartbeatGap('heart', at, [
      stored('heart', 1, binlogVersion(1, 7, 900n, 0)),
      stored('heart', 1, binlogVersion(1, 6, 950n, 0), 1),
    ]);
    expect(gap).toContain(
      'binlog file 7, position 900, of 2023-11-14T22:13:20.000Z; wanted one after binlog.000007:1000',
    );
  });
});

describe('offsetGap', () => {
  const range = (partition: number, low: number, high: number) => ({
    partition,
    low: offsetOf(low),
    high: offsetOf(high),
  });

  test('is closed when every partition is passed; an empty one needs no position', () => {
    const ends = new Map([
      ['a', [range(0, 0, 5), range(1, 0, 0)]],
      ['b', [range(0, 3, 3)]],
    ]);
    expect(offsetGap(ends, [stored('a', 5)])).toBeNull();
    expect(offsetGap(ends, [stored('a', 6), stored('b', 1)])).toMatch(/2 offsets behind, 2 of them in b\/0/);
  });

  test('a partition with records and no position is behind by all of them', () => {
    const ends = new Map([['a', [range(0, 2, 5), range(1, 0, 4)]]]);
    expect(offsetGap(ends, [])).toBe('the route is 7 offsets behind, 4 of them in a/1');
  });
});

describe('waitForFence', () => {
  const options = { deadlineSeconds: 5, signal: new AbortController().signal, pollMilliseconds: 1 };
  const passedVersion = binlogVersion(1, 9, 4n, 1);

  function route(positions: () => readonly StoredPosition[], high = 5): FencedRoute & { asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      heartbeatTopic: 'heart',
      positions: () => Promise.resolve(positions()),
      topics: () => Promise.resolve(['claims', 'heart']),
      endOffsets: (topics) => {
        asked.push(...topics);
        return Promise.resolve(
          new Map([['claims', [{ partition: 0, low: offsetOf(0), high: offsetOf(high) }]]]),
        );
      },
    };
  }

  test('passes once the heartbeat and then the offsets are passed', async () => {
    let polls = 0;
    const waiting = route(() => {
      polls += 1;
      if (polls < 3) return [stored('heart', 1, binlogVersion(1, 7, 1n, 0))];
      return [stored('heart', 1, passedVersion), stored('claims', polls < 6 ? 4 : 5)];
    });
    expect(await waitForFence(waiting, at, options)).toEqual({ passed: true });
    expect([polls, waiting.asked]).toEqual([6, ['claims', 'heart']]);
  });

  test('end offsets are asked for only after the heartbeat: before it they need not hold everything', async () => {
    const dead = route(() => []);
    const outcome = await waitForFence(dead, at, { ...options, deadlineSeconds: 0.02 });
    expect(outcome.passed ? '' : outcome.reason).toMatch(/no heartbeat.*waited 0.02 s/);
    expect(dead.asked).toEqual([]);
  });

  test('says how far behind the route is when the deadline comes', async () => {
    const slow = route(() => [stored('heart', 1, passedVersion), stored('claims', 2)]);
    expect(await waitForFence(slow, at, { ...options, deadlineSeconds: 0.02 })).toEqual({
      passed: false,
      reason: 'the route is 3 offsets behind, 3 of them in claims/0 (waited 0.02 s)',
    });
  });

  test('ends at once when it is cancelled', async () => {
    const controller = new AbortController();
    const wait = waitForFence(
      route(() => []),
      at,
      { ...options, signal: controller.signal, pollMilliseconds: 60_000 },
    );
    controller.abort();
    await expect(wait).rejects.toThrow();
  });
});
