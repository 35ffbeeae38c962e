import type { AuditedTable } from '../../../monitoring/audit/report.ts';
import { clearOf } from './clears.ts';
import { journaled, row, write } from './journaled.ts';
import { deletes, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

const named = (table: AuditedTable | undefined) =>
  (table?.findings ?? []).map(({ fault, key }) => `${fault} ${key}`).sort();

/** What a journal cannot tell of, in whole or in part: rows from before it, rows that changed while it was off, marks. */
export function describeUnjournaled(current: () => Subject): void {
  describe('rows that the journal does not tell of', () => {
    const query = (sql: string) => current().database.query(sql);
    const bytes = (version: number) =>
      current().dialect === 'postgres' ? `decode('${v(version)}', 'hex')` : `X'${v(version)}'`;

    /** Writes as a process that keeps no journal, to the partition of the subject; gives it back afterwards. */
    async function withoutJournal(
      subject: Awaited<ReturnType<typeof journaled>>,
      work: (unjournaled: typeof subject) => Promise<unknown>,
    ) {
      const off = current().sink({ namespace: subject.namespace, journal: undefined });
      const { topic } = subject.partition.claim;
      await work({ ...subject, sink: off, partition: await Partition.claimed(off, topic) });
      return { ...subject, partition: await Partition.claimed(subject.sink, topic) };
    }

    test('are inconclusive where it was off, but for what cannot have been changed then', async () => {
      const subject = await journaled(current());
      await write(subject, [row(1), 1], [row(2), 1], [row(3), 1], [row(4), 1]);
      const after = await withoutJournal(subject, async (off) => {
        await write(off, [row(2, 'b'), 2], [row(5), 2]);
        await off.sink.apply(off.partition.batch({ deletes: [deletes(off.shape, [[3n], v(2)])] }));
      });
      await write(after, [row(6), 3]);
      const report = await after.audit();
      expect(report).toMatchObject({
        verdict: 'inconclusive',
        tables: [
          {
            altered: 0,
            removed: 0,
            added: 0,
            unjournaled: 3,
            reason: expect.stringContaining('offsets 10 to 29 of route/') as string,
          },
        ],
      });
      expect(named(report.tables[0])).toEqual([
        'unjournaled ["2"]',
        'unjournaled ["3"]',
        'unjournaled ["5"]',
      ]);

      await query(`UPDATE ${after.table} SET title = 'x' WHERE id = 4`);
      await query(`UPDATE ${after.table} SET title = 'x', cf_version = ${bytes(99)} WHERE id = 6`);
      const tampered = await after.audit();
      expect(tampered.verdict).toBe('mismatch');
      expect(named(tampered.tables[0])).toEqual([
        ...['altered ["4"]', 'altered ["6"]'],
        ...['unjournaled ["2"]', 'unjournaled ["3"]', 'unjournaled ["5"]'],
      ]);
      // Read anew, they are told of.
      await write(after, [row(2, 'b'), 4], [row(4), 4], [row(5), 4], [row(6), 100]);
      expect(named((await after.audit()).tables[0])).toEqual(['unjournaled ["3"]']);
    });

    test('are no excuse for whoever makes the product believe that it was off', async () => {
      const subject = await journaled(current());
      await write(subject, [row(1), 1]);
      await query(
        `UPDATE ${current().database.quote(subject.namespace)}.${current().database.quote('position')} SET journaled_offset = NULL`,
      );
      const partition = await Partition.claimed(subject.sink, subject.partition.claim.topic);
      await query(`UPDATE ${subject.table} SET title = 'x', cf_version = ${bytes(99)} WHERE id = 1`);
      await query(`INSERT INTO ${subject.table} (id, title, cf_version) VALUES (2, 'x', ${bytes(99)})`);
      await write({ ...subject, partition }, [row(3), 100]);
      expect(named((await subject.audit()).tables[0])).toEqual(['added ["2"]', 'altered ["1"]']);
    });

    test('are named when they are older, and are added when the journal began with the target', async () => {
      const forge = (table: string) =>
        query(`INSERT INTO ${table} (id, title, cf_version) VALUES (9, 'a', ${bytes(1)})`);
      const whole = await journaled(current());
      await write(whole, [row(1), 5]);
      await forge(whole.table);
      expect(named((await whole.audit()).tables[0])).toEqual(['added ["9"]']);

      const later = await journaled(current(), { journal: undefined });
      await write(later, [row(1), 2], [row(2), 2]);
      const sink = await current().readySink({ namespace: later.namespace });
      const partition = await Partition.claimed(sink, later.partition.claim.topic);
      await write({ ...later, sink, partition }, [row(2), 5]);
      await forge(later.table);
      const report = await later.audit();
      expect(report.tables).toMatchObject([{ verdict: 'inconclusive', unsealed: 2, added: 0 }]);
      expect(named(report.tables[0])).toEqual(['unsealed ["1"]', 'unsealed ["9"]']);
    });

    test('are proven by what was written whole when they are only marked as deleted', async () => {
      const subject = await journaled(current());
      const { sink, partition } = subject;
      const shape = current().table(
        'marked_sealed',
        {
          id: { kind: 'int', bits: 64 },
          title: { kind: 'text' },
          note: { kind: 'text' },
          cf_deleted_at: { kind: 'instant', fraction: 3 },
        },
        ['id'],
      );
      const apply = (version: number, ...rows: readonly Record<string, bigint | string | null>[]) =>
        sink.apply(
          partition.batch({ upserts: [upserts(shape, ...rows.map((each) => [each, v(version)] as const))] }),
        );
      const alive = (id: number) => ({ id: BigInt(id), title: 'a', note: 'long', cf_deleted_at: null });
      const [first, second] = ['2024-02-29T08:00:00.12Z', '2024-02-29T09:00:00Z'];
      await apply(1, alive(1), alive(2), alive(3), alive(4));
      await apply(2, { id: 3n, title: 'b', cf_deleted_at: null });
      // The last one is not there: it is buried, and not missed.
      await apply(
        3,
        { id: 1n, cf_deleted_at: first },
        { id: 3n, cf_deleted_at: first },
        { id: 7n, cf_deleted_at: first },
      );
      expect(await subject.audit()).toMatchObject({
        tables: [{ verdict: 'match', inPart: 1, unproven: ['note'], removed: 0, altered: 0 }],
      });
      await sink.apply(partition.batch({ clears: [clearOf(shape, 5, { deletedAt: second })] }));
      await apply(6, { ...alive(4), title: 'back' });
      expect(await subject.audit()).toMatchObject({
        tables: [{ verdict: 'match', inPart: 3, unproven: ['cf_deleted_at', 'note'], altered: 0 }],
      });
      const table = current().sql(shape);
      await query(`UPDATE ${table} SET title = 'x' WHERE id = 1`);
      await query(`UPDATE ${table} SET cf_deleted_at = NULL WHERE id = 2`);
      await query(`UPDATE ${table} SET title = 'x' WHERE id = 3`);
      const report = await subject.audit();
      // As it was before the table was marked, to the last column.
      await query(`UPDATE ${table} SET cf_version = ${bytes(1)} WHERE id = 2`);
      expect(named((await subject.audit()).tables[0])).toContain('altered ["2"]');
      expect(named(report.tables[0])).toEqual(['altered ["1"]', 'altered ["2"]', 'altered ["3"]']);
    });

    test('of a mark only: its time is proven, and the values as well', async () => {
      const subject = await journaled(current());
      const { sink, partition, shape } = subject;
      const soft = {
        ...shape,
        columns: [
          ...shape.columns,
          { name: 'cf_deleted_at', type: { kind: 'instant', fraction: 3 } as const, nullable: true },
        ],
      };
      const mark = { id: 1n, cf_deleted_at: '2024-02-29T08:00:00.12Z' };
      await sink.apply(
        partition.batch({ upserts: [upserts(soft, [{ ...row(1), cf_deleted_at: null }, v(1)])] }),
      );
      await sink.apply(partition.batch({ upserts: [upserts(soft, [mark, v(2)])] }));
      expect(await subject.audit()).toMatchObject({ verdict: 'match', tables: [{ inPart: 0 }] });
      await query(`UPDATE ${subject.table} SET amount = 9`);
      expect(await subject.audit()).toMatchObject({ tables: [{ altered: 1 }] });
      await query(`UPDATE ${subject.table} SET amount = 1.5`);
      expect((await subject.audit()).verdict).toBe('match');
      await query(`UPDATE ${subject.table} SET cf_deleted_at = '2024-02-29 07:00:00'`);
      expect(await subject.audit()).toMatchObject({ tables: [{ altered: 1 }] });
    });
  });
}
