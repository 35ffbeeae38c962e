import fc from 'fast-check';
import { upTo } from '../../../../connectors/kafka/up-to.ts';
import { createBatchHandler } from '../../../../processors/pipeline/batch-handler.ts';
import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import { DEFAULT_POLICY } from '../../../../schemas/contract/mapping.ts';
import type { Mapping } from '../../../../schemas/contract/mapping.ts';
import { binlogVersion, offsetOf } from '../../../../schemas/contract/position.ts';
import type { Decoder, RawRecord, Sink, SinkBatch } from '../../../../schemas/contract/ports.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { claim } from './claim.ts';

const shape: TableShape = {
  id: { namespace: 'oa', name: 'claim' },
  columns: [{ name: 'id', type: { kind: 'int', bits: 64 }, nullable: false }],
  key: ['id'],
};

/** A record of the transaction at this place in the binlog; `?` cannot be decoded, `-` is a tombstone. */
function recordOf(place: number | '?' | '-', offset: number): RawRecord {
  return {
    ...{ topic: 't', partition: 0, offset: offsetOf(offset), key: null, headers: {}, timestamp: 0 },
    value: Buffer.from(String(place)),
  };
}

const decoder: Decoder = {
  resume: () => undefined,
  keyOf: () => Promise.resolve(null),
  decode: (record) => {
    const place = record.value!.toString();
    if (place === '?') throw new CounterfoilError('UNDECODABLE_RECORD', 'no frame');
    if (place === '-') return { kind: 'tombstone', at: record, publishedAt: 0 };
    return {
      ...{ kind: 'upsert', operation: 'insert', at: record, publishedAt: 0, shape, key: [record.offset] },
      ...{ before: null, after: { id: record.offset } },
      source: {
        ...{
          connector: 'mariadb',
          name: 'oa',
          committedAt: 0,
          capturedAt: 0,
          transaction: null,
          place: null,
        },
        ...{ snapshot: false, snapshotRow: null },
        version: binlogVersion(0, 1, BigInt(place), Number(record.offset)),
      },
    };
  },
};

const mapping: Mapping = {
  ...{ name: 'm', version: 'v', accepts: () => true, targets: (source) => [source], copies: () => [] },
  upsert: (table, key, cells) => [{ kind: 'upsert', table, key: rowKeyOf(key), cells }],
  ...{ policy: () => DEFAULT_POLICY, delete: () => [] },
};

/** Hands the records to a run in batches of these sizes, as a session does, until the run wants no more. */
async function runUpTo(cutOff: number, places: readonly (number | '?' | '-')[], size: number) {
  const applied: bigint[] = [];
  const tallied = { applied: 0, 'dead-lettered': 0 };
  const positions: bigint[] = [];
  const sink = {
    ensureTable: () => Promise.resolve(),
    claim: () => Promise.resolve([claim]),
    positions: () => Promise.resolve([]),
    letters: { parkedRows: () => Promise.resolve([]) },
    apply: (batch: SinkBatch) => {
      for (const { rows } of batch.upserts) applied.push(...rows.map(([id]) => id as bigint));
      const outcomes = batch.tally!.outcomes([]);
      expect(batch.tally!.run).toEqual({ route: 'r', id: 'the run' });
      tallied.applied += outcomes.applied;
      tallied['dead-lettered'] += outcomes['dead-lettered'];
      positions.push(batch.next);
      return Promise.resolve({ withheld: [] });
    },
  } as unknown as Sink;
  const handler = createBatchHandler({
    ...{ route: 'r', mapping, decoder, sink, telemetry: { emit: () => undefined } },
    deadLetters: { send: () => Promise.resolve() },
    run: { id: 'the run', cutOff: binlogVersion(0, 1, BigInt(cutOff), 1) },
  });
  let ended = 0;
  const ends = new Map([['t', [{ partition: 0, low: offsetOf(0), high: offsetOf(places.length) }]]]);
  const bounded = upTo(handler, ends, () => {
    ended += 1;
  });
  const { signal } = new AbortController();
  await bounded.claim([claim], signal);
  let next = offsetOf(0);
  for (let at = 0; at < places.length; at += size) {
    const records = places.slice(at, at + size).map((place, index) => recordOf(place, at + index));
    const end = offsetOf(at + records.length);
    next = await bounded.handle(
      { topic: 't', partition: 0, first: offsetOf(at), next: end, records },
      claim,
      signal,
    );
    if (next < end) break;
  }
  return { applied: applied.map(Number), tallied, next: Number(next), positions, ended };
}

test('what was committed after the cut-off is left, whole transactions of it, and the position stays before it', async () => {
  expect(await runUpTo(20, [10, 10, 20, 30, 30], 100)).toMatchObject({
    ...{ applied: [0, 1, 2], tallied: { applied: 3 }, next: 3, positions: [3n], ended: 1 },
  });
});

test('a batch that lies behind the cut-off as a whole does not move the position', async () => {
  expect(await runUpTo(5, [10, 20], 2)).toMatchObject({ applied: [], positions: [], next: 0, ended: 1 });
});

test('when nothing lies behind the cut-off, the end of the partition ends the run', async () => {
  expect(await runUpTo(50, [10, 20], 1)).toMatchObject({ applied: [0, 1], next: 2, ended: 1 });
});

test('records that cannot be decoded are set aside only when they stand before what is left', async () => {
  expect(await runUpTo(20, [10, '?', 20, 30, '?', '-'], 100)).toMatchObject({
    ...{ applied: [0, 2], tallied: { applied: 2, 'dead-lettered': 1 }, next: 3, ended: 1 },
  });
});

test('wherever batches begin, exactly what was committed up to the cut-off is applied and counted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 31 }),
      fc.integer({ min: 1, max: 9 }),
      async (unordered, cutOff, size) => {
        const places = unordered.sort((a, b) => a - b);
        const wanted = places.filter((place) => place <= cutOff).length;
        const { applied, tallied, next, ended } = await runUpTo(cutOff, places, size);
        expect(applied).toEqual(Array.from({ length: wanted }, (_, at) => at));
        expect([tallied.applied, next, ended]).toEqual([wanted, wanted, 1]);
      },
    ),
    { numRuns: 200 },
  );
});
