import { generateKeyPairSync } from 'node:crypto';
import { tableLabel } from '../../../schemas/contract/table.ts';
import { auditOf, historyIn, journalSignedBy } from '../../support/audited.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { clearOf } from './clears.ts';
import { journaled, row, write } from './journaled.ts';
import type { Journaled } from './journaled.ts';
import { deletes, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

/** The chain in which the journal says that nothing was written before it. */
const BEGINNING = { chain: { route: '(journal)' }, entries: 1, findings: [] };

export function describeJournal(current: () => Subject): void {
  describe('the journal', () => {
    const audited = () => journaled(current());

    const headsOf = (namespace: string) => {
      const { quote } = current().database;
      return `${quote(namespace)}.${quote('journal_head')}`;
    };

    test('tells of everything that was written, and nothing else: inserts, updates, deletes, late ones', async () => {
      const subject = await audited();
      const { sink, partition, shape } = subject;
      await write(subject, [row(1), 1], [row(2), 1], [row(3), 1]);
      await write(subject, [row(1, 'b'), 2]);
      await sink.apply(partition.batch({ deletes: [deletes(shape, [[2n], v(3)])] }));
      expect((await write(subject, [row(2, 'late'), 2], [row(1, 'late'), 1])).withheld).toHaveLength(2);
      await sink.apply(partition.batch({}));
      expect(await subject.audit()).toMatchObject({
        ...{
          verdict: 'match',
          reason: null,
          entries: 4,
          records: 5,
          anchors: { genuine: 1, entriesAfter: 0 },
        },
        tables: [{ verdict: 'match', rows: 3, altered: 0, removed: 0, added: 0, unsealed: 0, inPart: 0 }],
        chains: [BEGINNING, { entries: 3, last: 3n, anchored: 3n, findings: [] }],
      });
    });

    test('names rows that somebody altered, removed or added, and the entry that told of them last', async () => {
      const subject = await audited();
      await write(subject, [row(1), 1], [row(2), 1], [row(3), 1], [row(4), 1], [row(5), 1]);
      await write(subject, [row(2, 'b'), 2]);
      const query = (sql: string) => current().database.query(sql);
      await query(`UPDATE ${subject.table} SET amount = 1.51 WHERE id = 2`);
      await query(`UPDATE ${subject.table} SET title = NULL WHERE id = 5`);
      await query(`DELETE FROM ${subject.table} WHERE id = 3`);
      await query(`INSERT INTO ${subject.table} (id, title, amount) VALUES (9, 'a', 1)`);
      const report = await subject.audit();
      const label = (entry: number) =>
        expect.stringMatching(new RegExp(`^route/topic.*/0 entry ${entry}$`)) as string;
      expect(report).toMatchObject({
        verdict: 'mismatch',
        tables: [{ verdict: 'mismatch', altered: 2, removed: 1, added: 1 }],
      });
      const [table] = report.tables;
      expect([...table!.findings].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
        { fault: 'altered', key: '["2"]', entry: label(2) },
        { fault: 'removed', key: '["3"]', entry: label(1) },
        { fault: 'altered', key: '["5"]', entry: label(1) },
        { fault: 'added', key: '["9"]', entry: null },
      ]);
    });

    test('is not deceived by a version that makes a row look newer, or older than the journal', async () => {
      const subject = await audited();
      await write(subject, [row(1), 5], [row(2), 5]);
      const query = (sql: string) => current().database.query(sql);
      const bytes = (version: number) =>
        current().dialect === 'postgres' ? `decode('${v(version)}', 'hex')` : `X'${v(version)}'`;
      await query(`UPDATE ${subject.table} SET cf_version = ${bytes(99)} WHERE id = 1`);
      await query(`INSERT INTO ${subject.table} (id, title, cf_version) VALUES (9, 'a', ${bytes(1)})`);
      const report = await subject.audit();
      expect(report.tables).toMatchObject([{ verdict: 'mismatch', altered: 1, unsealed: 0, added: 1 }]);
    });

    test('names an entry that was altered, taken out, put in or written anew', async () => {
      const findings = async (
        tamper: (subject: Journaled, query: (sql: string) => Promise<unknown>) => Promise<unknown>,
      ) => {
        const subject = await audited();
        for (const id of [1, 2, 3, 4]) await write(subject, [row(id), 1]);
        const anchored = await subject.sink.journalHeads();
        await tamper(subject, (sql) => current().database.query(sql));
        const report = await subject.audit({ anchored });
        expect(report.verdict).toBe('mismatch');
        return report.chains.flatMap((chain) =>
          chain.findings.map(({ fault, from, to }) => `${fault} ${from}-${to}`),
        );
      };
      expect(
        await findings(({ entries }, query) => query(`UPDATE ${entries} SET records = 2 WHERE sequence = 2`)),
      ).toEqual(['altered 2-2']);
      expect(
        await findings(({ entries }, query) =>
          query(`UPDATE ${entries} SET hash = digest WHERE sequence = 2`),
        ),
      ).toEqual(['relinked 1-2', 'relinked 2-3']);
      expect(
        await findings(({ entries }, query) => query(`DELETE FROM ${entries} WHERE sequence = 2`)),
      ).toEqual(['missing 2-2']);
      expect(
        await findings(({ entries }, query) => query(`DELETE FROM ${entries} WHERE sequence >= 3`)),
      ).toEqual(['missing 3-4']);
      // A chain that somebody with a key of his own made anew from the second entry on.
      expect(
        await findings(async ({ entries, namespace, partition, shape }, query) => {
          await query(`DELETE FROM ${entries} WHERE sequence >= 2`);
          const first = `SELECT hash FROM ${entries} WHERE sequence = 1 AND route = 'route'`;
          await query(
            `UPDATE ${headsOf(namespace)} SET sequence = 1, hash = (${first}) WHERE route = 'route'`,
          );
          const forger = current().sink({
            namespace,
            journal: journalSignedBy(generateKeyPairSync('ed25519').privateKey),
          });
          const [claim] = await forger.claim('route', [partition.claim]);
          const forged = new Partition(claim!);
          for (const id of [2, 3, 4])
            await forger.apply(forged.batch({ upserts: [upserts(shape, [row(id, 'forged'), v(2)])] }));
        }),
      ).toEqual(['altered 2-4', 'replaced 1-4']);
    });

    test('is believed by what is signed alone: rows that others tell of are altered, or added', async () => {
      const subject = await audited();
      const { namespace, partition, shape } = subject;
      await write(subject, [row(1), 1], [row(2), 1]);
      const forger = current().sink({
        namespace,
        journal: journalSignedBy(generateKeyPairSync('ed25519').privateKey),
      });
      const [claim] = await forger.claim('route', [partition.claim]);
      const upsert = (id: number) => upserts(shape, [row(id, 'forged'), v(2)]);
      await forger.apply(new Partition(claim!).batch({ upserts: [upsert(1), upsert(3)] }));
      const report = await subject.audit();
      expect(report.chains).toMatchObject([BEGINNING, { findings: [{ fault: 'altered', from: 2n }] }]);
      expect(report.tables).toMatchObject([{ verdict: 'mismatch', rows: 3, altered: 1, added: 1 }]);
    });

    test('excuses no row by an entry that was made to look as if no journal had been kept', async () => {
      const subject = await audited();
      const { entries, table } = subject;
      await write(subject, [row(1), 1]);
      await write(subject, [row(2), 2]);
      const query = (sql: string) => current().database.query(sql);
      await query(`UPDATE ${entries} SET kind = 'resumption', next_offset = 99 WHERE sequence = 2`);
      await query(`DELETE FROM ${table} WHERE id = 1`);
      const report = await subject.audit();
      expect(report.tables).toMatchObject([{ verdict: 'mismatch', removed: 1, added: 1, unjournaled: 0 }]);
    });

    test('does not go on where somebody has altered its end, and blames no row for it', async () => {
      const subject = await audited();
      await write(subject, [row(1), 1]);
      await current().database.query(`DELETE FROM ${headsOf(subject.namespace)}`);
      await expect(write(subject, [row(2), 1])).rejects.toMatchObject({
        ...{ code: 'TARGET_MISCONFIGURED', message: expect.stringContaining('cannot go on') as string },
      });
      expect(await current().rows(subject.shape)).toEqual([{ ...row(1), amount: '1.5' }]);
    });

    test('goes on after a table was cleared, and proves what a change brought in part', async () => {
      const subject = await audited();
      const { sink, partition, shape, table } = subject;
      await write(subject, [row(1), 1], [row(2), 9]);
      await sink.apply(partition.batch({ clears: [clearOf(shape, 5)] }));
      await sink.apply(partition.batch({ upserts: [upserts(shape, [{ id: 2n, title: 'part' }, v(10)])] }));
      expect(await subject.audit()).toMatchObject({
        verdict: 'match',
        tables: [{ rows: 2, inPart: 1, removed: 0 }],
      });
      await current().database.query(`UPDATE ${table} SET title = 'x' WHERE id = 2`);
      await current().database.query(`INSERT INTO ${table} (id, title) VALUES (1, 'back')`);
      expect(await subject.audit()).toMatchObject({ tables: [{ altered: 1, added: 1 }] });
    });

    test('knows rows by the columns that they were written with', async () => {
      const subject = await audited();
      const { sink, partition, shape, table } = subject;
      await write(subject, [row(1), 1], [row(2), 1]);
      const wider = {
        ...shape,
        columns: [...shape.columns, { name: 'note', type: { kind: 'text' } as const, nullable: true }],
      };
      await sink.apply(partition.batch({ upserts: [upserts(wider, [{ ...row(2), note: 'n' }, v(2)])] }));
      expect((await subject.audit()).verdict).toBe('match');
      // A value where the product has never written one.
      await current().database.query(`UPDATE ${table} SET note = 'x' WHERE id = 1`);
      expect(await subject.audit()).toMatchObject({ tables: [{ altered: 1 }] });
    });

    test('tells the history of a row', async () => {
      const subject = await audited();
      const { sink, partition, shape } = subject;
      await write(subject, [row(1), 1], [row(11), 1]);
      await write(subject, [row(1, 'b'), 2], [row(2), 2]);
      await sink.apply(partition.batch({ deletes: [deletes(shape, [[1n], v(3)])] }));
      const { database } = current();
      const told = await historyIn(database, subject.namespace, tableLabel(shape.id), ['1']);
      const common = { genuine: true, entry: { kind: 'batch', mappingVersion: 'claims@1' } };
      expect(told).toMatchObject([
        { ...common, operation: 'put', version: v(1), entry: { sequence: 1n, first: 0n, next: 10n } },
        { ...common, operation: 'put', version: v(2), entry: { sequence: 2n, first: 10n, next: 20n } },
        { ...common, operation: 'delete', version: v(3), entry: { sequence: 3n } },
      ]);
      await database.query(`UPDATE ${subject.entries} SET applied_at = applied_at + 1 WHERE sequence = 2`);
      const after = await historyIn(database, subject.namespace, tableLabel(shape.id), ['1']);
      expect(after?.map(({ genuine }) => genuine)).toEqual([true, false, true]);
      expect(await historyIn(database, subject.namespace, tableLabel(shape.id), ['9'])).toEqual([]);
      expect(await historyIn(database, subject.namespace, 'no.table', ['9'])).toBeNull();
    });

    test('gives no verdict without anchors, for the end of a chain may be gone', async () => {
      const subject = await audited();
      await write(subject, [row(1), 1]);
      expect(await subject.audit({ anchored: [] })).toMatchObject({
        ...{
          verdict: 'inconclusive',
          reason: 'there is no anchor: entries at the ends of chains may be gone',
        },
        tables: [{ verdict: 'match' }],
      });
    });

    test('is written with the rows or not at all, by many at once, without a gap', async () => {
      const subject = await audited();
      const { sink, shape } = subject;
      const route = uniqueName('route');
      const topic = uniqueName('topic');
      await sink.ensureTable(shape);
      const partitions = await Promise.all(
        [0, 1, 2, 3].map(async (partition) => {
          const [claim] = await sink.claim(route, [{ topic, partition }]);
          return new Partition(claim!);
        }),
      );
      await Promise.all(
        partitions.map(async (partition, at) => {
          for (let round = 1; round <= 5; round += 1) {
            const batch = partition.batch({
              upserts: [upserts(shape, [row(at, `r${round}`), v(round)])],
            });
            await sink.apply(batch);
            // Its COMMIT succeeded although nobody heard of it.
            await sink.apply(batch);
          }
        }),
      );
      expect(await subject.audit()).toMatchObject({
        verdict: 'match',
        entries: 21,
        chains: [BEGINNING, { last: 5n }, { last: 5n }, { last: 5n }, { last: 5n }],
      });
    });
  });
}

/** The last test of all: what was written by those before it, in whatever way, is as the journal says. */
export function describeJournalOfAll(current: () => Subject): void {
  test('the journal tells of all that these tests have written, but for what they did behind its back', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const report = await auditOf(subject.database, subject.namespace, await sink.journalHeads());
    const unlike = report.tables.filter(({ verdict }) => verdict === 'mismatch').map(({ table }) => table);
    expect(unlike.sort()).toEqual([...subject.tampered].map(({ id }) => tableLabel(id)).sort());
    expect(report.chains.flatMap(({ findings }) => findings)).toEqual([]);
    expect(report.tables.length).toBeGreaterThan(100);
  });
}
