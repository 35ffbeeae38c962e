import fc from 'fast-check';
import { imageText, rowOfImage } from '../../../schemas/contract/row-image.ts';

const cell = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const name = fc.string().filter((text) => text !== '__proto__');

test('every cell of a before-image comes back as it was', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, cell), { selector: ([each]) => each }), (columns) => {
      const text = imageText(
        columns.map(([each]) => each),
        columns.map(([, value]) => value),
      );
      expect(rowOfImage(text)).toEqual(Object.fromEntries(columns));
    }),
    { examples: [[[['a', -0]]], [[['a', Number.NaN]]], [[['a', Number.NEGATIVE_INFINITY]]]] },
  );
});
