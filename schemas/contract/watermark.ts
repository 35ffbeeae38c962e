import { offsetOf, versionOf } from './position.ts';
import type { Offset, Version } from './position.ts';

/**
 * How far the partition of a table without a key is applied. Its rows cannot be told apart, so that a change applied twice
 * would double a row: what this covers is not applied again. It is kept beside the position, committed with it, and stays
 * when the position is set back.
 */
export interface Watermark {
  /** Of the record seen last. */
  readonly offset: Offset;
  /** Of the newest change applied. */
  readonly version: Version;
  /** How many changes that stand at the place of that one in the log are applied. */
  readonly count: number;
  /** How many of these have come again since the connector went back in the log; null when it has not, or is past them. */
  readonly again: number | null;
  /** A snapshot of the table has begun, and neither its last row nor a later change has come. */
  readonly reading: boolean;
}

/** As targets keep it. */
export function watermarkText({ offset, version, count, again, reading }: Watermark): string {
  return [offset, version, count, again ?? '-', reading ? 'reading' : 'read'].join(' ');
}

/** Throws RangeError when it is no watermark. */
export function watermarkOf(text: string): Watermark {
  const [offset = '', version = '', count, again, reading] = text.split(' ');
  return {
    offset: offsetOf(offset),
    version: versionOf(version),
    count: Number(count),
    again: again === '-' ? null : Number(again),
    reading: reading === 'reading',
  };
}
