import fc from 'fast-check';
import type { LogicalKind } from '../../../schemas/contract/table.ts';
import type { Limits, TargetColumn } from '../../../sinks/upsert/database.ts';
import { fitCheckOf } from '../../../sinks/upsert/fit.ts';

function column(kind: LogicalKind, limits: Limits = {}, more: Partial<TargetColumn> = {}): TargetColumn {
  return {
    name: 'c',
    kind,
    sqlType: 'x',
    family: 'other',
    limits,
    generated: false,
    required: false,
    comparison: 'exact',
    ...more,
  };
}

const plain = { key: false, nul: false };

describe('values that a column would alter', () => {
  test('a decimal fits exactly when rounding it to the scale leaves its value', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (unscaled, scaleOfValue, scale, integerDigits) => {
          const check = fitCheckOf(column('decimal', { scale, integerDigits }), plain);
          const fits = check?.(decimal(unscaled, scaleOfValue)) === null;
          const magnitude = unscaled < 0n ? -unscaled : unscaled;
          const lost = scaleOfValue > scale ? magnitude % 10n ** BigInt(scaleOfValue - scale) : 0n;
          const whole = magnitude / 10n ** BigInt(scaleOfValue);
          expect(fits).toBe(lost === 0n && whole < 10n ** BigInt(integerDigits));
        },
      ),
    );
  });

  test('text is measured in characters, not in UTF-16 units', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.integer({ min: 0, max: 12 }),
        (text, maxLength) => {
          const check = fitCheckOf(column('text', { maxLength }), { key: false, nul: true });
          expect(check?.(text) === null).toBe(Array.from(text).length <= maxLength);
        },
      ),
    );
  });

  test.each([
    ['a\0b', plain, /U\+0000/],
    ['a\0b', { key: false, nul: true }, null],
    ['\ud842', plain, /surrogate/],
    ['𠮷', plain, null],
  ])('text %j', (text, traits, reason) => {
    const said = fitCheckOf(column('text'), traits)?.(text) ?? null;
    if (reason === null) expect(said).toBeNull();
    else expect(said).toMatch(reason);
  });

  test.each<[LogicalKind, Limits, string | number | Uint8Array, boolean]>([
    ['text', { losesTrailingSpaces: true }, 'a ', false],
    ['text', { losesTrailingSpaces: true }, ' a', true],
    ['time', { fraction: 3 }, '10:00:00.1234', false],
    ['time', { fraction: 3 }, '10:00:00.123', true],
    ['timestamp', { fraction: 0 }, '2024-01-01 10:00:00.1', false],
    ['timestamp', { fraction: 0 }, '2024-01-01 10:00:00', true],
    ['instant', { fraction: 3 }, '2024-01-01T10:00:00.1230Z', true],
    ['instant', { fraction: 3 }, '2024-01-01T10:00:00.1231Z', false],
    ['instant', { fraction: 6 }, '2024-01-01T10:00:00.123456Z', true],
    ['bytes', { exactBytes: 2 }, new Uint8Array(1), false],
    ['bytes', { exactBytes: 2 }, new Uint8Array(2), true],
    ['float', { singlePrecision: true }, 0.1, false],
    ['float', { singlePrecision: true }, 0.5, true],
    ['float', { finiteOnly: true }, Infinity, false],
    ['float', { finiteOnly: true }, 1e300, true],
  ])('%s with %j', (kind, limits, cell, fits) => {
    expect((fitCheckOf(column(kind, limits), plain)?.(cell) ?? null) === null).toBe(fits);
  });

  test('null fits everywhere but in a key', () => {
    const limits = { scale: 1, maxLength: 1, fraction: 0 };
    for (const kind of ['decimal', 'text', 'time', 'bytes', 'float'] as const) {
      expect(fitCheckOf(column(kind, limits), plain)?.(null) ?? null).toBeNull();
      expect(fitCheckOf(column(kind, limits), { key: true, nul: true })?.(null)).toMatch(/null/);
    }
  });

  test('a padded key refuses trailing spaces, a padded column does not', () => {
    const padded = column('text', {}, { comparison: 'padded' });
    expect(fitCheckOf(padded, { key: true, nul: true })?.('a ')).toMatch(/space/);
    expect(fitCheckOf(padded, { key: false, nul: true })?.('a ')).toBeNull();
  });

  test('columns that cannot go wrong unnoticed are not checked', () => {
    expect(fitCheckOf(column('int'), plain)).toBeNull();
    expect(fitCheckOf(column('decimal'), plain)).toBeNull();
    expect(fitCheckOf(column('timestamp', { fraction: 6 }), plain)).toBeNull();
  });
});

function decimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}
