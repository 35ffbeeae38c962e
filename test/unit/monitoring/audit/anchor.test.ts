import { createHash, generateKeyPairSync } from 'node:crypto';
import { anchorHash, openAnchor, sealAnchor } from '../../../../monitoring/audit/anchor.ts';
import { signingKeyOf, verifyingKeyOf } from '../../../../monitoring/audit/keys.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const anchor = {
  ...{ target: 'finance', writer: 'w', number: 2, after: ['00'] },
  at: 1_790_000_000_000,
  heads: [
    {
      chain: { route: 'claims', topic: 'oa.claim', partition: 3 },
      sequence: 9_007_199_254_740_993n,
      hash: createHash('sha256').update('x').digest(),
    },
  ],
};

test('an anchor is read as it was sealed, by the public key', () => {
  const line = sealAnchor(anchor, privateKey);
  expect(openAnchor(line, publicKey)).toEqual({ ...anchor, hash: anchorHash(line) });
});

test('nothing else is taken for one', () => {
  const line = sealAnchor(anchor, privateKey);
  const other = generateKeyPairSync('ed25519');
  expect(openAnchor(line, other.publicKey)).toBe('false');
  expect(openAnchor(line.replace('finance', 'finanze'), publicKey)).toBe('false');
  for (const text of ['', '{', '{}', '[]', 'null', line.slice(1), line.slice(0, -1)])
    expect(openAnchor(text, publicKey)).toBe('damaged');
});

test('keys are those of Ed25519 in PEM, and what is none is not repeated', () => {
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(signingKeyOf(pem).asymmetricKeyType).toBe('ed25519');
  expect(verifyingKeyOf(pem).type).toBe('public');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const wrong = [rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'no key at all', ''];
  for (const text of wrong) {
    expect(() => signingKeyOf(text)).toThrow('the signing key of the journal is no Ed25519 key in PEM');
    expect(() => verifyingKeyOf(text)).toThrow('the verifying key of the journal is no Ed25519 key in PEM');
  }
});
