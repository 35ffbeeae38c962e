import fc from 'fast-check';
import { compareIntegers } from '../../../../monitoring/consistency/key-order.ts';
import type { RawColumn } from '../../../../monitoring/consistency/raw-rows.ts';
import { mysqlRawColumn } from '../../../../monitoring/consistency/readers/mysql-raw.ts';
import { postgresRawColumn } from '../../../../monitoring/consistency/readers/postgres-raw.ts';
import { sameCellOf } from '../../../../monitoring/consistency/same-cell.ts';
import type { LogicalType } from '../../../../schemas/contract/table.ts';

const TYPES: readonly LogicalType[] = [
  { kind: 'boolean' },
  { kind: 'int', bits: 16 },
  { kind: 'int', bits: 64 },
  { kind: 'float', bits: 32 },
  { kind: 'float', bits: 64 },
  { kind: 'decimal' },
  { kind: 'text' },
  { kind: 'enum' },
  { kind: 'json' },
  { kind: 'uuid' },
  { kind: 'bytes' },
  { kind: 'bits', length: 8 },
  { kind: 'date' },
  { kind: 'time', fraction: 6 },
  { kind: 'timestamp', fraction: 6 },
  { kind: 'instant', fraction: 6 },
  { kind: 'array', element: { kind: 'bytes' } },
  { kind: 'geometry' },
];

const DATA_TYPES: Readonly<Record<string, string>> = { bytes: 'blob', geometry: 'point' };

/** How each database may give a column of a type; dates that do not exist were told from null before. */
function columnsOf(type: LogicalType): readonly RawColumn[] {
  const column = { name: 'c', type, nullable: true };
  const stored = (dataType: string) => ({
    ...{ name: 'c', nullable: true, dataType, columnType: dataType },
    ...{ maxLength: null, precision: null, scale: null, fraction: null },
  });
  return [
    mysqlRawColumn(column, stored(DATA_TYPES[type.kind] ?? 'varchar'), 'as-stored'),
    mysqlRawColumn(column, stored('varchar'), 'as-stored'),
    postgresRawColumn(column),
  ];
}

const digits = (most: number) => fc.integer({ min: 0, max: most }).map((n) => n.toString());
const clock = fc
  .tuple(fc.constantFrom('2024-03-31', '12024-03-31', '0001-01-01'), digits(59), digits(120))
  .map(
    ([day, minute, fraction]) =>
      `${day} 23:${minute.padStart(2, '0')}:59${fraction === '0' ? '' : `.${fraction}`}`,
  );

/** Texts as servers write them, and such as nobody should have put there. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from('0019.-+: TZtfxeE\\')), maxLength: 8 }),
  fc
    .tuple(clock, fc.constantFrom('', '0', '00', '+00', '0+00', 'Z', ' BC', '+00 BC', '+08'))
    .map(([a, b]) => a + b),
  fc.constantFrom(
    't',
    'f',
    '1',
    '0',
    'true',
    'false',
    '01',
    '',
    '\\x',
    '\\x61',
    'a',
    '{}',
    '{a,NULL}',
    '[1]',
  ),
  fc.constantFrom(
    '{"a":1.50}',
    '{"a": 1.5}',
    'NaN',
    'infinity',
    '2024-03-31',
    '1e0',
    '-0',
    '0.10',
    '00:00:00.0',
  ),
);
/** Often the one text made from the other. */
const pair = fc.oneof(
  fc.tuple(text, text),
  fc
    .tuple(fc.oneof(clock, text), fc.nat({ max: 25 }), fc.constantFrom('0', '1', '.', '+'))
    .map(([one, at, letter]) => [one, one.slice(0, at) + letter + one.slice(at + 1)] as const),
  text.map((one) => [one, one] as const),
  fc
    .tuple(text, fc.constantFrom('0', '00', '+00', '.0', '.000', ' ', '0+00'))
    .map(([one, end]) => [one, one + end] as const),
  text.map((one) => [one, `\\x${Buffer.from(one).toString('hex')}`] as const),
);

describe('bytes that are said to be the same', () => {
  test.each(TYPES.map((type) => [JSON.stringify(type), type] as const))(
    'are equal values of %s',
    (_, type) => {
      const columns = columnsOf(type);
      fc.assert(
        fc.property(
          pair,
          fc.constantFrom(...columns),
          fc.constantFrom(...columns),
          ([one, other], left, right) => {
            const [a, b] = [Buffer.from(one), Buffer.from(other)];
            const same = sameCellOf(left.spelling, right.spelling);
            if (same(a, 0, a.length, b, 0, b.length)) expect(left.normal(a)).toBe(right.normal(b));
          },
        ),
        { numRuns: 3_000 },
      );
    },
  );

  test.each([
    ['an instant with its zone', 'instant', '2024-03-31 23:59:59.120', '2024-03-31 23:59:59.12+00'],
    ['a wall clock on the second', 'timestamp', '2024-03-31 23:59:59.000', '2024-03-31 23:59:59'],
    ['a time', 'time', '23:59:59.5000', '23:59:59.5'],
    ['a truth value', 'truth', '1', 't'],
  ] as const)('are seen of %s', (_, spelling, one, other) => {
    const [a, b] = [Buffer.from(one), Buffer.from(other)];
    expect(sameCellOf(spelling, spelling)(a, 0, a.length, b, 0, b.length)).toBe(true);
  });

  test('are seen of binary values', () => {
    const raw = Buffer.from([0, 0x61, 0xff]);
    const hex = Buffer.from('\\x0061ff');
    expect(sameCellOf('raw', 'hex')(raw, 0, 3, hex, 0, hex.length)).toBe(true);
    expect(sameCellOf('hex', 'raw')(hex, 0, hex.length, raw, 0, 3)).toBe(true);
  });
});

test('texts of integers are ordered by value', () => {
  const filled = fc.tuple(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.nat(3));
  fc.assert(
    fc.property(filled, filled, ([one, zeros], [other, otherZeros]) => {
      const spell = (value: bigint, count: number) =>
        Buffer.from(
          value < 0n ? `-${'0'.repeat(count)}${(-value).toString()}` : '0'.repeat(count) + value.toString(),
        );
      const [a, b] = [spell(one, zeros), spell(other, otherZeros)];
      const order = compareIntegers(a, 0, a.length, b, 0, b.length);
      expect(Math.sign(order)).toBe(one < other ? -1 : one > other ? 1 : 0);
    }),
  );
});
