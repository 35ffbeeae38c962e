import { generateKeyPairSync } from 'node:crypto';
import type { KeyPairKeyObjectResult } from 'node:crypto';
import { journal } from '../../../app/config/journal-schema.ts';

const pem = ({ privateKey, publicKey }: KeyPairKeyObjectResult) => ({
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
});
const pair = () => pem(generateKeyPairSync('ed25519'));
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2_048 }));

const issues = (signingKey: string, verifyingKey?: string) =>
  (journal.safeParse({ signingKey, ...(verifyingKey && { verifyingKey }) }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );

test('the keys of a journal are a pair for Ed25519, or the configuration says which is not', () => {
  const { privateKey, publicKey } = pair();
  expect(issues(privateKey)).toEqual([]);
  expect(issues(privateKey, publicKey)).toEqual([]);
  const noKey = 'is no Ed25519 key in PEM; `counterfoil audit keygen` makes a pair';
  expect(issues(rsa.privateKey)).toEqual([`signingKey ${noKey}`]);
  expect(issues(privateKey, rsa.publicKey)).toEqual([`verifyingKey ${noKey}`]);
  expect(issues(privateKey, pair().publicKey)).toEqual([
    'verifyingKey is not the public key of signingKey: no entry would be believed',
  ]);
});
