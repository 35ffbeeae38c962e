import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CounterfoilError } from '../../schemas/contract/errors.ts';

/** A new private key, in PEM. */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The public key, in PEM, that belongs to a private one in PEM. Throws CONFIGURATION_INVALID. */
export function publicPemOf(signingKey: string): string {
  return verifyingKeyOf(signingKey).export({ type: 'spki', format: 'pem' }).toString();
}

/** The private key in PEM. Throws CONFIGURATION_INVALID unless it is one for Ed25519. */
export function signingKeyOf(pem: string): KeyObject {
  return keyOf(() => createPrivateKey(pem), 'signing key', 'PRIVATE KEY');
}

/** The public key in PEM, or that of a private one. Throws CONFIGURATION_INVALID. */
export function verifyingKeyOf(pem: string): KeyObject {
  return keyOf(() => createPublicKey(pem), 'verifying key', 'PUBLIC KEY');
}

/** The public key that belongs to a private one. */
export function publicKeyOf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}

function keyOf(read: () => KeyObject, name: string, kind: string): KeyObject {
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What the library says may quote the key.
  }
  throw new CounterfoilError('CONFIGURATION_INVALID', `the ${name} of the journal is no Ed25519 key in PEM`, {
    remedy: `\`counterfoil audit keygen\` makes a pair; its file begins with -----BEGIN ${kind}-----.`,
  });
}

export function signBytes(bytes: Buffer, key: KeyObject): Buffer {
  return sign(null, bytes, key);
}

export function isSigned(bytes: Buffer, signature: Buffer, key: KeyObject): boolean {
  return verify(null, bytes, key, signature);
}
