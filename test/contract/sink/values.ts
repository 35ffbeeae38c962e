import type { Cell, Row } from '../../../schemas/contract/cell.ts';
import type { LogicalKind, LogicalType } from '../../../schemas/contract/table.ts';
import { Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

const TEXTS = [
  '',
  ' ',
  ' both ends ',
  '报销单',
  '𠮷𩸽 䶮',
  '👩‍👩‍👧',
  'it\'s "quoted" `so` \\ \\n ?? $1 %s :x',
  'line\nfeed\r\ttab\b\x1a\x7f',
  '\\x00ff',
  'NULL',
  'e\u0301 é \u200b　１２',
  'x'.repeat(100_000),
];

const bytes = (...values: number[]) => new Uint8Array(values);

/** Every kind of value with its extremes, by the type of the column. */
const SAMPLES: readonly (readonly [LogicalType, readonly Cell[]])[] = [
  [{ kind: 'boolean' }, [true, false]],
  [{ kind: 'int', bits: 16 }, [-32_768, 0, 32_767]],
  [{ kind: 'int', bits: 32 }, [-2_147_483_648, 0, 2_147_483_647]],
  [
    { kind: 'int', bits: 64 },
    [-9_223_372_036_854_775_808n, 0n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n],
  ],
  [{ kind: 'float', bits: 32 }, [0, -0.5, Math.fround(0.1), Math.fround(3.4e38), Math.fround(1.2e-38)]],
  [{ kind: 'float', bits: 64 }, [0, 0.1, -1 / 3, 1e21, 1.7976931348623157e308, 2.2250738585072014e-308]],
  [
    { kind: 'decimal', precision: 38, scale: 10 },
    [
      '0',
      '-0.0000000001',
      '9999999999999999999999999999.9999999999',
      '-9999999999999999999999999999.9999999999',
    ],
  ],
  [{ kind: 'decimal', precision: 20, scale: 0 }, ['18446744073709551615', '-1', '0']],
  [{ kind: 'decimal' }, ['1.5', '0.000000000000000000000000000001', '-99999999999999999999999999999999999']],
  [{ kind: 'text' }, TEXTS],
  [{ kind: 'text', maxLength: 40 }, TEXTS.filter((text) => text.length <= 40)],
  [{ kind: 'enum', values: ['草稿', 'approved'] }, ['草稿', 'approved', '']],
  [{ kind: 'json' }, ['{"b": 1, "a": 12345678901234567890, "a": 2}', '[]', '"报"', 'null']],
  [{ kind: 'uuid' }, ['00000000-0000-0000-0000-000000000000', 'f47ac10b-58cc-4372-a567-0e02b2c3d479']],
  [{ kind: 'bytes' }, [bytes(), bytes(0), bytes(0xff, 0, 0x27, 0x5c), new Uint8Array(5_000).fill(0xa5)]],
  [{ kind: 'bits', length: 9 }, ['000000001', '100000000', '111111111']],
  [{ kind: 'bits', length: 64 }, ['1'.repeat(64), `${'0'.repeat(63)}1`]],
  [{ kind: 'array', element: { kind: 'text' } }, ['[]', '["a",null,"","null","b \\"q\\" \\\\ {,}","报"]']],
  [{ kind: 'array', element: { kind: 'int', bits: 64 } }, ['[9007199254740993,null,-1]']],
  [
    { kind: 'geometry' },
    [
      Buffer.from('0101000000000000000000f83f00000000000000c0', 'hex'),
      Buffer.from('0101000020e6100000000000000000f83f00000000000000c0', 'hex'),
    ].map((wkb) => new Uint8Array(wkb)),
  ],
  [{ kind: 'date' }, ['0001-01-01', '1582-10-10', '2024-02-29', '9999-12-31']],
  [{ kind: 'time', fraction: 6 }, ['00:00:00', '23:59:59.999999', '12:00:00.1']],
  [{ kind: 'time', fraction: 6, beyondDay: true }, ['838:59:59.999999', '-838:59:59', '-00:00:00.000001']],
  [
    { kind: 'timestamp', fraction: 6 },
    [
      '0001-01-01 00:00:00',
      '1986-05-04 00:30:00',
      '2024-01-02 03:04:05.000001',
      '9999-12-31 23:59:59.999999',
    ],
  ],
  [{ kind: 'timestamp', fraction: 0 }, ['2024-01-02 03:04:05']],
  [
    { kind: 'instant', fraction: 6 },
    ['0001-01-01T00:00:00Z', '2038-01-19T03:14:08Z', '2024-01-02T03:04:05.1Z', '9999-12-31T23:59:59.999999Z'],
  ],
];

const KINDS: Readonly<Record<LogicalKind, true>> = {
  boolean: true,
  int: true,
  float: true,
  decimal: true,
  text: true,
  enum: true,
  json: true,
  uuid: true,
  bytes: true,
  bits: true,
  array: true,
  geometry: true,
  date: true,
  time: true,
  timestamp: true,
  instant: true,
};

/** Types that can identify a row, with values that a careless comparison takes for one another. */
const KEYS: readonly (readonly [LogicalType, readonly Cell[]])[] = [
  [{ kind: 'int', bits: 64 }, [9_007_199_254_740_992n, 9_007_199_254_740_993n, -1n]],
  [{ kind: 'decimal', precision: 20, scale: 0 }, ['18446744073709551615', '18446744073709551614', '0']],
  [{ kind: 'decimal', precision: 30, scale: 10 }, ['1.0000000001', '1.0000000002', '1', '-1.5']],
  [{ kind: 'text', maxLength: 60 }, ['a', 'A', 'a ', 'á', 'ａ', 'ß', 'ss', '', '0', '00', "'", '\\']],
  [{ kind: 'uuid' }, ['f47ac10b-58cc-4372-a567-0e02b2c3d479', '00000000-0000-0000-0000-000000000000']],
  [{ kind: 'bytes', maxLength: 16 }, [bytes(0), bytes(0, 0), bytes(0x41), bytes(0x61)]],
  [{ kind: 'date' }, ['2024-02-29', '9999-12-31']],
  [{ kind: 'time', fraction: 3 }, ['00:00:00', '00:00:00.001']],
  [
    { kind: 'timestamp', fraction: 6 },
    ['2024-01-01 00:00:00', '2024-01-01 00:00:00.000001', '2024-01-01 00:00:00.1'],
  ],
  [{ kind: 'instant', fraction: 6 }, ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5Z']],
  [{ kind: 'boolean' }, [true, false]],
];

export function describeValues(current: () => Subject): void {
  describe('values', () => {
    const labelled = (samples: typeof SAMPLES) =>
      samples.map(([type, cells]) => [JSON.stringify(type), type, cells] as const);

    test('every kind has samples', () => {
      expect(new Set(SAMPLES.map(([{ kind }]) => kind))).toEqual(new Set(Object.keys(KINDS)));
    });

    test.each(labelled(SAMPLES))('%s comes back exactly', async (label, type, cells) => {
      const subject = current();
      const sink = await subject.readySink();
      const name = `values_${label.replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 60);
      const shape = subject.table(name, { id: { kind: 'int', bits: 32 }, cell: type }, ['id']);
      const partition = await Partition.claimed(sink);
      const rows: Row[] = [...cells, null].map((cell, id) => ({ id, cell }));
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, ...rows.map((row) => [row, v(1)] as const))] }),
      );
      expect(await subject.rows(shape)).toEqual(rows.map(canonical));
      // and through an update, each value over another
      const turned = rows.map(({ id }, at) => ({ id: id!, cell: rows[(at + 1) % rows.length]!['cell']! }));
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, ...turned.map((row) => [row, v(2)] as const))] }),
      );
      expect(await subject.rows(shape)).toEqual(turned.map(canonical));
    });

    test.each(labelled(KEYS))('keys of %s are told apart', async (label, type, cells) => {
      const subject = current();
      const sink = await subject.readySink();
      const name = `keys_${label.replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 60);
      const shape = subject.table(name, { cell: type, n: { kind: 'int', bits: 32 } }, ['cell']);
      const partition = await Partition.claimed(sink);
      const rows = cells.map((cell, n) => ({ cell, n }));
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, ...rows.map((row) => [row, v(1)] as const))] }),
      );
      const later = rows.map((row) => [{ ...row, n: row.n + 100 }, v(2)] as const);
      const updated = await sink.apply(partition.batch({ upserts: [upserts(shape, ...later)] }));
      expect(updated.withheld).toEqual([]);
      const again = await sink.apply(partition.batch({ upserts: [upserts(shape, ...later)] }));
      expect(again.withheld.map(({ reason }) => reason)).toEqual(cells.map(() => 'duplicate'));
      const numbers = (await subject.rows(shape)).map(({ n }) => Number(n));
      expect(numbers.sort((a, b) => a - b)).toEqual(cells.map((_, n) => n + 100));
      const [first, ...others] = cells;
      await sink.apply(
        partition.batch({
          deletes: [
            {
              table: shape,
              keyCells: [[first!]],
              keys: [upserts(shape, later[0]!).keys[0]!],
              versions: [v(3)],
            },
          ],
        }),
      );
      expect(await subject.rows(shape)).toHaveLength(others.length);
    });

    test('floating-point values without a number are kept or refused, as the database can', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        'not_numbers',
        { id: { kind: 'int', bits: 32 }, x: { kind: 'float', bits: 64 } },
        ['id'],
      );
      const partition = await Partition.claimed(sink);
      const rows = [Number.NaN, Infinity, -Infinity, -0].map((x, id) => ({ id, x }));
      const batch = partition.batch({
        upserts: [upserts(shape, ...rows.map((row) => [row, v(1)] as const))],
      });
      if (subject.dialect === 'postgres') {
        await sink.apply(batch);
        expect(await subject.rows(shape)).toEqual(rows);
      } else {
        await expect(sink.apply(batch)).rejects.toMatchObject({ rejections: { length: 3 } });
      }
    });
  });
}

/** Both databases give a decimal the scale of its column: compare by value. */
function canonical(row: Row): Row {
  const cell = row['cell'] ?? null;
  if (typeof cell !== 'string' || !/^-?\d+\.\d+$/.test(cell)) return row;
  return { ...row, cell: cell.replace(/\.?0+$/, '') };
}
