import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { ChainHead } from '../../schemas/contract/chain.ts';

/** What is put down outside of a target about its journal: nobody who rules the target can take it back. */
export interface Anchor {
  readonly target: string;
  /** Milliseconds. */
  readonly at: number;
  readonly heads: readonly ChainHead[];
}

const anchorText = z.strictObject({
  target: z.string(),
  at: z.number(),
  heads: z.array(z.tuple([z.string(), z.string(), z.number(), z.string(), z.string()])),
});

const envelope = z.strictObject({ anchor: z.string(), signature: z.string() });

/** The private key in PEM. Throws CONFIGURATION_INVALID unless it is one for Ed25519. */
export function signingKeyOf(pem: string): KeyObject {
  return keyOf(() => createPrivateKey(pem), 'signing key', 'PRIVATE KEY');
}

/** The public key in PEM, or that of a private one. Throws CONFIGURATION_INVALID. */
export function verifyingKeyOf(pem: string): KeyObject {
  return keyOf(() => createPublicKey(pem), 'verifying key', 'PUBLIC KEY');
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

/** One line of JSON: the anchor as a text, and its signature. */
export function sealAnchor({ target, at, heads }: Anchor, key: KeyObject): string {
  const anchor = JSON.stringify({
    ...{ target, at },
    heads: heads.map(({ chain: { route, topic, partition }, sequence, hash }) => [
      ...[route, topic, partition, sequence.toString(), hash.toString('hex')],
    ]),
  });
  return JSON.stringify({ anchor, signature: signBytes(Buffer.from(anchor), key).toString('base64') });
}

/** Null for a text that is no anchor, or that another key has signed. */
export function openAnchor(text: string, key: KeyObject): Anchor | null {
  const sealed = envelope.safeParse(jsonOf(text));
  if (!sealed.success) return null;
  const { anchor, signature } = sealed.data;
  if (!isSigned(Buffer.from(anchor), Buffer.from(signature, 'base64'), key)) return null;
  const parsed = anchorText.safeParse(jsonOf(anchor));
  if (!parsed.success) return null;
  const { target, at, heads } = parsed.data;
  return {
    ...{ target, at },
    heads: heads.map(([route, topic, partition, sequence, hash]) => ({
      chain: { route, topic, partition },
      ...{ sequence: BigInt(sequence), hash: Buffer.from(hash, 'hex') },
    })),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
