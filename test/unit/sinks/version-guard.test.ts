import fc from 'fast-check';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import { versionOf } from '../../../schemas/contract/position.ts';
import { STORED_KEY_LENGTH, storedKeyOf } from '../../../schemas/contract/stored-key.ts';
import { reasonToWithhold } from '../../../sinks/upsert/withholding.ts';

const hex = fc
  .bigInt({ min: 0n, max: (1n << 128n) - 1n })
  .map((n) => versionOf(n.toString(16).padStart(32, '0')));
const held = fc.option(hex);

describe('the version guard', () => {
  test('only what is newer than both row and tombstone passes', () => {
    fc.assert(
      fc.property(hex, held, held, (mine, row, tombstone) => {
        const newest = [row, tombstone]
          .filter((each) => each !== null)
          .sort()
          .at(-1);
        const expected =
          newest === undefined || newest < mine ? null : newest === mine ? 'duplicate' : 'superseded';
        expect(reasonToWithhold(mine, row, tombstone)).toBe(expected);
      }),
    );
  });

  test('an equal version is a duplicate, unless the other holding is newer', () => {
    const [low, high] = [versionOf('0'.repeat(31) + '1'), versionOf('0'.repeat(31) + '2')];
    expect(reasonToWithhold(low, low, null)).toBe('duplicate');
    expect(reasonToWithhold(low, null, low)).toBe('duplicate');
    expect(reasonToWithhold(low, low, high)).toBe('superseded');
    expect(reasonToWithhold(high, null, null)).toBeNull();
  });
});

describe('keys of tombstones', () => {
  test('short keys stay readable, long ones become a hash that fits', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 150 }), { minLength: 1, maxLength: 3 }), (cells) => {
        const key = rowKeyOf(cells);
        const stored = storedKeyOf(key);
        expect(stored.length).toBeLessThanOrEqual(STORED_KEY_LENGTH);
        expect(stored === key).toBe(key.length <= STORED_KEY_LENGTH);
      }),
    );
  });

  test('long keys that differ at their end are two', () => {
    const long = 'x'.repeat(400);
    expect(storedKeyOf(rowKeyOf([`${long}a`]))).not.toBe(storedKeyOf(rowKeyOf([`${long}b`])));
  });
});
