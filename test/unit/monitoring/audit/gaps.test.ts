import fc from 'fast-check';
import type { EntryHead } from '../../../../monitoring/audit/evidence.ts';
import { gapsIn } from '../../../../monitoring/audit/gaps.ts';
import { offsetOf } from '../../../../schemas/contract/position.ts';
import type { EntryKind } from '../../../../schemas/journal/entry.ts';

const chain = { route: 'claims', topic: 'oa.claim', partition: 0 };

function head(kind: EntryKind, first: number, next: number, sequence = 1n): EntryHead {
  const none = Buffer.alloc(0);
  return {
    ...{ chain, kind, first: offsetOf(first), next: offsetOf(next), mappingVersion: '', appliedAt: next },
    ...{ records: 0, sequence, digest: none, signature: none, hash: none },
  };
}

const ranges = (heads: readonly EntryHead[]) => gapsIn(heads).map(({ first, next }) => `${first}-${next}`);

test('a gap is what was applied without a journal, as it says where it goes on', () => {
  expect(ranges([head('batch', 0, 10), head('batch', 20, 30)])).toEqual([]);
  expect(ranges([head('resumption', 0, 50)])).toEqual(['0-50']);
  expect(ranges([head('batch', 0, 10), head('resumption', 10, 30), head('batch', 30, 40)])).toEqual([
    '10-30',
  ]);
  // A dead letter of long ago that was let in tells of nothing but itself.
  expect(ranges([head('batch', 0, 10), head('redrive', 40, 41), head('resumption', 10, 30)])).toEqual([
    '10-30',
  ]);
});

test('no offset that an entry before tells of is in a gap, whatever the product was made to believe', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 50 }), fc.nat({ max: 20 }))), (entries) => {
      const heads = entries.map(([isBatch, first, length]) =>
        head(isBatch ? 'batch' : 'resumption', first, first + length),
      );
      for (const [at, { kind, next }] of heads.entries()) {
        if (kind !== 'batch') continue;
        const since = gapsIn(heads.slice(0, at + 1)).length;
        for (const gap of gapsIn(heads).slice(since)) expect(gap.first >= next).toBe(true);
      }
    }),
  );
});
