import { openSync, unlinkSync, closeSync } from 'node:fs';
import { read, write } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIGEST_BYTES } from './digest.ts';
import type { Digest } from './digest.ts';

const readAt = promisify(read);
const writeAt = promisify(write);

export interface SpoolOptions {
  /** Bytes held in memory before rows go to a file. */
  readonly memoryBytes?: number;
  /** Where that file is. It holds keys and digests, is readable by this user only, and is gone when the process is. */
  readonly directory?: string;
}

export const BUCKETS = 256;
const HEADER = 12 + DIGEST_BYTES;
const DEFAULT_MEMORY = 64 * 1024 * 1024;

/**
 * Collects the rows of one side, dealt into buckets by a hash of the key: both sides deal alike, so equal keys meet in
 * the bucket of the same number, whatever order and collation the databases read in. Memory stays bounded: past the limit
 * the buckets are appended to one temporary file.
 */
export class Spool {
  private readonly buckets: Bucket[] = Array.from({ length: BUCKETS }, () => new Bucket());
  private readonly segments: { bucket: number; position: number; length: number }[] = [];
  private readonly limit: number;
  private readonly directory: string;
  private held = 0;
  private file: number | null = null;
  private fileEnd = 0;
  rows = 0;

  constructor(options: SpoolOptions = {}) {
    this.limit = options.memoryBytes ?? DEFAULT_MEMORY;
    this.directory = options.directory ?? tmpdir();
  }

  /** `origin` is the canonical key of the source row, and `table` tells which of the source tables it is of. */
  add(key: string, digest: Digest, origin: string, table: number): void {
    const bucket = this.buckets[bucketOf(key)];
    if (bucket === undefined) return;
    this.held += bucket.add(key, digest, origin === key ? '' : origin, table);
    this.rows += 1;
  }

  /** Call between chunks of rows: moves what is held to the file when it has become too much. */
  async settle(): Promise<void> {
    if (this.held < this.limit) return;
    this.file ??= openUnlinked(this.directory);
    for (const [number, bucket] of this.buckets.entries()) {
      const bytes = bucket.take();
      if (bytes.length === 0) continue;
      await writeWhole(this.file, bytes, this.fileEnd);
      this.segments.push({ bucket: number, position: this.fileEnd, length: bytes.length });
      this.fileEnd += bytes.length;
    }
    this.held = 0;
  }

  /** The rows of one bucket as bytes, for {@link SpooledRows}. */
  async bucket(number: number): Promise<Buffer> {
    const held = this.buckets[number]?.bytes() ?? Buffer.alloc(0);
    const stored = this.segments.filter((segment) => segment.bucket === number);
    if (stored.length === 0 || this.file === null) return held;
    const whole = Buffer.allocUnsafe(stored.reduce((sum, { length }) => sum + length, held.length));
    let at = 0;
    for (const { position, length } of stored) {
      await readWhole(this.file, whole.subarray(at, at + length), position);
      at += length;
    }
    held.copy(whole, at);
    return whole;
  }

  /** Frees memory and the file. */
  close(): void {
    for (const bucket of this.buckets) bucket.free();
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }
}

/** Grows by doubling; a record is its lengths, the digest, the key and the origin. */
class Bucket {
  private buffer = Buffer.alloc(0);
  private used = 0;

  /** Returns how many bytes the record took. */
  add(key: string, digest: Digest, origin: string, table: number): number {
    const most = HEADER + (key.length + origin.length) * 3;
    if (this.used + most > this.buffer.length) this.grow(this.used + most);
    const { buffer, used } = this;
    buffer.write(digest, used + 12, DIGEST_BYTES, 'latin1');
    const keyBytes = buffer.write(key, used + HEADER, 'utf8');
    const originBytes = origin === '' ? 0 : buffer.write(origin, used + HEADER + keyBytes, 'utf8');
    buffer.writeUInt32LE(keyBytes, used);
    buffer.writeUInt32LE(originBytes, used + 4);
    buffer.writeUInt32LE(table, used + 8);
    const length = HEADER + keyBytes + originBytes;
    this.used += length;
    return length;
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  /** What is held; the memory is used again by the next record. */
  take(): Buffer {
    const bytes = this.bytes();
    this.used = 0;
    return bytes;
  }

  free(): void {
    this.buffer = Buffer.alloc(0);
    this.used = 0;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2, 4_096));
    this.buffer.copy(larger, 0, 0, this.used);
    this.buffer = larger;
  }
}

/** The records of a bucket, each known by where it begins. */
export class SpooledRows {
  constructor(private readonly bytes: Buffer) {}

  /** Where each record begins. */
  *places(): Generator<number> {
    for (let at = 0; at < this.bytes.length; at += this.lengthAt(at)) yield at;
  }

  key(at: number): string {
    const from = at + HEADER;
    return this.bytes.toString('utf8', from, from + this.bytes.readUInt32LE(at));
  }

  digest(at: number): Digest {
    return this.bytes.toString('latin1', at + 12, at + 12 + DIGEST_BYTES);
  }

  /** Whether this row and one of another bucket have the same digest. */
  isEqual(at: number, other: SpooledRows, otherAt: number): boolean {
    for (let part = 12; part < 12 + DIGEST_BYTES; part += 4)
      if (this.bytes.readInt32LE(at + part) !== other.bytes.readInt32LE(otherAt + part)) return false;
    return true;
  }

  table(at: number): number {
    return this.bytes.readUInt32LE(at + 8);
  }

  /** The source row that this one was made from. */
  origin(at: number): { readonly table: number; readonly key: string } {
    const { bytes } = this;
    const table = this.table(at);
    const length = bytes.readUInt32LE(at + 4);
    // A source row with the very key of its target row is not written down twice.
    if (length === 0) return { table, key: this.key(at) };
    const from = at + HEADER + bytes.readUInt32LE(at);
    return { table, key: bytes.toString('utf8', from, from + length) };
  }

  private lengthAt(at: number): number {
    return HEADER + this.bytes.readUInt32LE(at) + this.bytes.readUInt32LE(at + 4);
  }
}

/** FNV-1a over UTF-16 units: it only has to deal evenly and alike on both sides. */
function bucketOf(key: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) value = Math.imul(value ^ key.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 16)) & (BUCKETS - 1);
}

/** The file has no name from the start: however the process ends, nothing stays behind. */
function openUnlinked(directory: string): number {
  const path = join(directory, `counterfoil-check-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

async function writeWhole(file: number, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length)
    done += (await writeAt(file, bytes, done, bytes.length - done, position + done)).bytesWritten;
}

async function readWhole(file: number, into: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await readAt(file, into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('the temporary file of the check ended early');
    done += bytesRead;
  }
}
