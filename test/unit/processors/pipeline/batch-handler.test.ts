import fc from 'fast-check';
import { createBatchHandler } from '../../../../processors/pipeline/batch-handler.ts';
import type { Cell, RowKey } from '../../../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { ChangeEvent } from '../../../../schemas/contract/change-event.ts';
import type { DeadLetter, LetterLedger } from '../../../../schemas/contract/dead-letter.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { ErrorCode } from '../../../../schemas/contract/errors.ts';
import { DEFAULT_POLICY } from '../../../../schemas/contract/mapping.ts';
import type { Mapping } from '../../../../schemas/contract/mapping.ts';
import { offsetOf, postgresVersion } from '../../../../schemas/contract/position.ts';
import type { Decoder, RawRecord, RecordBatch, Sink, SinkBatch } from '../../../../schemas/contract/ports.ts';
import { RowRejectedError } from '../../../../schemas/contract/row-rejected.ts';
import type { RepairLedger } from '../../../../schemas/contract/repair.ts';
import type { RunLedger } from '../../../../schemas/contract/sync-run.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import type { Outcome, TelemetryEvent } from '../../../../schemas/contract/telemetry.ts';
import { claim } from './claim.ts';

// The ports are ours, so tests may play them; what stands behind them is tested on the real thing elsewhere.

const shape: TableShape = {
  id: { namespace: 'oa', name: 'claim' },
  columns: [{ name: 'id', type: { kind: 'int', bits: 64 }, nullable: false }],
  key: ['id'],
};

/** What a record is, written in its value. */
type Kind =
  'row' | 'undecodable' | 'breaks-contract' | 'refused' | 'tombstone' | 'other-table' | 'truncate' | 'stale';

function batchOf(kinds: readonly Kind[]): RecordBatch {
  const records = kinds.map((kind, index): RawRecord => ({
    topic: 't',
    partition: 0,
    offset: offsetOf(index),
    key: null,
    value: Buffer.from(kind),
    headers: {},
    timestamp: 1_000,
  }));
  return { topic: 't', partition: 0, first: offsetOf(0), next: offsetOf(kinds.length), records };
}

function kindOf(record: RawRecord): Kind {
  return record.value!.toString() as Kind;
}

function eventOf(record: RawRecord): ChangeEvent {
  const kind = kindOf(record);
  if (kind === 'undecodable') throw new CounterfoilError('UNDECODABLE_RECORD', 'no frame');
  const base = { at: record, publishedAt: record.timestamp };
  if (kind === 'tombstone') return { kind, ...base };
  const source = {
    connector: 'mariadb',
    name: 'oa',
    version: postgresVersion(0n, record.offset),
    committedAt: 900,
    capturedAt: 950,
    transaction: null,
    place: null,
    snapshot: false,
    snapshotRow: null,
  } as const;
  const table = kind === 'other-table' ? { ...shape, id: { namespace: 'oa', name: 'heartbeat' } } : shape;
  if (kind === 'truncate') return { kind, ...base, source, shape };
  const cells = { id: record.offset as Cell, kind };
  return {
    kind: 'upsert',
    operation: 'insert',
    key: [record.offset],
    before: null,
    after: cells,
    ...base,
    source,
    shape: table,
  };
}

const mapping: Mapping = {
  name: 'm',
  version: 'v1',
  accepts: ({ name }) => name === 'claim',
  targets: (source) => [source],
  upsert: (source, key, row) => {
    if (row['kind'] === 'breaks-contract')
      throw new CounterfoilError('CONTRACT_VIOLATION', 'oa.claim.id: too long');
    return [{ kind: 'upsert', table: source, key: rowKeyOf(key), cells: row }];
  },
  copies: ({ namespace, name }) => [{ namespace, name }],
  policy: () => DEFAULT_POLICY,
  delete: () => [],
};

const noLetters = { parkedRows: () => Promise.resolve([]) } as unknown as LetterLedger;

const noRuns = {} as unknown as RunLedger;
const noRepairs = {} as unknown as RepairLedger;

class Target {
  readonly letters: DeadLetter[] = [];
  readonly applied: SinkBatch[] = [];
  readonly events: TelemetryEvent[] = [];
  /** Failures to come, by step. */
  readonly failures: { apply: ErrorCode[]; decode: ErrorCode[]; send: ErrorCode[] } = {
    apply: [],
    decode: [],
    send: [],
  };
  /** Called when the rows are committed, before the answer comes. */
  committed: () => void = () => undefined;
  readonly #refused = new Set<RowKey>();
  readonly #stale = new Set<RowKey>();

  constructor(batch: RecordBatch) {
    for (const record of batch.records) {
      if (kindOf(record) === 'refused') this.#refused.add(rowKeyOf([record.offset]));
      if (kindOf(record) === 'stale') this.#stale.add(rowKeyOf([record.offset]));
    }
  }

  readonly sink: Sink = {
    prepare: () => Promise.resolve(),
    ensureTable: () => Promise.resolve(),
    planTable: () => Promise.resolve([]),
    claim: () => Promise.resolve([claim]),
    positions: () => Promise.resolve([]),
    advance: () => Promise.resolve(),
    rewind: () => Promise.resolve(),
    letters: noLetters,
    runs: noRuns,
    accounts: null,
    repairs: noRepairs,
    journalHeads: () => Promise.resolve([]),
    close: () => Promise.resolve(),
    apply: (batch) => {
      this.#fail('apply');
      const rows = batch.upserts.flatMap(({ table, keys, versions }) =>
        keys.map((key, at) => ({ table, key, version: versions[at]! })),
      );
      const error = new CounterfoilError('ROW_REJECTED', 'too long');
      const refused = rows.filter(({ key }) => this.#refused.has(key)).map((row) => ({ ...row, error }));
      if (refused.length > 0) return Promise.reject(new RowRejectedError(refused));
      this.applied.push(batch);
      this.committed();
      const withheld = rows.filter(({ key }) => this.#stale.has(key));
      return Promise.resolve({
        withheld: withheld.map((row) => ({ ...row, reason: 'superseded' as const })),
      });
    },
  };
  readonly decoder: Decoder = {
    resume: () => undefined,
    keyOf: () => Promise.resolve(null),
    decode: (record) => {
      this.#fail('decode');
      return eventOf(record);
    },
  };

  async handle(batch: RecordBatch, signal = new AbortController().signal): Promise<void> {
    const handler = createBatchHandler({
      route: 'r',
      mapping,
      decoder: this.decoder,
      sink: this.sink,
      deadLetters: {
        send: (letters) => {
          if (letters.length > 0) this.#fail('send');
          this.letters.push(...letters);
          return Promise.resolve();
        },
      },
      telemetry: { emit: (event) => this.events.push(event) },
      backOff: { firstMs: 0, maxMs: 0 },
    });
    await handler.handle(batch, claim, signal);
  }

  outcomes(): Readonly<Record<Outcome, number>> {
    return this.of('batch-applied')[0]!.outcomes;
  }
  of<T extends TelemetryEvent['type']>(type: T): Extract<TelemetryEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<TelemetryEvent, { type: T }> => event.type === type);
  }
  #fail(step: keyof Target['failures']): void {
    const code = this.failures[step].shift();
    if (code) throw new CounterfoilError(code, 'for a while', { remedy: 'wait' });
  }
}

const EXPECTED: Readonly<Record<Kind, Outcome>> = {
  row: 'applied',
  stale: 'superseded',
  tombstone: 'filtered',
  'other-table': 'filtered',
  undecodable: 'dead-lettered',
  'breaks-contract': 'dead-lettered',
  refused: 'dead-lettered',
  truncate: 'dead-lettered',
};
const KINDS = Object.keys(EXPECTED) as Kind[];

test('each event ends in exactly one outcome, whatever the batch holds and whatever fails for a while', async () => {
  const passing = fc.constantFrom<ErrorCode>(
    'TARGET_UNAVAILABLE',
    'TARGET_CONFLICT',
    'TARGET_MISCONFIGURED',
    'REGISTRY_UNAVAILABLE',
    'KAFKA_UNAVAILABLE',
  );
  const failures = fc.record({
    apply: fc.array(passing, { maxLength: 3 }),
    decode: fc.array(passing, { maxLength: 3 }),
    send: fc.array(passing, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 20 }),
      failures,
      async (kinds, failing) => {
        const batch = batchOf(kinds);
        const target = new Target(batch);
        for (const step of ['apply', 'decode', 'send'] as const) target.failures[step].push(...failing[step]);
        await target.handle(batch);

        const counted = {
          applied: 0,
          superseded: 0,
          duplicate: 0,
          filtered: 0,
          'dead-lettered': 0,
          parked: 0,
        };
        for (const kind of kinds) counted[EXPECTED[kind]]++;
        expect(target.outcomes()).toEqual(counted);
        expect(target.letters.map(({ record }) => record.offset).sort()).toEqual(
          batch.records
            .filter((record) => EXPECTED[kindOf(record)] === 'dead-lettered')
            .map(({ offset }) => offset)
            .sort(),
        );
        expect(target.applied).toHaveLength(1);
        expect(target.applied[0]).toMatchObject({ first: 0n, next: BigInt(kinds.length) });
      },
    ),
  );
});

test('a failure that passes is shown in the state of the route, and so is its end', async () => {
  const batch = batchOf(['row']);
  const target = new Target(batch);
  target.failures.apply.push('TARGET_MISCONFIGURED');
  await target.handle(batch);
  expect(target.of('route-state')).toEqual([
    {
      type: 'route-state',
      route: 'r',
      state: 'waiting',
      code: 'TARGET_MISCONFIGURED',
      reason: 'for a while',
      remedy: 'wait',
    },
    { type: 'route-state', route: 'r', state: 'running', code: null, reason: null, remedy: null },
  ]);
});

test('a failure that does not pass ends the batch, with nothing applied or dead-lettered', async () => {
  const batch = batchOf(['row', 'undecodable']);
  const target = new Target(batch);
  target.failures.apply.push('STALE_WRITER');
  await expect(target.handle(batch)).rejects.toMatchObject({ code: 'STALE_WRITER' });
  expect(target.applied).toEqual([]);
});

test('waiting ends when the session ends', async () => {
  const batch = batchOf(['row']);
  const target = new Target(batch);
  const abort = new AbortController();
  target.failures.apply.push(...Array.from({ length: 1_000 }, () => 'TARGET_UNAVAILABLE' as const));
  const handled = target.handle(batch, abort.signal);
  abort.abort(new Error('stopping'));
  await expect(handled).rejects.toThrow('stopping');
  expect(target.applied).toEqual([]);
});

test('a batch that is committed while the session ends is counted', async () => {
  const batch = batchOf(['row', 'other-table']);
  const target = new Target(batch);
  const abort = new AbortController();
  target.committed = () => {
    abort.abort(new Error('stopping'));
  };
  await target.handle(batch, abort.signal);
  expect(target.of('batch-applied').map(({ outcomes }) => outcomes)).toMatchObject([
    { applied: 1, filtered: 1 },
  ]);
});

test('letters are sent before the position moves, and carry the reason without values', async () => {
  const batch = batchOf(['row', 'breaks-contract', 'refused']);
  const target = new Target(batch);
  await target.handle(batch);
  expect(
    target.letters.map(({ error, mappingVersion, route }) => [route, error.code, mappingVersion]),
  ).toEqual([
    ['r', 'CONTRACT_VIOLATION', 'v1'],
    ['r', 'ROW_REJECTED', 'v1'],
  ]);
  expect(target.of('event-dead-lettered').map(({ stage, offset }) => [stage, offset])).toEqual([
    ['validate', 1n],
    ['apply', 2n],
  ]);
});
