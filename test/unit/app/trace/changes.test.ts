import fc from 'fast-check';
import { changesOf, draftsOf } from '../../../../app/trace/changes.ts';
import type { FoundRecord, Write } from '../../../../app/trace/changes.ts';
import type { RowEvent } from '../../../../schemas/contract/change-event.ts';
import type { StoredLetter } from '../../../../schemas/contract/dead-letter.ts';
import { binlogVersion, offsetOf } from '../../../../schemas/contract/position.ts';
import type { Offset } from '../../../../schemas/contract/position.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';

const AT = { topic: 'oa.oa.claim', partition: 0 };
const shape: TableShape = {
  id: { namespace: 'oa', name: 'claim' },
  key: ['id'],
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
    { name: 'status', type: { kind: 'text' }, nullable: false },
    { name: 'amount', type: { kind: 'decimal', scale: 2 }, nullable: false },
  ],
};
const version = (offset: number) => binlogVersion(0, 1, 1_000n + BigInt(offset), 1);

/** The record at an offset, whose version is that of the offset. */
function record(offset: number, status = 'draft', amount = '1.00'): FoundRecord {
  const event: RowEvent = {
    ...{ kind: 'upsert', operation: 'update', key: [1n], before: null, shape },
    ...{ after: { id: 1n, status, amount }, at: { ...AT, offset: offsetOf(offset) }, publishedAt: offset },
    source: {
      ...{
        connector: 'mariadb',
        name: 'oa',
        version: version(offset),
        committedAt: offset,
        capturedAt: offset,
      },
      ...{ transaction: `0-1-${offset}`, place: null, snapshot: false, snapshotRow: null },
    },
  };
  return { event, schemaId: 7 };
}

/** An entry of a batch of the offsets [first, next) that wrote the change of an offset. */
function write(of: number, [first, next]: readonly [number, number], over: Partial<Write> = {}): Write {
  const chain = { route: 'claims', ...AT };
  return {
    ...{ target: 'finance', table: 'ap.claim', operation: 'put', version: version(of), genuine: true },
    mapping: 'claim@1',
    entry: {
      ...{ chain, kind: 'batch', sequence: BigInt(of), first: offsetOf(first), next: offsetOf(next) },
      ...{ mappingVersion: 'claim@1', appliedAt: 10_000 + of, records: 1 },
      ...{ digest: Buffer.alloc(0), signature: Buffer.alloc(0), hash: Buffer.alloc(0) },
    },
    ...over,
  };
}

function letter(offset: number, over: Partial<StoredLetter> = {}): StoredLetter {
  return {
    ...{ ...AT, offset: offsetOf(offset), route: 'claims', key: '["1"]', version: version(offset) },
    ...{ code: 'ROW_REJECTED', stage: 'apply', reason: 'it was refused', mappingVersion: 'claim@1' },
    ...{ status: 'open', createdAt: 10_000 + offset, closedAt: null, closedBy: null, closedReason: null },
    ...over,
  };
}

const held = (low: number) => (): Offset => offsetOf(low);

test('what several routes have made of one change is one change, of the record that the narrower batch has', () => {
  const copied = write(5, [5, 6], { table: 'mirror.claim' });
  const drafts = draftsOf([write(5, [0, 100]), copied, write(3, [0, 4])], []);
  expect(drafts.map(({ writes, range }) => [writes.length, range?.first])).toEqual([
    [2, 5n],
    [1, 0n],
  ]);
});

test('the record of a change is the one with its version; those before it in its batch are covered by it', () => {
  const drafts = draftsOf([write(5, [2, 8])], []);
  const [change] = changesOf(drafts, [record(7), record(5, 'paid', '1.0'), record(4), record(1)], held(0));
  expect(change).toMatchObject({
    origin: { kind: 'record', record: record(5, 'paid', '1.0'), changed: ['status'] },
  });
  expect(change?.passed).toEqual([record(4)]);
});

test('what Kafka no longer holds is gone, what another topic has at its place is not taken for it, and nothing is guessed', () => {
  const drafts = draftsOf([write(9, [9, 10]), write(5, [4, 6]), write(2, [2, 3])], []);
  const another = { ...record(9), event: { ...record(8).event, at: record(9).event.at } };
  const changes = changesOf(drafts, [another], held(5));
  expect(changes.map(({ origin }) => origin)).toMatchObject([
    { kind: 'missing', range: { first: 9n } },
    { kind: 'gone', range: { first: 4n, next: 6n }, low: 5n },
    { kind: 'gone', range: { first: 2n }, low: 5n },
  ]);
  expect(changesOf(drafts, [], () => null)).toMatchObject([
    { origin: { kind: 'gone', low: null } },
    { origin: { kind: 'gone', low: null } },
    { origin: { kind: 'gone', low: null } },
  ]);
});

test('what has changed is not said when a record between two is not there', () => {
  const drafts = draftsOf([write(7, [7, 8]), write(5, [5, 6]), write(3, [3, 4])], []);
  const [newest] = changesOf(drafts, [record(3), record(7, 'paid')], held(0));
  expect(newest?.origin).toMatchObject({ kind: 'record', before: null, changed: null });
});

test('a letter and the redrive that wrote it are one change; one that cannot be decoded stands by itself', () => {
  const redriven = write(5, [5, 6]);
  const unread = letter(6, { version: null, code: 'UNDECODABLE_RECORD' });
  const drafts = draftsOf(
    [{ ...redriven, entry: { ...redriven.entry, kind: 'redrive' } }],
    [letter(5), unread],
  );
  expect(drafts.map(({ version: of, writes, letters }) => [of, writes.length, letters.length])).toEqual([
    [null, 0, 1],
    [version(5), 1, 1],
  ]);
});

test('changes of one topic are in the order of their source, whatever the clocks of those who wrote of them', () => {
  const drafts = draftsOf([write(3, [3, 6]), write(1, [1, 2])], [letter(5, { createdAt: 10_002 })]);
  expect(drafts.map(({ version: of }) => of)).toEqual([version(5), version(3), version(1)]);
});

test('what was posted has no record', () => {
  const posting = write(0, [0, 0]);
  const drafts = draftsOf([{ ...posting, entry: { ...posting.entry, kind: 'posting' } }], []);
  expect(changesOf(drafts, [record(0)], held(0))).toMatchObject([
    { version: null, origin: null, passed: [] },
  ]);
});

test('property: every write and every letter is told once, the newest first, and each record is of its own version', () => {
  const offsets = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 30 });
  fc.assert(
    fc.property(
      offsets,
      offsets,
      offsets,
      fc.integer({ min: 0, max: 200 }),
      (written, lettered, kept, low) => {
        const writes = written.map((at) => write(at, [Math.max(0, at - 3), at + 2]));
        const letters = lettered.map((at) => letter(at));
        const found = kept.filter((at) => at >= low).map((at) => record(at));
        const changes = changesOf(draftsOf(writes, letters), found, held(low));
        expect(new Set(changes.flatMap((change) => change.writes))).toEqual(new Set(writes));
        expect(new Set(changes.flatMap((change) => change.letters))).toEqual(new Set(letters));
        expect(changes.length).toBe(new Set([...written, ...lettered]).size);
        const times = changes.map(({ version: of }) => of!);
        expect(times).toEqual([...times].sort().reverse());
        for (const { version: of, origin, passed } of changes) {
          if (origin?.kind === 'record') expect(origin.record.event.source.version).toBe(of);
          for (const { event } of passed) expect(written.map(version)).not.toContain(event.source.version);
        }
      },
    ),
  );
});
