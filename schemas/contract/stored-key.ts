import { createHash } from 'node:crypto';
import type { RowKey } from './cell.ts';

/** The table of a target with what was deleted, and by which change: a late event must not bring it back. */
export const TOMBSTONE_TABLE = 'tombstone';

/** Longest key text that is stored as it is; index entries of both databases are limited. */
export const STORED_KEY_LENGTH = 200;

/** In place of a row's key: what is known of a table as a whole. No key text looks like it. */
export const WHOLE_TABLE = '*' as RowKey;

/**
 * What the product's own tables (tombstones, dead letters) know a row by: the key text itself, readable for operators,
 * or its hash when it is long. A key text is a JSON array, so that no key can look like a hash.
 */
export function storedKeyOf(key: RowKey): string {
  if (key.length <= STORED_KEY_LENGTH) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
