import fc from 'fast-check';
import { createBatchHandler } from '../../../../processors/pipeline/batch-handler.ts';
import type { RowKey } from '../../../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { DeadLetter, LetterLedger } from '../../../../schemas/contract/dead-letter.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { ErrorCode } from '../../../../schemas/contract/errors.ts';
import { DEFAULT_POLICY } from '../../../../schemas/contract/mapping.ts';
import type { Mapping } from '../../../../schemas/contract/mapping.ts';
import { compareVersions, offsetOf, postgresVersion } from '../../../../schemas/contract/position.ts';
import type { Decoder, RawRecord, Sink, SinkBatch } from '../../../../schemas/contract/ports.ts';
import { RowRejectedError } from '../../../../schemas/contract/row-rejected.ts';
import { storedKeyOf } from '../../../../schemas/contract/stored-key.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { claim } from './claim.ts';

// A row that came without a large value waits for a change that brings it whole, and for nothing else.

/** `part`: an update that leaves the large value out. `bad`: refused by the mapping. */
interface Change {
  readonly id: number;
  readonly kind: 'whole' | 'part' | 'delete' | 'bad';
}

const shape: TableShape = {
  id: { namespace: 'oa', name: 'claim' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 32 }, nullable: false },
    { name: 'small', type: { kind: 'int', bits: 64 }, nullable: true },
    { name: 'large', type: { kind: 'int', bits: 64 }, nullable: true },
  ],
  key: ['id'],
};

function recordOf({ id, kind }: Change, offset: number): RawRecord {
  const key = Buffer.from(String(id));
  return {
    ...{ topic: 't', partition: 0, offset: offsetOf(offset), headers: {}, timestamp: 0 },
    ...{ key, value: Buffer.from(kind) },
  };
}

const idOf = (record: RawRecord) => Number(record.key!.toString());
const source = {
  ...({
    connector: 'postgresql',
    name: 'fin',
    committedAt: 0,
    capturedAt: 0,
    transaction: null,
    place: null,
  } as const),
  ...{ snapshot: false, snapshotRow: null },
};

const decoder: Decoder = {
  resume: () => undefined,
  keyOf: (record) => Promise.resolve(rowKeyOf([idOf(record)])),
  decode: (record) => {
    const kind = record.value!.toString() as Change['kind'];
    const id = idOf(record);
    const base = {
      ...{ at: record, publishedAt: 0, shape, key: [id], before: null },
      source: { ...source, version: postgresVersion(0n, record.offset) },
    };
    if (kind === 'delete') return { ...base, kind };
    const after = { id, small: record.offset, ...(kind === 'part' ? {} : { large: record.offset }) };
    return {
      ...base,
      kind: 'upsert',
      operation: 'update',
      after: kind === 'bad' ? { ...after, bad: 1 } : after,
    };
  },
};

const mapping: Mapping = {
  ...{ name: 'm', version: 'v', accepts: () => true, targets: (source) => [source] },
  upsert: (table, key, cells) => {
    if (cells['bad'] !== undefined) throw new CounterfoilError('MAPPING_FAILED', 'no rule');
    return [{ kind: 'upsert', table, key: rowKeyOf(key), cells }];
  },
  ...{ copies: ({ namespace, name }) => [{ namespace, name }], policy: () => DEFAULT_POLICY },
  delete: (table, keyCells) => [{ kind: 'delete', table, key: rowKeyOf(keyCells), keyCells }],
};

type Values = Readonly<Record<string, unknown>>;

/** What the sinks promise, in memory. */
class Target {
  rows = new Map<RowKey, Values>();
  open: DeadLetter[] = [];
  superseded: DeadLetter[] = [];

  readonly sink = {
    ensureTable: () => Promise.resolve(),
    apply: (batch: SinkBatch) => this.#apply(batch),
    letters: { parkedRows: () => Promise.resolve(this.#parked()) } as unknown as LetterLedger,
  } as unknown as Sink;

  #apply(batch: SinkBatch) {
    const rows = new Map(this.rows);
    const rejections = [];
    for (const { keys } of batch.deletes) for (const key of keys) rows.delete(key);
    const sets = [...batch.upserts].sort((a, b) => b.columns.length - a.columns.length);
    for (const { table, columns, rows: cells, keys, versions } of sets)
      for (const [at, key] of keys.entries()) {
        const sent = Object.fromEntries(columns.map((name, index) => [name, cells[at]![index]]));
        const base = rows.get(key);
        if (base === undefined && columns.length < 3) {
          const error = new CounterfoilError('MISSING_BASE_ROW', 'lacks values');
          rejections.push({ table, key, version: versions[at]!, error });
        } else rows.set(key, { ...base, ...sent });
      }
    if (rejections.length > 0) return Promise.reject(new RowRejectedError(rejections));
    this.rows = rows;
    const isFreed = (letter: DeadLetter) =>
      batch.freed.some(
        ({ key, version }) => key === letter.key && compareVersions(letter.version!, version) <= 0,
      );
    this.open.push(...batch.letters);
    this.superseded.push(...this.open.filter(isFreed));
    this.open = this.open.filter((letter) => !isFreed(letter));
    return Promise.resolve({ withheld: [] });
  }

  codesOf(key: RowKey): ErrorCode[] {
    return this.open.filter((letter) => letter.key === key).map(({ error }) => error.code);
  }

  #parked() {
    return [...new Set(this.open.map(({ key }) => key!))].map((key) => {
      const awaitsWhole = this.codesOf(key).every((code) => code === 'MISSING_BASE_ROW' || code === 'PARKED');
      return { topic: 't', key: storedKeyOf(key), awaitsWhole };
    });
  }

  async run(changes: readonly Change[], sizes: readonly number[]): Promise<void> {
    const handler = createBatchHandler({
      ...{ route: 'r', mapping, decoder, sink: this.sink },
      deadLetters: { send: () => Promise.resolve() },
      telemetry: { emit: () => undefined },
    });
    const records = changes.map(recordOf);
    for (let from = 0, turn = 0; from < records.length; turn += 1) {
      const next = Math.min(records.length, from + (sizes[turn % sizes.length] ?? 1));
      const batch = { topic: 't', partition: 0, first: offsetOf(from), next: offsetOf(next) };
      await handler.handle(
        { ...batch, records: records.slice(from, next) },
        claim,
        new AbortController().signal,
      );
      from = next;
    }
  }
}

/** What must be true of one row, read off its history alone. */
function expectedOf(history: readonly (Change & { readonly offset: bigint })[]) {
  let row: Values | undefined;
  let lacking = false;
  for (const { id, kind, offset } of history) {
    if (kind === 'bad') return { row, blocked: true };
    if (kind === 'delete') row = undefined;
    else if (kind === 'whole') row = { id, small: offset, large: offset };
    else if (row !== undefined && !lacking) row = { ...row, small: offset };
    lacking = kind === 'part' && (row === undefined || lacking);
  }
  return { row, blocked: lacking };
}

const histories = fc.array(
  fc.record<Change>({
    id: fc.nat(2),
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom<Change['kind']>('whole', 'part', 'part', 'delete') },
      { weight: 1, arbitrary: fc.constant<Change['kind']>('bad') },
    ),
  }),
  { minLength: 1, maxLength: 30 },
);

test('whatever the batches: a whole change or a delete frees the row, a bad one blocks it', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1 }),
      async (changes, sizes) => {
        const target = new Target();
        await target.run(changes, sizes);
        for (const id of new Set(changes.map((change) => change.id))) {
          const key = rowKeyOf([id]);
          const history = changes.flatMap((change, at) =>
            change.id === id ? [{ ...change, offset: BigInt(at) }] : [],
          );
          const { row, blocked } = expectedOf(history);
          expect([key, target.codesOf(key).length > 0]).toEqual([key, blocked]);
          expect(target.rows.get(key)).toEqual(row);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('what is superseded is what came before, and what is freed is free for incomplete changes', async () => {
  const target = new Target();
  const kinds = ['part', 'part', 'whole', 'part', 'delete', 'part'] as const;
  await target.run(
    kinds.map((kind) => ({ id: 1, kind })),
    [1],
  );
  expect(target.superseded.map(({ record, error }) => [record.offset, error.code])).toEqual([
    [0n, 'MISSING_BASE_ROW'],
    [1n, 'PARKED'],
  ]);
  expect(target.open.map(({ record, error }) => [record.offset, error.code])).toEqual([
    [5n, 'MISSING_BASE_ROW'],
  ]);
});
