import fc from 'fast-check';
import { canonicalJson } from '../../../../monitoring/consistency/canonical-json.ts';
import { cellOfNormal, normalizerOf } from '../../../../monitoring/consistency/normal-cell.ts';
import { normalDecimal } from '../../../../monitoring/consistency/normal-decimal.ts';
import type { LogicalType } from '../../../../schemas/contract/table.ts';

describe('normalDecimal', () => {
  test.each([
    ['1.50', '1.5'],
    ['1.5', '1.5'],
    ['-0.00', '0'],
    ['0', '0'],
    ['+7', '7'],
    ['007.10', '7.1'],
    ['100', '100'],
    ['10.00', '10'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.5e3', '1500'],
    ['1E-3', '0.001'],
    ['-12.340e1', '-123.4'],
    ['0e500', '0'],
    ['99999999999999999999999999999999999999.9900', '99999999999999999999999999999999999999.99'],
  ])('%s is %s', (text, normal) => {
    expect(normalDecimal(text)).toBe(normal);
  });

  test.each(['', 'NaN', 'Infinity', '1.2.3', '--1', '.', '1e', '1e999999999', 'null'])(
    '%s is left alone',
    (text) => {
      expect(normalDecimal(text)).toBe(text);
    },
  );

  const decimals = fc.tuple(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.nat(30));

  function decimal(unscaled: bigint, scale: number): string {
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
    const at = digits.length - scale;
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, at)}${scale === 0 ? '' : `.${digits.slice(at)}`}`;
  }

  test('has one text for a value, whatever its scale', () => {
    fc.assert(
      fc.property(decimals, fc.nat(10), ([unscaled, scale], more) => {
        const longer = decimal(unscaled * 10n ** BigInt(more), scale + more);
        expect(normalDecimal(longer)).toBe(normalDecimal(decimal(unscaled, scale)));
      }),
    );
  });

  test('has two texts for two values', () => {
    fc.assert(
      fc.property(decimals, decimals, ([a, scaleA], [b, scaleB]) => {
        const equal = a * 10n ** BigInt(scaleB) === b * 10n ** BigInt(scaleA);
        expect(normalDecimal(decimal(a, scaleA)) === normalDecimal(decimal(b, scaleB))).toBe(equal);
      }),
    );
  });

  test('has a fixed point', () => {
    fc.assert(
      fc.property(decimals, ([unscaled, scale]) => {
        const normal = normalDecimal(decimal(unscaled, scale));
        expect(normalDecimal(normal)).toBe(normal);
      }),
    );
  });
});

describe('canonicalJson', () => {
  test.each([
    ['{"b": 1.50, "a": [true, null]}', '{"a":[true,null],"b":1.5}'],
    [' [1 , 2 ] ', '[1,2]'],
    ['{}', '{}'],
    ['[]', '[]'],
    ['"x"', '"x"'],
    ['"\\u4e2d\\/"', '"中/"'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['90071992547409931.10', '90071992547409931.1'],
    ['{"\\u0061":1}', '{"a":1}'],
  ])('%s', (text, canonical) => {
    expect(canonicalJson(text)).toBe(canonical);
  });

  test.each([
    '',
    '{',
    '[1',
    '{"a"}',
    '{"a":}',
    '[1,]',
    '{,}',
    'nul',
    '01',
    '"\t',
    '{1:2}',
    '[1] x',
    'NaN',
    '"\\x"',
    "{'a':1}",
  ])('%s is no JSON', (text) => {
    expect(canonicalJson(text)).toBeNull();
  });

  test('a nesting without end is no JSON rather than an overflow', () => {
    expect(canonicalJson('['.repeat(100_000))).toBeNull();
  });

  test('does not depend on white space or on the order of members, and keeps the value', () => {
    const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(json, (value) => {
        const canonical = canonicalJson(JSON.stringify(value));
        expect(canonicalJson(JSON.stringify(reversed(value), null, 3))).toBe(canonical);
        expect(JSON.parse(canonical ?? '')).toEqual(value);
      }),
    );
  });

  test('says the same as JSON.parse about what is JSON', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-0.5e2',
      'true',
      'null',
      ' ',
      '"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        expect(canonicalJson(text) !== null).toBe(isJson(text));
      }),
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, of]) => [name, reversed(of)]),
  );
}

describe('normalizerOf', () => {
  const cases: readonly (readonly [LogicalType, unknown, unknown])[] = [
    [{ kind: 'decimal' }, '1.50', '1.5'],
    [{ kind: 'decimal' }, '-0.00', '0'],
    [{ kind: 'boolean' }, true, 1],
    [{ kind: 'int', bits: 64 }, 5n, '5'],
    [{ kind: 'int', bits: 16 }, 1, true],
    [{ kind: 'float', bits: 64 }, -0, 0],
    [{ kind: 'float', bits: 32 }, 0.1, Math.fround(0.1)],
    [{ kind: 'uuid' }, 'AB', 'ab'],
    [{ kind: 'json' }, '{"a": 1}', '{"a":1.0}'],
    [{ kind: 'time', fraction: 6 }, '10:00:00.50', '10:00:00.5'],
    [{ kind: 'timestamp', fraction: 6 }, '2024-01-01 10:00:00.000', '2024-01-01 10:00:00'],
    [{ kind: 'instant', fraction: 6 }, '2024-01-01T10:00:00.500Z', '2024-01-01T10:00:00.5Z'],
    [{ kind: 'bytes' }, Buffer.from([0, 255]), new Uint8Array([0, 255])],
  ];
  test.each(cases)('%j: equal values have equal text', (type, left, right) => {
    const normalize = normalizerOf(type);
    expect(normalize(left as never)).toBe(normalize(right as never));
  });

  const unequal: readonly (readonly [LogicalType, unknown, unknown])[] = [
    [{ kind: 'text' }, '1.50', '1.5'],
    [{ kind: 'text' }, 'a', 'a '],
    [{ kind: 'text' }, 'a', 'A'],
    [{ kind: 'decimal' }, '0.01', '0.02'],
    [{ kind: 'float', bits: 64 }, 0.1, Math.fround(0.1)],
    [{ kind: 'bytes' }, Buffer.from('text'), 'text'],
    [{ kind: 'json' }, '{"a": [1, 2]}', '{"a": [2, 1]}'],
    [{ kind: 'json' }, '{"a": null}', '{}'],
    [{ kind: 'json' }, '"1"', '1'],
    [{ kind: 'timestamp', fraction: 6 }, '2024-01-01 10:00:10', '2024-01-01 10:00:1'],
    [{ kind: 'instant', fraction: 6 }, '2024-01-01T10:00:00Z', '2024-01-01T18:00:00Z'],
  ];
  test.each(unequal)('%j: unequal values have unequal texts', (type, left, right) => {
    const normalize = normalizerOf(type);
    expect(normalize(left as never)).not.toBe(normalize(right as never));
  });

  test.each<readonly [LogicalType, unknown]>([
    [{ kind: 'boolean' }, true],
    [{ kind: 'int', bits: 32 }, -7],
    [{ kind: 'int', bits: 64 }, 2n ** 63n - 1n],
    [{ kind: 'float', bits: 64 }, 0.1],
    [{ kind: 'decimal' }, '12.5'],
    [{ kind: 'text' }, '报销'],
    [{ kind: 'bytes' }, Buffer.from([0, 128, 255])],
    [{ kind: 'instant', fraction: 0 }, '2024-01-01T10:00:00Z'],
  ])('%j: a normal text says its cell again', (type, cell) => {
    expect(cellOfNormal(type, normalizerOf(type)(cell as never))).toEqual(cell);
  });
});
