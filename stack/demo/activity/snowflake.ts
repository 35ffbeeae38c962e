/**
 * Document ids as OA systems make them: 41 bits of milliseconds, 10 bits of worker, 12 bits of sequence. They are
 * larger than 2^53, so they only survive where 64-bit integers are handled as such.
 */
export interface SnowflakeIds {
  /** Throws RangeError after 4096 ids of one millisecond. */
  next(): bigint;
}

/** Twitter's own epoch, 2010-11-04, which most implementations kept. */
const EPOCH_MS = 1_288_834_974_657n;
const WORKER = 7n;
const IDS_PER_MILLISECOND = 4096n;

/** The ids of one millisecond. The generator's clock never stands still, so every action has ids of its own. */
export function snowflakesAt(ms: number): SnowflakeIds {
  const base = ((BigInt(ms) - EPOCH_MS) << 22n) | (WORKER << 12n);
  let sequence = 0n;
  return {
    next() {
      if (sequence === IDS_PER_MILLISECOND) throw new RangeError('more than 4096 ids in one millisecond');
      return base | sequence++;
    },
  };
}
