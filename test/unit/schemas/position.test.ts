import fc from 'fast-check';
import {
  binlogVersion,
  compareVersions,
  nextOffset,
  offsetOf,
  postgresVersion,
  versionOf,
} from '../../../schemas/contract/position.ts';

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

function compareTuples(a: readonly (bigint | number)[], b: readonly (bigint | number)[]): number {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [BigInt(a[i]!), BigInt(b[i]!)];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

test('PostgreSQL versions order as (last commit LSN, LSN)', () => {
  fc.assert(
    fc.property(u64, u64, u64, u64, (c1, l1, c2, l2) => {
      expect(compareVersions(postgresVersion(c1, l1), postgresVersion(c2, l2))).toBe(
        compareTuples([c1, l1], [c2, l2]),
      );
    }),
  );
});

test('binlog versions order as (era, file, position, row)', () => {
  const place = fc.tuple(
    fc.integer({ min: 0, max: 65_535 }),
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.bigInt({ min: 0n, max: (1n << 48n) - 1n }),
    fc.integer({ min: 0, max: 0xffff_ffff }),
  );
  fc.assert(
    fc.property(place, place, (a, b) => {
      expect(compareVersions(binlogVersion(...a), binlogVersion(...b))).toBe(compareTuples(a, b));
    }),
  );
});

test('a change of a transaction that was open during a snapshot is newer than the snapshot', () => {
  const snapshot = postgresVersion(200n, 0n);
  const changedBeforeCommittedAfter = postgresVersion(201n, 100n);
  expect(compareVersions(changedBeforeCommittedAfter, snapshot)).toBe(1);
});

test('what is out of range is refused, not cut', () => {
  expect(() => binlogVersion(65_536, 0, 0n, 0)).toThrow(RangeError);
  expect(() => binlogVersion(0, 0, 1n << 48n, 0)).toThrow(RangeError);
  expect(() => postgresVersion(-1n, 0n)).toThrow(RangeError);
  expect(() => offsetOf(-1)).toThrow(RangeError);
  expect(() => versionOf('ABC')).toThrow(RangeError);
});

test('a version survives being stored as text', () => {
  const version = binlogVersion(1, 7, 4_711n, 3);
  expect(version).toHaveLength(32);
  expect(versionOf(version)).toBe(version);
});

test('the next offset is one past', () => {
  expect(nextOffset(offsetOf('9007199254740993'))).toBe(9007199254740994n);
});
