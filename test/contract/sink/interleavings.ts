import fc from 'fast-check';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import type { Sink, SinkBatch, SinkPoint } from '../../../schemas/contract/ports.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { blockedOrDone, deletes, Gate, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

/** A change of a history. Which it is follows from its key and version, as at a real source. */
interface Change {
  readonly key: number;
  readonly version: number;
}

const isDelete = ({ key, version }: Change) => (key + version) % 3 === 0;
const rowAfter = ({ key, version }: Change) => ({
  id: BigInt(key),
  title: `v${version}`,
  amount: String(version),
});

export function describeInterleavings(current: () => Subject): void {
  describe('no inversion per key', () => {
    // A late insert and a newer delete of a row that is not there lock nothing in common: the hard case.
    test.each<[string, SinkPoint, boolean]>([
      ['a late insert is open while the delete comes', 'sink:rows-written', true],
      ['the delete is open while a late insert comes', 'sink:rows-written', false],
    ])('%s', async (_, point, insertFirst) => {
      const subject = current();
      const shape = subject.claims('race');
      const gate = new Gate(point);
      const [one, two] = [await subject.readySink({ reach: gate.reach }), await subject.readySink()];
      await one.ensureTable(shape);
      const [mine, theirs] = [await Partition.claimed(one), await Partition.claimed(two)];
      const insert = { upserts: [upserts(shape, [rowAfter({ key: 1, version: 5 }), v(5)])] };
      const removal = { deletes: [deletes(shape, [[1n], v(7)])] };
      const first = applyPatiently(one, mine.batch(insertFirst ? insert : removal));
      await gate.reached;
      const second = applyPatiently(two, theirs.batch(insertFirst ? removal : insert));
      await blockedOrDone(subject, second);
      gate.open();
      await Promise.all([first, second]);
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('a late overwrite that waits behind a delete does not bring the row back', async () => {
      const subject = current();
      const shape = subject.claims('behind');
      const gate = new Gate('sink:rows-written');
      const [one, two] = [await subject.readySink({ reach: gate.reach }), await subject.readySink()];
      const theirs = await Partition.claimed(two);
      await two.apply(theirs.batch({ upserts: [upserts(shape, [rowAfter({ key: 1, version: 3 }), v(3)])] }));
      const mine = await Partition.claimed(one);
      const first = applyPatiently(one, mine.batch({ deletes: [deletes(shape, [[1n], v(7)])] }));
      await gate.reached;
      const late = { upserts: [upserts(shape, [rowAfter({ key: 1, version: 5 }), v(5)])] };
      const second = applyPatiently(two, theirs.batch(late));
      await blockedOrDone(subject, second);
      gate.open();
      await first;
      expect((await second).withheld.map(({ reason }) => reason)).toEqual(['superseded']);
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('a late insert and a newer delete at the same moment, many times over', async () => {
      const subject = current();
      const shape = subject.claims('moment');
      const [one, two] = [await subject.readySink(), await subject.readySink()];
      await one.ensureTable(shape);
      const [mine, theirs] = [await Partition.claimed(one), await Partition.claimed(two)];
      for (let key = 0; key < 100; key += 1) {
        const insert = { upserts: [upserts(shape, [rowAfter({ key, version: 5 }), v(5)])] };
        const removal = { deletes: [deletes(shape, [[BigInt(key)], v(7)])] };
        await Promise.all([
          applyPatiently(one, mine.batch(insert)),
          applyPatiently(two, theirs.batch(removal)),
        ]);
      }
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('any split, repetition and interleaving of a history ends in its newest state', async () => {
      const subject = current();
      const shape = subject.claims('histories');
      const sinks = [await subject.readySink(), await subject.readySink()];
      await sinks[0]!.ensureTable(shape);
      let base = 0;
      await fc.assert(
        fc.asyncProperty(histories(), async (lanes) => {
          base += 10;
          const shifted = lanes.map((batches) =>
            batches.map((changes) => changes.map((change) => ({ ...change, key: change.key + base }))),
          );
          await Promise.all(shifted.map((batches, lane) => applyLane(sinks[lane]!, shape, batches)));
          const rows = (await subject.rows(shape)).filter(({ id }) => Number(id) >= base);
          expect(rows).toEqual(newestStates(shifted.flat(2)));
        }),
        { numRuns: 40 },
      );
    }, 120_000);
  });
}

/** Two partitions, applied at the same time, each with batches of changes of the same few keys, repeated at will. */
function histories(): fc.Arbitrary<Change[][][]> {
  const change = fc.record({ key: fc.integer({ min: 0, max: 4 }), version: fc.integer({ min: 1, max: 9 }) });
  const batch = fc.array(change, { maxLength: 6 });
  const lane = fc.array(batch, { maxLength: 5 });
  return fc.tuple(lane, lane);
}

async function applyLane(sink: Sink, shape: TableShape, batches: readonly Change[][]): Promise<void> {
  const partition = await Partition.claimed(sink);
  for (const changes of batches) {
    const net = [...newest(changes).values()];
    const batch = partition.batch({
      upserts: [
        upserts(
          shape,
          ...net.filter((each) => !isDelete(each)).map((each) => [rowAfter(each), v(each.version)] as const),
        ),
      ].filter(({ rows }) => rows.length > 0),
      deletes: [
        deletes(shape, ...net.filter(isDelete).map((each) => [[BigInt(each.key)], v(each.version)] as const)),
      ],
    });
    await applyPatiently(sink, batch);
  }
}

/** As a route does: conflicts are tried again. */
async function applyPatiently(sink: Sink, batch: SinkBatch): ReturnType<Sink['apply']> {
  for (;;) {
    try {
      return await sink.apply(batch);
    } catch (error) {
      if (!(error instanceof CounterfoilError) || error.code !== 'TARGET_CONFLICT') throw error;
    }
  }
}

function newest(changes: readonly Change[]): Map<number, Change> {
  const newest = new Map<number, Change>();
  for (const change of changes)
    if ((newest.get(change.key)?.version ?? 0) < change.version) newest.set(change.key, change);
  return newest;
}

function newestStates(changes: readonly Change[]): unknown[] {
  return [...newest(changes).values()]
    .filter((change) => !isDelete(change))
    .sort((a, b) => a.key - b.key)
    .map(rowAfter);
}
