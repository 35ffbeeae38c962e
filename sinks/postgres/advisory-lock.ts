import { createHash } from 'node:crypto';

/** The number that stands for these words in PostgreSQL's advisory locks, as text: its type is `bigint`. */
export function lockNumber(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest().readBigInt64BE(0).toString();
}
