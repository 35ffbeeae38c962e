import { createMysqlReader } from '../../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../../monitoring/consistency/readers/postgres.ts';
import { deletionsOf } from '../../../monitoring/consistency/row-versions.ts';
import type { Deletions } from '../../../monitoring/consistency/row-versions.ts';
import type { RowKey } from '../../../schemas/contract/cell.ts';
import { TOMBSTONE_TABLE } from '../../../schemas/contract/stored-key.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { deletes, keyOf, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describeVersionGuard(current: () => Subject): void {
  describe('version guard', () => {
    const row = (id: number, title: string) => ({ id: BigInt(id), title, amount: '1' });

    test('inserts, overwrites and deletes', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(
        partition.batch({
          upserts: [upserts(shape, [row(1, 'a'), v(1)], [row(2, 'b'), v(2)], [row(3, 'c'), v(3)])],
        }),
      );
      const { withheld } = await sink.apply(
        partition.batch({
          upserts: [upserts(shape, [row(2, 'b2'), v(4)], [row(4, 'd'), v(5)])],
          deletes: [deletes(shape, [[1n], v(6)])],
        }),
      );
      expect(withheld).toEqual([]);
      expect(await subject.rows(shape)).toEqual([row(2, 'b2'), row(3, 'c'), row(4, 'd')]);
    });

    test('keeps out an older change as superseded and the same change as duplicate', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(
        partition.batch({
          upserts: [upserts(shape, [row(1, 'a'), v(5)], [row(2, 'b'), v(5)], [row(3, 'c'), v(5)])],
        }),
      );
      const { withheld } = await sink.apply(
        partition.batch({
          upserts: [upserts(shape, [row(1, 'old'), v(4)], [row(2, 'same'), v(5)], [row(3, 'new'), v(6)])],
        }),
      );
      expect(withheld).toEqual([
        { table: shape, key: keyOf(shape, row(1, '')), version: v(4), reason: 'superseded' },
        { table: shape, key: keyOf(shape, row(2, '')), version: v(5), reason: 'duplicate' },
      ]);
      expect(await subject.rows(shape)).toEqual([row(1, 'a'), row(2, 'b'), row(3, 'new')]);
    });

    test('keeps out an older or equal delete', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, [row(1, 'a'), v(5)], [row(2, 'b'), v(5)])] }),
      );
      const { withheld } = await sink.apply(
        partition.batch({ deletes: [deletes(shape, [[1n], v(4)], [[2n], v(5)])] }),
      );
      expect(withheld.map(({ reason }) => reason)).toEqual(['superseded', 'duplicate']);
      expect(await subject.rows(shape)).toHaveLength(2);
      // nor did they leave anything that would keep out the next change
      const later = await sink.apply(
        partition.batch({ deletes: [deletes(shape, [[1n], v(6)], [[2n], v(6)])] }),
      );
      expect(later.withheld).toEqual([]);
      expect(await subject.rows(shape)).toEqual([]);
    });

    test.each([
      ['a row that was there', true],
      ['a row that was never there', false],
    ])('a delete of %s keeps out late events', async (_, present) => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      if (present) await sink.apply(partition.batch({ upserts: [upserts(shape, [row(1, 'a'), v(3)])] }));
      const deleted = await sink.apply(partition.batch({ deletes: [deletes(shape, [[1n], v(7)])] }));
      expect(deleted.withheld).toEqual([]);
      for (const [version, reason] of [
        [6, 'superseded'],
        [7, 'duplicate'],
      ] as const) {
        const late = await sink.apply(
          partition.batch({ upserts: [upserts(shape, [row(1, 'late'), v(version)])] }),
        );
        const withheld = [{ table: shape, key: keyOf(shape, row(1, '')), version: v(version), reason }];
        expect(late.withheld).toEqual(withheld);
        const again = await sink.apply(partition.batch({ deletes: [deletes(shape, [[1n], v(version)])] }));
        expect(again.withheld).toEqual(withheld);
      }
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('a newer upsert wins over a tombstone and removes it', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(partition.batch({ deletes: [deletes(shape, [[1n], v(3)])] }));
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row(1, 'back'), v(4)])] }));
      expect(await subject.rows(shape)).toEqual([row(1, 'back')]);
      expect(await tombstones(subject, shape.id.name)).toBe(0);
      await sink.apply(partition.batch({ deletes: [deletes(shape, [[1n], v(5)])] }));
      expect(await tombstones(subject, shape.id.name)).toBe(1);
    });

    test('a row that others wrote, without a version, counts as the oldest', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.ensureTable(shape);
      await subject.database.query(
        `INSERT INTO ${subject.sql(shape)} (id, title, amount) VALUES (1, 'theirs', 1), (2, 'theirs', 1), (3, 'theirs', 1)`,
      );
      await sink.apply(
        partition.batch({
          upserts: [
            upserts(shape, [row(1, 'ours'), v(1)]),
            upserts(shape, [{ id: 2n, title: 'part' }, v(1)]),
          ],
          deletes: [deletes(shape, [[3n], v(1)])],
        }),
      );
      expect(await subject.rows(shape)).toEqual([row(1, 'ours'), row(2, 'part')]);
    });

    test('treats long and composite keys like any other', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        'long_keys',
        { code: { kind: 'text', maxLength: 255 }, no: { kind: 'int', bits: 32 }, note: { kind: 'text' } },
        ['code', 'no'],
      );
      const partition = await Partition.claimed(sink);
      const codes = ['報'.repeat(250), `${'報'.repeat(249)}销`, 'a', 'A', "it's", 'back\\slash', '"'];
      const all = codes.flatMap((code) => [1, 2].map((no) => ({ code, no, note: 'n' })));
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, ...all.map((each) => [each, v(1)] as const))] }),
      );
      expect(await subject.rows(shape)).toHaveLength(all.length);
      await sink.apply(
        partition.batch({ deletes: [deletes(shape, ...codes.map((code) => [[code, 1], v(2)] as const))] }),
      );
      const { withheld } = await sink.apply(
        partition.batch({ upserts: [upserts(shape, ...all.map((each) => [each, v(1)] as const))] }),
      );
      expect(withheld.filter(({ reason }) => reason === 'superseded')).toHaveLength(codes.length);
      expect(withheld.filter(({ reason }) => reason === 'duplicate')).toHaveLength(codes.length);
      expect((await subject.rows(shape)).map((each) => each['no'])).toEqual(codes.map(() => 2));
      const keys = all.map((each) => keyOf(shape, each));
      const deletions = await deletionsRead(subject, shape, keys);
      expect(keys.map((key) => deletions.of(key))).toEqual(all.map(({ no }) => (no === 1 ? v(2) : null)));
    });
  });
}

async function tombstones(subject: Subject, table: string): Promise<number> {
  const { quote } = subject.database;
  const rows = await subject.database.query(
    `SELECT 1 AS one FROM ${quote(subject.namespace)}.tombstone WHERE table_name = '${table}'`,
  );
  return rows.length;
}

/** As a check reads them. */
async function deletionsRead(
  { database, dialect, namespace }: Subject,
  { id }: TableShape,
  keys: readonly RowKey[],
): Promise<Deletions> {
  const connection = database.address;
  const reader =
    dialect === 'postgres' ? createPostgresReader({ connection }) : createMysqlReader({ connection });
  const [tombstoneTable] = await reader.describeTables([{ namespace, name: TOMBSTONE_TABLE }]);
  const snapshot = await reader.snapshot();
  try {
    return await deletionsOf(tombstoneTable ?? null, id, keys, snapshot);
  } finally {
    await snapshot.close();
  }
}
