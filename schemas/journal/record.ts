import { versionOf } from '../contract/position.ts';
import type { Version } from '../contract/position.ts';
import { ROW_DIGEST_BYTES, SHAPE_ID_BYTES } from './shape.ts';
import type { RowDigest, ShapeId } from './shape.ts';

/**
 * What was done: `put` wrote a row whole, `part` some columns of a row that was there; `clear` removed all rows that were
 * older, `mark` marked them as deleted. `add` and `remove` are of tables without a key, and say how many.
 */
export type JournalOperation = 'put' | 'part' | 'delete' | 'clear' | 'mark' | 'add' | 'remove';

/** One row, as an applied batch left it. */
export interface JournalRecord {
  readonly operation: JournalOperation;
  readonly shape: ShapeId;
  /** Canonical text of the key; the hash of the row where there is none; empty for `clear` and `mark`. */
  readonly key: string;
  readonly version: Version;
  /** Of the columns of the shape; empty where no values were written. */
  readonly digest: RowDigest;
  /** How many rows; 1 under a key. */
  readonly count: number;
}

/** Of a row of a table without versions. */
export const NO_VERSION = '0'.repeat(32) as Version;

const OPERATIONS: readonly JournalOperation[] = ['put', 'part', 'delete', 'clear', 'mark', 'add', 'remove'];
const VERSION_BYTES = 16;
const HEAD = 1 + 2 + VERSION_BYTES + ROW_DIGEST_BYTES + 4 + 4;
const NO_DIGEST = '\0'.repeat(ROW_DIGEST_BYTES);

/**
 * Records as the bytes of an entry: the number of shapes and their ids, then for each record the operation, the place of its
 * shape, version, digest, count, and the key after its length. Integers are big-endian. At most 65,535 shapes.
 */
export function encodeRecords(records: readonly JournalRecord[]): Buffer {
  const shapes = new Map<ShapeId, number>();
  let size = 2;
  for (const { shape, key } of records) {
    if (!shapes.has(shape)) shapes.set(shape, shapes.size);
    size += HEAD + key.length * 3;
  }
  const bytes = Buffer.allocUnsafe(size + shapes.size * SHAPE_ID_BYTES);
  let at = bytes.writeUInt16BE(shapes.size);
  for (const shape of shapes.keys()) at += bytes.write(shape, at, 'hex');
  for (const { operation, shape, key, version, digest, count } of records) {
    at = bytes.writeUInt8(OPERATIONS.indexOf(operation), at);
    at = bytes.writeUInt16BE(shapes.get(shape) ?? 0, at);
    at += bytes.write(version, at, 'hex');
    at += bytes.write(digest === '' ? NO_DIGEST : digest, at, 'latin1');
    at = bytes.writeUInt32BE(count, at);
    const length = bytes.write(key, at + 4, 'utf8');
    at = bytes.writeUInt32BE(length, at) + length;
  }
  return bytes.subarray(0, at);
}

/** Reads what {@link encodeRecords} wrote. Throws RangeError for anything else. */
export function* decodeRecords(bytes: Buffer): Generator<JournalRecord> {
  const count = bytes.readUInt16BE(0);
  const shapes: ShapeId[] = [];
  let at = 2;
  for (let left = count; left > 0; left -= 1, at += SHAPE_ID_BYTES)
    shapes.push(bytes.toString('hex', at, at + SHAPE_ID_BYTES) as ShapeId);
  while (at < bytes.length) {
    const operation = OPERATIONS[bytes.readUInt8(at)];
    const shape = shapes[bytes.readUInt16BE(at + 1)];
    const from = at + HEAD;
    const end = from + bytes.readUInt32BE(from - 4);
    if (operation === undefined || shape === undefined || end > bytes.length)
      throw new RangeError('the records of a journal entry cannot be read');
    const digestAt = at + 3 + VERSION_BYTES;
    const digest = bytes.toString('latin1', digestAt, digestAt + ROW_DIGEST_BYTES);
    yield {
      operation,
      shape,
      key: bytes.toString('utf8', from, end),
      version: versionOf(bytes.toString('hex', at + 3, digestAt)),
      digest: digest === NO_DIGEST ? '' : digest,
      count: bytes.readUInt32BE(from - 8),
    };
    at = end;
  }
}
