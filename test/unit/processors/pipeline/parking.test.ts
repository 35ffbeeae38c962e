import fc from 'fast-check';
import { createBatchHandler } from '../../../../processors/pipeline/batch-handler.ts';
import type { RowKey } from '../../../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { DeadLetter, LetterLedger } from '../../../../schemas/contract/dead-letter.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import { DEFAULT_POLICY } from '../../../../schemas/contract/mapping.ts';
import type { Mapping } from '../../../../schemas/contract/mapping.ts';
import { offsetOf, postgresVersion } from '../../../../schemas/contract/position.ts';
import type { Decoder, RawRecord, Sink, SinkBatch } from '../../../../schemas/contract/ports.ts';
import { RowRejectedError } from '../../../../schemas/contract/row-rejected.ts';
import { storedKeyOf } from '../../../../schemas/contract/stored-key.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import type { Outcome } from '../../../../schemas/contract/telemetry.ts';
import { claim } from './claim.ts';

// Changes of one row are applied in order or wait in order, wherever batches begin and whatever is bad about one.

interface Change {
  readonly id: number;
  /** `unmappable`: refused by the mapping; `unfit`: refused by the target; `undecodable`: only its key can be read. */
  readonly fault: 'none' | 'undecodable' | 'unmappable' | 'unfit';
}

const shape: TableShape = {
  id: { namespace: 'oa', name: 'claim' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 32 }, nullable: false },
    { name: 'offset', type: { kind: 'int', bits: 64 }, nullable: true },
  ],
  key: ['id'],
};

function recordOf(change: Change, offset: number): RawRecord {
  return {
    ...{ topic: 't', partition: 0, offset: offsetOf(offset), headers: {}, timestamp: 0 },
    key: Buffer.from(String(change.id)),
    value: Buffer.from(change.fault),
  };
}

const faultOf = (record: RawRecord) => record.value!.toString() as Change['fault'];
const keyOf = (record: RawRecord) => rowKeyOf([Number(record.key!.toString())]);

const decoder: Decoder = {
  resume: () => undefined,
  keyOf: (record) => Promise.resolve(keyOf(record)),
  decode: (record) => {
    if (faultOf(record) === 'undecodable') throw new CounterfoilError('UNDECODABLE_RECORD', 'no frame');
    const id = Number(record.key!.toString());
    return {
      ...{ kind: 'upsert', operation: 'update', at: record, publishedAt: 0, shape, key: [id] },
      before: null,
      after: { id, offset: record.offset, fault: faultOf(record) },
      source: {
        ...{
          connector: 'mariadb',
          name: 'oa',
          committedAt: 0,
          capturedAt: 0,
          transaction: null,
          place: null,
          snapshot: false,
          snapshotRow: null,
        },
        version: postgresVersion(0n, record.offset),
      },
    };
  },
};

const mapping: Mapping = {
  name: 'm',
  version: 'v',
  accepts: () => true,
  targets: (source) => [source],
  upsert: (source, key, row) => {
    if (row['fault'] === 'unmappable') throw new CounterfoilError('MAPPING_FAILED', 'no rule');
    return [{ kind: 'upsert', table: source, key: rowKeyOf(key), cells: row }];
  },
  copies: ({ namespace, name }) => [{ namespace, name }],
  policy: () => DEFAULT_POLICY,
  delete: () => [],
};

/** What the sinks promise, in memory. */
class Target {
  readonly rows = new Map<RowKey, bigint>();
  readonly letters: DeadLetter[] = [];
  readonly outcomes = { applied: 0, superseded: 0, duplicate: 0, filtered: 0, 'dead-lettered': 0, parked: 0 };
  readonly #faults: ReadonlyMap<string, Change['fault']>;

  constructor(changes: readonly Change[]) {
    this.#faults = new Map(changes.map(({ fault }, offset) => [String(offset), fault]));
  }

  readonly sink = {
    prepare: () => Promise.resolve(),
    ensureTable: () => Promise.resolve(),
    apply: (batch: SinkBatch) => {
      const group = batch.upserts[0];
      const rows = (group?.rows ?? []).map((cells, at) => ({
        ...{ table: shape, key: group!.keys[at]!, version: group!.versions[at]! },
        offset: cells[1] as bigint,
      }));
      const unfit = rows.filter(({ offset }) => this.#faults.get(String(offset)) === 'unfit');
      if (unfit.length > 0) {
        const error = new CounterfoilError('ROW_REJECTED', 'unfit');
        return Promise.reject(new RowRejectedError(unfit.map((row) => ({ ...row, error }))));
      }
      for (const { key, offset } of rows) this.rows.set(key, offset);
      this.letters.push(...batch.letters);
      return Promise.resolve({ withheld: [] });
    },
    letters: {
      parkedRows: () =>
        Promise.resolve(
          this.letters.flatMap(({ key, record }) =>
            key === null ? [] : [{ topic: record.topic, key: storedKeyOf(key) }],
          ),
        ),
    } as unknown as LetterLedger,
  } as unknown as Sink;

  async run(changes: readonly Change[], sizes: readonly number[]): Promise<void> {
    const handler = createBatchHandler({
      ...{ route: 'r', mapping, decoder, sink: this.sink },
      deadLetters: { send: () => Promise.resolve() },
      telemetry: {
        emit: (event) => {
          if (event.type !== 'batch-applied') return;
          for (const [outcome, count] of Object.entries(event.outcomes))
            this.outcomes[outcome as Outcome] += count;
        },
      },
    });
    const records = changes.map(recordOf);
    for (let from = 0, turn = 0; from < records.length; turn += 1) {
      const next = Math.min(records.length, from + (sizes[turn % sizes.length] ?? 1));
      const batch = { topic: 't', partition: 0, first: offsetOf(from), next: offsetOf(next) };
      const part = { ...batch, records: records.slice(from, next) };
      await handler.handle(part, claim, new AbortController().signal);
      from = next;
    }
  }
}

const changes = fc.array(
  fc.record<Change>({
    id: fc.nat(2),
    fault: fc.oneof(
      { weight: 6, arbitrary: fc.constant('none' as const) },
      { weight: 4, arbitrary: fc.constantFrom('undecodable', 'unmappable', 'unfit') },
    ),
  }),
  { minLength: 1, maxLength: 40 },
);

test('after the first dead letter of a row all its changes wait, and those before it are applied', async () => {
  await fc.assert(
    fc.asyncProperty(
      changes,
      fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1 }),
      async (all, sizes) => {
        const target = new Target(all);
        await target.run(all, sizes);
        const set = new Map(target.letters.map((letter) => [letter.record.offset, letter.error.code]));
        for (const id of new Set(all.map((change) => change.id))) {
          const offsets = all.flatMap((change, offset) => (change.id === id ? [offsetOf(offset)] : []));
          const first = offsets.find((offset) => set.has(offset)) ?? offsetOf(all.length);
          const before = offsets.filter((offset) => offset < first);
          const after = offsets.filter((offset) => offset > first);
          expect(after.filter((offset) => !set.has(offset))).toEqual([]);
          expect(set.get(first)).not.toBe('PARKED');
          expect(target.rows.get(rowKeyOf([id]))).toBe(before.at(-1));
        }
        const { applied, parked, 'dead-lettered': bad } = target.outcomes;
        expect(applied + parked + bad).toBe(all.length);
        expect(parked).toBe([...set.values()].filter((code) => code === 'PARKED').length);
        expect(parked + bad).toBe(set.size);
      },
    ),
    { numRuns: 500 },
  );
});

test('a row that is refused again and again is set aside as a whole, in the end', async () => {
  const all: Change[] = Array.from({ length: 200 }, (_, offset) => ({
    id: 0,
    fault: offset === 0 ? 'none' : 'unfit',
  }));
  const target = new Target(all);
  await target.run(all, [200]);
  expect(target.letters.length).toBeGreaterThanOrEqual(199);
  expect(target.outcomes.applied + target.letters.length).toBe(200);
});

test('the change that is refused is set aside, and not those before it in the batch', async () => {
  const all: Change[] = (['none', 'none', 'unfit'] as const).map((fault) => ({ id: 0, fault }));
  const target = new Target(all);
  await target.run(all, [3]);
  expect(target.letters.map(({ record, error }) => [record.offset, error.code])).toEqual([
    [2n, 'ROW_REJECTED'],
  ]);
  expect(target.rows.get(rowKeyOf([0]))).toBe(1n);
});
