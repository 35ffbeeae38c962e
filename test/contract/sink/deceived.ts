import type { TableId } from '../../../schemas/contract/table.ts';
import { journaled, row, write } from './journaled.ts';
import { deletes, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

/** What shows the auditor other rows than were written, and perhaps others than everybody else sees. */
export function describeDeceivedAudit(current: () => Subject): void {
  describe('an audit', () => {
    const quote = (name: string) => current().database.quote(name);
    const query = (sql: string) => current().database.query(sql);
    const isPostgres = () => current().dialect === 'postgres';

    /** A user that may read what the test has made, and nothing else. */
    async function checkUser(...namespaces: readonly string[]) {
      const { database } = current();
      const login = await database.createUser('none');
      for (const name of namespaces.map(quote))
        if (isPostgres())
          await query(
            `GRANT USAGE ON SCHEMA ${name} TO ${login.user}; GRANT SELECT ON ALL TABLES IN SCHEMA ${name} TO ${login.user}`,
          );
        else await query(`GRANT SELECT, CREATE TEMPORARY TABLES ON ${name}.* TO ${login.user}`);
      return login;
    }

    async function hideBehindView({ namespace, name }: TableId) {
      const [table, hidden] = [name, `${name}_hidden`].map((each) => `${quote(namespace)}.${quote(each)}`);
      await query(
        isPostgres()
          ? `ALTER TABLE ${table} RENAME TO ${quote(`${name}_hidden`)}`
          : `RENAME TABLE ${table} TO ${hidden}`,
      );
      await query(`CREATE VIEW ${table} AS SELECT * FROM ${hidden}`);
    }

    async function twoTables() {
      const subject = await journaled(current());
      await write(subject, [row(1), 1], [row(2), 1]);
      const other = current().claims('beside');
      await subject.sink.apply(subject.partition.batch({ upserts: [upserts(other, [row(1), v(1)])] }));
      const ofTables = (report: Awaited<ReturnType<typeof subject.audit>>) =>
        [subject.shape, other].map(({ id }) =>
          report.tables.find(({ table }) => table === `${id.namespace}.${id.name}`),
        );
      return { ...subject, other, otherTable: current().sql(other), ofTables };
    }

    test('believes no view in the place of a table, and still says what was altered elsewhere', async () => {
      const { shape, otherTable, audit, ofTables } = await twoTables();
      await hideBehindView(shape.id);
      await query(`UPDATE ${otherTable} SET amount = 9`);
      const report = await audit();
      expect(report.verdict).toBe('mismatch');
      expect(ofTables(report)).toMatchObject([
        {
          verdict: 'inconclusive',
          reason: expect.stringMatching(/it is no table, but a view.*put the table back/) as string,
        },
        { verdict: 'mismatch', altered: 1 },
      ]);
    });

    test('believes no view in the place of the journal', async () => {
      const { namespace, audit, sink } = await journaled(current());
      const heads = await sink.journalHeads();
      await hideBehindView({ namespace, name: 'journal_entry' });
      await expect(audit({ anchored: heads })).rejects.toMatchObject({
        ...{ code: 'SOURCE_UNAVAILABLE', message: expect.stringContaining('but a view') as string },
      });
    });

    test('sees all rows or says that it does not, whatever is meant for the check user alone', async () => {
      const subject = await twoTables();
      const { namespace, table, shape, audit, ofTables } = subject;
      const login = await checkUser(namespace, shape.id.namespace);
      expect((await audit({ as: login })).verdict).toBe('match');
      if (isPostgres()) {
        await query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
        await query(`CREATE POLICY shown ON ${table} FOR SELECT TO ${login.user} USING (id < 2)`);
        await query(`ALTER ROLE ${login.user} SET search_path = ${shape.id.namespace}, pg_catalog`);
        await query(
          `CREATE VIEW ${shape.id.namespace}.pg_class AS SELECT oid, relname, relnamespace, 'v'::"char" AS relkind FROM pg_catalog.pg_class`,
        );
        await query(`GRANT SELECT ON ${shape.id.namespace}.pg_class TO ${login.user}`);
      } else {
        await query(`REVOKE ALL ON ${quote(shape.id.namespace)}.* FROM ${login.user}`);
        await query(`GRANT SELECT ON ${subject.otherTable} TO ${login.user}`);
      }
      const report = await audit({ as: login });
      expect(report.verdict).toBe('inconclusive');
      expect(ofTables(report)).toMatchObject([
        {
          verdict: 'inconclusive',
          reason: expect.stringMatching(isPostgres() ? /row-level security/ : /denied/) as string,
        },
        { verdict: 'match' },
      ]);
      await query(`UPDATE ${subject.otherTable} SET amount = 9`);
      expect((await audit({ as: login })).verdict).toBe('mismatch');
      if (isPostgres()) await query(`DROP VIEW ${shape.id.namespace}.pg_class`);
    });

    test('takes rows of the journal that are no entries for what they are, and still looks at the others', async () => {
      const subject = await journaled(current());
      await write(subject, [row(1), 1], [row(2), 1]);
      await write(subject, [row(3), 1]);
      const { entries } = subject;
      await query(
        isPostgres()
          ? `ALTER TABLE ${entries} DROP CONSTRAINT journal_entry_pkey, ALTER sequence DROP NOT NULL, ALTER sequence TYPE text`
          : `ALTER TABLE ${entries} DROP PRIMARY KEY, MODIFY sequence varchar(20) NULL`,
      );
      const tamper = (value: string) =>
        query(`UPDATE ${entries} SET sequence = ${value} WHERE sequence = '2'`);
      for (const value of [`'-2'`, `'two'`, 'NULL']) {
        await query(`UPDATE ${subject.table} SET title = 'x' WHERE id = 1`);
        await tamper(value);
        const report = await subject.audit();
        expect(report).toMatchObject({
          ...{
            verdict: 'mismatch',
            reason: '1 rows of the journal are no entries: somebody has altered them',
          },
          tables: [{ altered: 1 }],
        });
        await query(`UPDATE ${entries} SET sequence = '2' WHERE sequence IS NULL OR sequence = ${value}`);
      }
    });

    test('looks for rows of nothing but a key', async () => {
      const { sink, partition, audit } = await journaled(current());
      const shape = current().table(
        'links',
        { left_id: { kind: 'int', bits: 64 }, right_id: { kind: 'int', bits: 64 } },
        ['left_id', 'right_id'],
      );
      const link = (left: bigint, right: bigint) => ({ left_id: left, right_id: right });
      const written = upserts(shape, [link(1n, 2n), v(1)], [link(1n, 3n), v(1)], [link(1n, 4n), v(1)]);
      await sink.apply(partition.batch({ upserts: [written] }));
      await sink.apply(partition.batch({ deletes: [deletes(shape, [[1n, 4n], v(2)])] }));
      expect((await audit()).tables).toMatchObject([{ verdict: 'match', rows: 3 }]);
      const table = current().sql(shape);
      await query(`DELETE FROM ${table} WHERE right_id = 2`);
      await query(`INSERT INTO ${table} (left_id, right_id) VALUES (1, 9)`);
      await query(`UPDATE ${table} SET cf_version = NULL WHERE right_id = 3`);
      expect((await audit()).tables).toMatchObject([{ removed: 1, added: 1, altered: 1 }]);
    });

    test('names the row whose key somebody has taken away, and the column that is gone', async () => {
      const { audit, shape, table } = await journaled(current()).then(async (subject) => {
        await write(subject, [row(1), 1], [row(2), 1]);
        return subject;
      });
      await query(
        isPostgres()
          ? `ALTER TABLE ${table} DROP CONSTRAINT ${quote(`${shape.id.name}_pkey`)}, ALTER id DROP NOT NULL`
          : `ALTER TABLE ${table} DROP PRIMARY KEY, MODIFY id bigint NULL`,
      );
      await query(`INSERT INTO ${table} (id, title) VALUES (NULL, 'x')`);
      expect(await audit()).toMatchObject({
        verdict: 'mismatch',
        tables: [{ added: 1, findings: [{ fault: 'added', key: '[null]', entry: null }] }],
      });
      await query(`ALTER TABLE ${table} RENAME COLUMN amount TO amounts`);
      expect(await audit()).toMatchObject({
        tables: [{ altered: 2, reason: 'column amount is not there: somebody has dropped or renamed it' }],
      });
    });
  });
}
