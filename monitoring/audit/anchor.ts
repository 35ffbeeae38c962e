import { hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { ChainHead } from '../../schemas/contract/chain.ts';
import { isSigned, signBytes } from './keys.ts';

/** What is put down outside of a target about its journal: nobody who rules the target can take it back. */
export interface Anchor {
  readonly target: string;
  /** Whoever puts down anchors, from when it begins until it ends, or until one may or may not have been put down. */
  readonly writer: string;
  /** Counts the anchors of a writer from 1, without gaps. */
  readonly number: number;
  /** Hashes of those before it: its writer's last one, or for the first one the last that each of the others has put down. */
  readonly after: readonly string[];
  /** Milliseconds. */
  readonly at: number;
  readonly heads: readonly ChainHead[];
}

/** An anchor as it was read. */
export interface ReadAnchor extends Anchor {
  readonly hash: string;
}

const anchorText = z.strictObject({
  ...{
    target: z.string(),
    writer: z.string(),
    number: z.number(),
    after: z.array(z.string()),
    at: z.number(),
  },
  heads: z.array(z.tuple([z.string(), z.string(), z.number(), z.string(), z.string()])),
});

const envelope = z.strictObject({ anchor: z.string(), signature: z.string() });

/** One line of JSON: the anchor as a text, and its signature. */
export function sealAnchor({ heads, ...about }: Anchor, key: KeyObject): string {
  const anchor = JSON.stringify({
    ...about,
    heads: heads.map(({ chain: { route, topic, partition }, sequence, hash: end }) => [
      ...[route, topic, partition, sequence.toString(), end.toString('hex')],
    ]),
  });
  return JSON.stringify({ anchor, signature: signBytes(Buffer.from(anchor), key).toString('base64') });
}

/** `false`: another key has signed it; `damaged`: it is no anchor, or not the whole of one, and vouches for nothing. */
export function openAnchor(line: string, key: KeyObject): ReadAnchor | 'false' | 'damaged' {
  const sealed = envelope.safeParse(jsonOf(line));
  if (!sealed.success) return 'damaged';
  const { anchor, signature } = sealed.data;
  if (!isSigned(Buffer.from(anchor), Buffer.from(signature, 'base64'), key)) return 'false';
  const parsed = anchorText.safeParse(jsonOf(anchor));
  if (!parsed.success) return 'false';
  const { heads, ...about } = parsed.data;
  return {
    ...{ ...about, hash: anchorHash(line) },
    heads: heads.map(([route, topic, partition, sequence, end]) => ({
      chain: { route, topic, partition },
      ...{ sequence: BigInt(sequence), hash: Buffer.from(end, 'hex') },
    })),
  };
}

/** By which a later anchor names this one. */
export function anchorHash(line: string): string {
  return hash('sha256', line, 'hex');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
