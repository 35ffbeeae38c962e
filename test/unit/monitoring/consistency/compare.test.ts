import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { compareSpools } from '../../../../monitoring/consistency/compare.ts';
import { BUCKETS, Spool, SpooledRows } from '../../../../monitoring/consistency/spool.ts';
import type { SpoolOptions } from '../../../../monitoring/consistency/spool.ts';

const digest = (n: number) => String.fromCharCode(n & 255, 200, 0).padEnd(16, 'x');

async function spoolOf(rows: readonly (readonly [string, number])[], options?: SpoolOptions): Promise<Spool> {
  const spool = new Spool(options);
  for (const [key, n] of rows) {
    spool.add(key, digest(n), `origin of ${key}`, 3);
    await spool.settle();
  }
  return spool;
}

async function compare(
  expected: readonly (readonly [string, number])[],
  actual: readonly (readonly [string, number])[],
  options?: SpoolOptions,
) {
  const left = await spoolOf(expected, options);
  const right = await spoolOf(actual, options);
  try {
    return await compareSpools(left, right, 1_000, 'none');
  } finally {
    left.close();
    right.close();
  }
}

describe('compareSpools', () => {
  test('names each kind of difference, with the source row it came from', async () => {
    const found = await compare(
      [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ],
      [
        ['a', 1],
        ['b', 9],
        ['d', 4],
      ],
    );
    expect(found).toMatchObject({ keys: 4, missing: 1, extra: 1, different: 1, ambiguous: 0 });
    const byKey = Object.fromEntries(found.differences.map((difference) => [difference.key, difference]));
    expect(byKey).toEqual({
      b: {
        key: 'b',
        kind: 'different',
        rows: 1,
        expected: digest(2),
        actual: digest(9),
        origin: { table: 3, key: 'origin of b' },
      },
      c: {
        key: 'c',
        kind: 'missing',
        rows: 1,
        expected: digest(3),
        actual: null,
        origin: { table: 3, key: 'origin of c' },
      },
      d: { key: 'd', kind: 'extra', rows: 1, expected: null, actual: digest(4), origin: null },
    });
  });

  test('a row that is there twice is one too many', async () => {
    const found = await compare(
      [['a', 1]],
      [
        ['a', 1],
        ['a', 1],
      ],
    );
    expect(found).toMatchObject({ keys: 1, extra: 1, missing: 0, different: 0 });
  });

  test('unequal rows of one key on the source side are ambiguous, equal ones are not', async () => {
    expect(
      await compare(
        [
          ['a', 1],
          ['a', 2],
        ],
        [['a', 1]],
      ),
    ).toMatchObject({ ambiguous: 1 });
    expect(
      await compare(
        [
          ['a', 1],
          ['a', 1],
        ],
        [['a', 1]],
      ),
    ).toMatchObject({ ambiguous: 0, extra: 0, missing: 0 });
  });

  test('counts all differences and keeps no more than the limit', async () => {
    const left = await spoolOf(Array.from({ length: 50 }, (_, n) => [`k${n.toString()}`, n] as const));
    const right = new Spool();
    const found = await compareSpools(left, right, 10, 'none');
    expect([found.missing, found.differences.length]).toEqual([50, 10]);
  });

  const keys = fc.oneof(
    fc.constantFrom('', 'a', 'A', '报销', '𠮷'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const side = fc.uniqueArray(fc.tuple(keys, fc.nat(2)), { selector: ([key]) => key, maxLength: 40 });

  test.each([
    ['in memory', undefined],
    ['through a file', { memoryBytes: 1 }],
  ])('finds exactly what differs, %s', async (_, options) => {
    await fc.assert(
      fc.asyncProperty(side, side, async (expected, actual) => {
        const left = new Map(expected);
        const right = new Map(actual);
        const found = await compare(expected, actual, options);
        const missing = [...left.keys()].filter((key) => !right.has(key));
        const extra = [...right.keys()].filter((key) => !left.has(key));
        const different = [...left].filter(([key, n]) => right.has(key) && right.get(key) !== n);
        expect(found).toMatchObject({
          missing: missing.length,
          extra: extra.length,
          different: different.length,
        });
        expect(found.keys).toBe(new Set([...left.keys(), ...right.keys()]).size);
        const named = (kind: string) =>
          found.differences.filter((one) => one.kind === kind).map(({ key }) => key);
        expect(named('missing').sort()).toEqual(missing.sort());
        expect(named('extra').sort()).toEqual(extra.sort());
        expect(named('different').sort()).toEqual(different.map(([key]) => key).sort());
      }),
      { numRuns: 25 },
    );
  });
});

describe('Spool', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spool-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('keeps rows over many spills, and leaves no file behind even while it is open', async () => {
    const spool = new Spool({ memoryBytes: 2_000, directory });
    const count = 5_000;
    for (let n = 0; n < count; n += 1) {
      spool.add(`key ${n.toString()}`, digest(n), n % 2 === 0 ? '' : `key ${n.toString()}`, 0);
      if (n % 50 === 0) await spool.settle();
    }
    expect(readdirSync(directory)).toEqual([]);
    const seen = new Set<string>();
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const rows = new SpooledRows(await spool.bucket(bucket));
      for (const at of rows.places()) {
        seen.add(rows.key(at));
        expect(rows.origin(at)).toEqual({ table: 0, key: rows.key(at) });
      }
    }
    expect([seen.size, spool.rows]).toEqual([count, count]);
    spool.close();
  });

  test('deals keys evenly enough', async () => {
    const spool = new Spool();
    for (let n = 0; n < 25_600; n += 1)
      spool.add(`19:${(9007199254740993n + BigInt(n)).toString()}`, digest(n), '', 0);
    let largest = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1)
      largest = Math.max(largest, [...new SpooledRows(await spool.bucket(bucket)).places()].length);
    expect(largest).toBeLessThan(250);
  });
});
