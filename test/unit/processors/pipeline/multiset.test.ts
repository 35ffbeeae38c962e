import fc from 'fast-check';
import type { Row } from '../../../../schemas/contract/cell.ts';
import type { ChangeSource, RowEvent, SnapshotRow } from '../../../../schemas/contract/change-event.ts';
import { binlogVersion, offsetOf } from '../../../../schemas/contract/position.ts';
import type { RawRecord, SinkBatch } from '../../../../schemas/contract/ports.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { watermarkOf, watermarkText } from '../../../../schemas/contract/watermark.ts';
import type { Watermark } from '../../../../schemas/contract/watermark.ts';
import { mirrorOf } from '../../../../schemas/dsl/mirror.ts';
import { admit } from '../../../../processors/pipeline/admission.ts';
import { BatchWork } from '../../../../processors/pipeline/batch-work.ts';
import { ParkedRows } from '../../../../processors/pipeline/parked-rows.ts';
import { claim } from './claim.ts';

const shape: TableShape = {
  id: { namespace: 'oa', name: 'log' },
  columns: [{ name: 'who', type: { kind: 'text' }, nullable: true }],
  key: [],
};
const mapping = mirrorOf({ name: 'm', targetNamespace: 'copy', accepts: () => true });

/** A change as the log has it: place of its transaction, order within, and what it does. */
interface Logged {
  readonly place: number;
  readonly order: number;
  readonly before: string | null;
  readonly after: string | null;
  readonly snapshotRow: SnapshotRow | null;
}

function eventOf(
  { place, order, before, after, snapshotRow }: Logged,
  offset: number,
  partition = 0,
): RowEvent {
  const row = (who: string | null): Row | null => (who === null ? null : { who });
  const source: ChangeSource = {
    ...{ connector: 'mariadb', name: 'oa', committedAt: 0, capturedAt: 0, transaction: null, place: null },
    version: binlogVersion(0, 1, BigInt(place), order),
    snapshot: snapshotRow !== null,
    snapshotRow,
  };
  const base = { at: { topic: 't', partition, offset: offsetOf(offset) }, publishedAt: 0, source, shape };
  if (after === null) return { kind: 'delete', key: [], before: row(before), ...base };
  const operation = snapshotRow !== null ? 'snapshot' : before === null ? 'insert' : 'update';
  return { kind: 'upsert', operation, key: [], before: row(before), after: { who: after }, ...base };
}

/** A target as the sinks promise it. */
class Target {
  readonly rows = new Map<string, number>();
  watermark: string | null = null;

  apply({ clears, occurrences, watermark }: SinkBatch): void {
    if (clears.length > 0) this.rows.clear();
    for (const { rows, counts } of occurrences)
      for (const [at, [who]] of rows.entries()) {
        const count = (this.rows.get(String(who)) ?? 0) + counts[at]!;
        if (count < 0) throw new Error('a row is missing');
        this.rows.set(String(who), count);
      }
    if (watermark !== null) this.watermark = watermarkText(watermark);
  }

  handle(events: readonly RowEvent[]): BatchWork {
    const records = events.map(({ at }): RawRecord => ({
      ...at,
      ...{ key: null, value: null, headers: {}, timestamp: 0 },
    }));
    const batch = { topic: 't', partition: 0, first: offsetOf(0), next: offsetOf(0), records };
    const known = this.watermark === null ? null : watermarkOf(this.watermark);
    const work = new BatchWork('r', batch, mapping, known);
    for (const [at, entry] of work.entries.entries()) work.decoded(entry, events[at]!);
    work.map(new ParkedRows());
    this.apply(work.sinkBatch(claim));
    work.settle({ withheld: [] });
    work.outcomes();
    return work;
  }

  state(): string[] {
    return stateOf(this.rows);
  }
}

const stateOf = (rows: ReadonlyMap<string, number>) =>
  [...rows].flatMap(([who, count]) => new Array<string>(count).fill(who)).sort();

const who = fc.constantFrom('a', 'b', 'c');
const step = fc.record({ kind: fc.constantFrom('insert', 'insert', 'delete', 'update'), who, to: who });
const history = fc.record({
  read: fc.array(who, { maxLength: 4 }),
  transactions: fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
});

/** The log of a source, and what it holds in the end: a snapshot, then transactions. */
function logOf({ read, transactions }: typeof history extends fc.Arbitrary<infer T> ? T : never) {
  const rows = new Map<string, number>();
  const add = (name: string, count: number) => rows.set(name, (rows.get(name) ?? 0) + count);
  const log: Logged[] = read.map((name, at) => {
    add(name, 1);
    const snapshotRow = at === read.length - 1 ? 'last' : at === 0 ? 'first' : 'other';
    return { place: 10, order: 0, before: null, after: name, snapshotRow };
  });
  for (const [at, steps] of transactions.entries()) {
    let order = 0;
    for (const { kind, who: name, to } of steps) {
      if (kind !== 'insert' && (rows.get(name) ?? 0) === 0) continue;
      if (kind !== 'insert') add(name, -1);
      if (kind !== 'delete') add(kind === 'insert' ? name : to, 1);
      const before = kind === 'insert' ? null : name;
      const after = kind === 'delete' ? null : kind === 'insert' ? name : to;
      log.push({ place: 20 + at, order: ++order, before, after, snapshotRow: null });
    }
  }
  return { log, rows };
}

/** Cuts a list at these places, each from 0 to 1. */
function cut<T>(items: readonly T[], places: readonly number[]): (readonly T[])[] {
  const at = [
    0,
    ...places.map((place) => Math.floor(place * items.length)).sort((a, b) => a - b),
    items.length,
  ];
  return at.slice(1).map((end, n) => items.slice(at[n], end));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
const place = fc.double({ min: 0, max: 0.999, noNaN: true });

test('any history in any batches, with records that come again, comes to what the source holds', () => {
  fc.assert(
    fc.property(history, cuts, place, place, fc.boolean(), (made, at, until, from, inKafka) => {
      const { log, rows } = logOf(made);
      const target = new Target();
      // Up to some record; then from an earlier one again, in Kafka or by the connector; then the rest.
      const reached = Math.ceil(until * log.length);
      const places = [...new Set(log.slice(0, reached).map((each) => each.place))];
      const back = places[Math.floor(from * Math.max(0, places.length - 1))] ?? 0;
      // A connector goes back to the begin of a transaction that is not the newest one, and never into a snapshot.
      const goesBack = places.length > 1 && back >= 20 && back !== places.at(-1);
      const first = inKafka ? Math.floor(from * reached) : log.findIndex((each) => each.place === back);
      const begun = log.slice(0, reached).map((each, offset) => eventOf(each, offset));
      for (const batch of cut(begun, at)) target.handle(batch);
      if (inKafka) for (const batch of cut(begun.slice(first), at)) target.handle(batch);
      const rest = log
        .slice(!inKafka && goesBack ? first : reached)
        .map((each, n) => eventOf(each, reached + n));
      for (const batch of cut(rest, at)) target.handle(batch);
      expect(target.state()).toEqual(stateOf(rows));
    }),
    { numRuns: 2_000 },
  );
});

test('a snapshot that was interrupted and begins again leaves what the last one read', () => {
  fc.assert(
    fc.property(
      fc.array(who, { minLength: 1, maxLength: 5 }),
      place,
      fc.boolean(),
      cuts,
      (read, until, later, at) => {
        const { log } = logOf({ read, transactions: [] });
        const again = log.map((each) => ({ ...each, place: later ? 15 : 10 }));
        // A snapshot that came to its end may begin again as well.
        const begun = log.slice(0, Math.ceil(until * (log.length + 1)));
        const events = [...begun, ...again].map((each, offset) => eventOf(each, offset));
        const target = new Target();
        for (const batch of cut(events, at)) target.handle(batch);
        expect(target.state()).toEqual([...read].sort());
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a connector that is restarted within a transaction counts from 1 again: nothing is taken for old', () => {
  const target = new Target();
  const change = (order: number): Logged => ({
    place: 20,
    order,
    before: null,
    after: 'a',
    snapshotRow: null,
  });
  target.handle([eventOf(change(1), 0), eventOf(change(2), 1)]);
  target.handle([eventOf(change(1), 2), eventOf(change(2), 3)]);
  expect(target.state()).toEqual(['a', 'a', 'a', 'a']);
});

test('what comes again is counted as a duplicate', () => {
  const target = new Target();
  const change = (at: number): Logged => ({
    place: at,
    order: 1,
    before: null,
    after: 'a',
    snapshotRow: null,
  });
  target.handle([eventOf(change(20), 0), eventOf(change(21), 1)]);
  const work = target.handle([eventOf(change(20), 2), eventOf(change(21), 3), eventOf(change(22), 4)]);
  expect(work.outcomes()).toMatchObject({ duplicate: 2, applied: 1 });
});

test('a change in another partition has no order, and a row that is read beside the stream cannot be told apart', () => {
  const logged: Logged = { place: 20, order: 1, before: null, after: 'a', snapshotRow: null };
  const stray = () => admit(eventOf(logged, 0, 1), null);
  expect(stray).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }) as Error);
  const beside = () => admit(eventOf({ ...logged, snapshotRow: 'incremental' }, 0), null);
  expect(beside).toThrow(expect.objectContaining({ code: 'MAPPING_FAILED' }) as Error);
});

test('a topic that was made anew counts from 0, and its newer changes are new', () => {
  const known: Watermark = {
    ...{ offset: offsetOf(500), version: binlogVersion(0, 1, 20n, 1) },
    ...{ count: 1, again: null, reading: false },
  };
  const newer: Logged = { place: 21, order: 1, before: null, after: 'a', snapshotRow: null };
  expect(admit(eventOf(newer, 0), known)).toMatchObject({ verdict: 'new', watermark: { offset: 0n } });
  expect(admit(eventOf({ ...newer, place: 20 }, 0), known).verdict).toBe('again');
});
