import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { auditChains, withFindings } from '../../../../monitoring/audit/chains.ts';
import type { EntryHead } from '../../../../monitoring/audit/evidence.ts';
import { offsetOf } from '../../../../schemas/contract/position.ts';
import { chainedHash } from '../../../../schemas/journal/entry.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const chain = { route: 'claims', topic: 'oa.claim', partition: 0 };

/** What a target would hold after these entries. */
function chained(names: readonly string[]): readonly EntryHead[] {
  const heads: EntryHead[] = [];
  for (const [at, name] of names.entries()) {
    const digest = createHash('sha256').update(name).digest();
    const hash = chainedHash(heads.at(-1)?.hash ?? null, digest);
    heads.push({
      ...{ chain, kind: 'batch', first: offsetOf(at), next: offsetOf(at + 1), mappingVersion: '1' },
      ...{ appliedAt: at, records: 1, sequence: BigInt(at + 1), digest, hash },
      signature: sign(null, digest, privateKey),
    });
  }
  return heads;
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const whole = chained(names);
const anchorAt = (...sequences: readonly number[]) =>
  sequences.map((sequence) => {
    const { hash } = whole[sequence - 1]!;
    return { target: 't', at: sequence, heads: [{ chain, sequence: BigInt(sequence), hash }] };
  });
const findings = (heads: readonly EntryHead[], anchors = anchorAt(2, 6)) =>
  auditChains(heads, anchors, publicKey).flatMap((report) =>
    report.findings.map(({ fault, from, to }) => `${fault} ${from}-${to}`),
  );

test('a chain as it was written, and as it was anchored, has no findings', () => {
  expect(findings(whole)).toEqual([]);
  expect(auditChains(whole, anchorAt(2, 4), publicKey)).toMatchObject([{ last: 6n, anchored: 4n }]);
});

test('whatever is taken out is missed', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1 }), (gone) => {
      const left = whole.filter((_, at) => !gone.includes(at));
      const missing = findings(left).flatMap((text) => /^missing (\d+)-(\d+)$/.exec(text)?.slice(1) ?? []);
      const named = new Set<number>();
      for (let at = 0; at < missing.length; at += 2)
        for (let n = Number(missing[at]); n <= Number(missing[at + 1]); n += 1) named.add(n);
      expect([...named].sort()).toEqual(gone.map((at) => at + 1).sort());
    }),
  );
});

test('a chain that was written anew contradicts the first anchor behind the change', () => {
  const forged = chained(['a', 'b', 'x', 'd', 'e', 'f']);
  expect(findings(forged)).toEqual(['replaced 3-6']);
  expect(findings(chained(['x', ...names.slice(1)]))).toEqual(['replaced 1-2']);
  expect(findings(forged, anchorAt(2))).toEqual([]);
});

test('two entries that changed places do not follow', () => {
  const [a, b, c, d] = whole as [EntryHead, EntryHead, EntryHead, EntryHead];
  const swapped = [a, { ...c, sequence: 2n }, { ...b, sequence: 3n }, d];
  expect(findings(swapped, [])).toEqual(['relinked 1-2', 'relinked 2-3', 'relinked 3-4']);
});

test('an entry that another key has signed is named', () => {
  const { privateKey: other } = generateKeyPairSync('ed25519');
  const heads = whole.map((head, at) =>
    at === 2 ? { ...head, signature: sign(null, head.digest, other) } : head,
  );
  expect(findings(heads)).toEqual(['altered 3-3']);
  expect(findings(whole.map((head) => ({ ...head, signature: Buffer.alloc(0) })))).toEqual(['altered 1-6']);
});

test('a chain of which only anchors are left is missing as a whole', () => {
  expect(findings([])).toEqual(['missing 1-6']);
});

test('two anchors that contradict each other about one entry are about that entry', () => {
  const [anchor] = anchorAt(6);
  const other = { ...anchor!, heads: [{ chain, sequence: 6n, hash: Buffer.alloc(32) }] };
  expect(findings(whole, [anchor!, other])).toEqual(['replaced 6-6']);
  expect(findings(whole, [other, anchor!])).toEqual(['replaced 1-6']);
});

describe('findings of bodies', () => {
  const altered = (sequence: bigint, of = chain) => ({
    ...{ chain: of, fault: 'altered' as const, from: sequence, to: sequence },
  });

  test('go to their chains, and name no entry that is named already', () => {
    const forged = whole.map((head, at) =>
      at === 1 || at === 2 ? { ...head, signature: Buffer.alloc(0) } : head,
    );
    const other = { ...chain, partition: 1 };
    const reports = auditChains(
      [...forged, ...whole.map((head) => ({ ...head, chain: other }))],
      [],
      publicKey,
    );
    const more = [altered(2n), altered(3n), altered(5n), altered(3n, other)];
    expect(
      withFindings(reports, more).map((report) => report.findings.map(({ from, to }) => `${from}-${to}`)),
    ).toEqual([['2-3', '5-5'], ['3-3']]);
  });

  test('of very many forged chains cost no more than there are', () => {
    const took = (count: number) => {
      const began = performance.now();
      const forged = Array.from({ length: count }, (_, partition) => ({
        ...{ ...whole[0]!, chain: { ...chain, partition }, signature: Buffer.alloc(0) },
      }));
      const reports = auditChains(forged, [], publicKey);
      const all = withFindings(
        reports,
        forged.map((head) => altered(1n, head.chain)),
      );
      expect(all).toHaveLength(count);
      return performance.now() - began;
    };
    took(3_000);
    // Were each finding looked for in each chain, it would be a hundred times a hundred times as much.
    expect(took(300_000) / took(3_000)).toBeLessThan(1_500);
  });
});
