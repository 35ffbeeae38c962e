import fc from 'fast-check';
import { letterId, parseLetterId } from '../../../app/runtime/letter-id.ts';
import { offsetOf } from '../../../schemas/contract/position.ts';

test('what is shown can be typed in again, whatever the topic is called', () => {
  const topic = fc.string({ minLength: 1 }).filter((text) => !/[\n\r\u2028\u2029]/.test(text));
  fc.assert(
    fc.property(topic, fc.nat(), fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }), (name, partition, offset) => {
      const at = { topic: name, partition: partition % 1_000_000_000, offset: offsetOf(offset) };
      expect(parseLetterId(letterId(at))).toEqual(at);
    }),
  );
});

test.each(['', 'oa.claim', 'oa.claim/0', 'oa.claim@7', '/0@7', 'oa.claim/x@7', 'oa.claim/0@-1'])(
  '"%s" is no record',
  (text) => {
    expect(() => parseLetterId(text)).toThrow('topic/partition@offset');
  },
);
