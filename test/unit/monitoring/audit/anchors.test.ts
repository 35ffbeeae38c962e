import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { anchorHash, sealAnchor } from '../../../../monitoring/audit/anchor.ts';
import { anchorsIn, lastOfEach, missingAnchors, summaryOf } from '../../../../monitoring/audit/anchors.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** Writers one after the other, each of which has put down so many anchors. */
function written(counts: readonly number[]): readonly string[] {
  const lines: string[] = [];
  for (const [at, count] of counts.entries()) {
    let after = lastOfEach(opened(lines).genuine);
    for (let number = 1; number <= count; number += 1) {
      const line = sealAnchor(
        { target: 't', writer: `w${at}`, number, after, at: number, heads: [] },
        privateKey,
      );
      after = [anchorHash(line)];
      lines.push(line);
    }
  }
  return lines;
}

const opened = (lines: readonly string[]) => anchorsIn({ lines, unread: null }, 't', publicKey);

test('anchors that are all there have none missing, in whatever order they are found', () => {
  const lines = written([3, 1, 2]);
  expect(missingAnchors(opened([...lines].reverse()).genuine)).toBe(0);
});

test('whatever is taken away is missed, but for the last of the last writer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
      fc.nat(),
      fc.integer({ min: 1, max: 5 }),
      (counts, from, length) => {
        const lines = written(counts);
        const start = from % lines.length;
        const end = Math.min(start + length, lines.length);
        const left = [...lines.slice(0, start), ...lines.slice(end)];
        const missing = missingAnchors(opened(left).genuine);
        if (end === lines.length) expect(missing).toBe(0);
        else expect(missing).toBeGreaterThan(0);
        expect(missing).toBeLessThanOrEqual(end - start);
      },
    ),
  );
});

test('a line that was cut is damaged, one of another key is false, and neither vouches for anything', () => {
  const [first = '', second = ''] = written([2]);
  const other = generateKeyPairSync('ed25519');
  const about = { target: 't', writer: 'x', number: 1, after: [], at: 1, heads: [] };
  const found = opened([first, second.slice(0, -9), sealAnchor(about, other.privateKey)]);
  expect(found).toMatchObject({ genuine: [{ number: 1 }], damaged: 1, false: 1 });
});

test('a summary tells how far the chains are anchored, and leaves what is missing open where not all was read', () => {
  const [, second = ''] = written([2]);
  const chains = [
    { last: 9n, anchored: 9n },
    { last: 9n, anchored: 7n },
    { last: 3n, anchored: null },
  ];
  expect(summaryOf(opened([second]), chains)).toMatchObject({
    ...{ genuine: 1, missing: 1, newestAt: 2, entriesAfter: 5, chainsAfter: 2 },
  });
  const partly = anchorsIn({ lines: [second], unread: 'Kafka did not answer' }, 't', publicKey);
  expect(summaryOf(partly, chains)).toMatchObject({ missing: 0, unread: 'Kafka did not answer' });
});
