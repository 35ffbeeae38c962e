import fc from 'fast-check';
import { versionOf } from '../../../schemas/contract/position.ts';
import { decodeRecords, encodeRecords } from '../../../schemas/journal/record.ts';
import type { JournalRecord } from '../../../schemas/journal/record.ts';
import { shapeIdOf, shapeOfText, shapeText } from '../../../schemas/journal/shape.ts';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((all) => Buffer.from(all).toString('hex'));

const record: fc.Arbitrary<JournalRecord> = fc.record({
  operation: fc.constantFrom('put', 'part', 'delete', 'clear', 'mark', 'add', 'remove'),
  shape: fc.constantFrom('claims', 'lines', 'people').map(shapeIdOf),
  key: fc.string({ unit: 'grapheme' }),
  version: hex(16).map(versionOf),
  digest: fc.oneof(
    fc.constant(''),
    hex(16)
      .filter((text) => /[^0]/.test(text))
      .map((text) => Buffer.from(text, 'hex').toString('latin1')),
  ),
  count: fc.nat({ max: 0xffff_ffff }),
});

test('records are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      expect([...decodeRecords(encodeRecords(records))]).toEqual(records);
    }),
  );
});

test('what is no list of records is refused, wherever it was cut', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat(), (records, cut) => {
      const bytes = encodeRecords(records);
      const left = bytes.subarray(0, cut % bytes.length);
      let read: JournalRecord[] | null = null;
      try {
        read = [...decodeRecords(left)];
      } catch (error) {
        expect(String(error)).toMatch(/^RangeError/);
      }
      // A cut between two records leaves a shorter list, which another digest gives away.
      if (read !== null) expect(records.slice(0, read.length)).toEqual(read);
    }),
  );
});

test('a shape is named by what it says', () => {
  const shape = {
    table: { namespace: 'ap', name: 'claim' },
    key: ['id'],
    columns: [{ name: 'id', type: { kind: 'int', bits: 64 } as const }],
  };
  expect(shapeOfText(shapeText(shape))).toEqual(shape);
  expect(shapeIdOf(shapeText(shape))).toBe(shapeIdOf(shapeText({ ...shape, columns: [...shape.columns] })));
  expect(shapeIdOf(shapeText({ ...shape, key: [] }))).not.toBe(shapeIdOf(shapeText(shape)));
});
