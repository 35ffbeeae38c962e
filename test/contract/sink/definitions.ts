import type { TableShape } from '../../../schemas/contract/table.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { deletes, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

/** Names that break SQL which was put together carelessly. */
const NAMES = [
  'select',
  'Mixed Case',
  'with"double',
  'with`back',
  "with'single",
  'with-hyphen.and.dots',
  '报销-单',
  'q?w$1%s',
  'a;b\\c',
];

export function describeDefinitions(current: () => Subject): void {
  describe('definitions of tables', () => {
    test.each(NAMES)('the name %s works for schema, table and column', async (name) => {
      const subject = current();
      const namespace = subject.database.reserveNamespace(name);
      const sink = await subject.readySink({ namespace });
      const shape: TableShape = {
        id: { namespace, name },
        columns: [name, `${name} 2`].map((column) => ({
          name: column,
          type: { kind: 'text' as const, maxLength: 50 },
          nullable: true,
        })),
        key: [name],
      };
      const partition = await Partition.claimed(sink);
      const row = (key: string, value: string) => ({ [name]: key, [`${name} 2`]: value });
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, [row('1', 'a'), v(1)], [row('2', 'b'), v(1)])] }),
      );
      const { withheld } = await sink.apply(
        partition.batch({
          upserts: [upserts(shape, [row('1', 'c'), v(2)])],
          deletes: [deletes(shape, [['2'], v(2)])],
        }),
      );
      expect(withheld).toEqual([]);
      expect(await subject.rows(shape)).toEqual([row('1', 'c')]);
      await sink.apply(
        partition.batch({
          upserts: [
            upserts(
              {
                ...shape,
                columns: [...shape.columns, { name: `${name} 3`, type: { kind: 'text' }, nullable: true }],
              },
              [row('1', 'd'), v(3)],
            ),
          ],
        }),
      );
      expect(await subject.rows(shape)).toEqual([row('1', 'd')]);
    });

    test('columns that are new in a shape are added, and nothing is dropped', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const old = subject.claims('growing');
      const partition = await Partition.claimed(sink);
      const row = { id: 1n, title: 'a', amount: '1' };
      await sink.apply(partition.batch({ upserts: [upserts(old, [row, v(1)])] }));
      const wider: TableShape = {
        ...old,
        columns: [...old.columns, { name: 'added', type: { kind: 'int', bits: 32 }, nullable: false }],
      };
      await sink.apply(partition.batch({ upserts: [upserts(wider, [{ ...row, id: 2n, added: 7 }, v(2)])] }));
      const narrower: TableShape = { ...old, columns: old.columns.filter(({ name }) => name !== 'title') };
      await sink.apply(partition.batch({ upserts: [upserts(narrower, [{ id: 3n, amount: '3' }, v(3)])] }));
      await sink.apply(partition.batch({ upserts: [upserts(old, [{ ...row, title: 'still' }, v(4)])] }));
      expect(await subject.rows(wider)).toEqual([
        { ...row, title: 'still', added: null },
        { ...row, id: 2n, added: 7 },
        { id: 3n, title: null, amount: '3', added: null },
      ]);
    });

    test('a namespace that is missing is created with its first table', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const namespace = subject.database.reserveNamespace('fresh');
      const shape: TableShape = { ...subject.claims(), id: { namespace, name: 'first' } };
      await sink.ensureTable(shape);
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('several processes prepare and create at once', async () => {
      const subject = current();
      const namespace = subject.database.reserveNamespace('race');
      const sinks = Array.from({ length: 6 }, () => subject.sink({ namespace, poolSize: 2 }));
      await Promise.all(sinks.map((sink) => sink.prepare()));
      const shape: TableShape = { ...subject.claims('race'), id: { namespace, name: 'race' } };
      const wider = (n: number): TableShape => ({
        ...shape,
        columns: [...shape.columns, { name: `extra_${n % 2}`, type: { kind: 'text' }, nullable: true }],
      });
      await Promise.all(sinks.map((sink) => sink.ensureTable(shape)));
      await Promise.all(sinks.map((sink, n) => sink.ensureTable(wider(n))));
      expect(await subject.rows(wider(0))).toEqual([]);
      expect(await subject.rows(wider(1))).toEqual([]);
    });

    test('a table that exists is used as it is, with the version column added', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims('theirs');
      await subject.database.query(
        `CREATE TABLE ${subject.sql(shape)} (surrogate integer DEFAULT 0, id bigint NOT NULL, title varchar(20), amount decimal(18,2), CONSTRAINT by_id UNIQUE (id))`,
      );
      await subject.database.query(`INSERT INTO ${subject.sql(shape)} (id, title) VALUES (1, 'before')`);
      const partition = await Partition.claimed(sink);
      const rows = [1n, 2n].map((id) => ({ id, title: 'after', amount: '1' }));
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, ...rows.map((row) => [row, v(1)] as const))] }),
      );
      expect(await subject.rows(shape)).toEqual(rows);
    });

    test('a table with a surrogate key of its own and other unique columns keeps them', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        'surrogate',
        { code: { kind: 'text', maxLength: 20 }, title: { kind: 'text', maxLength: 20 } },
        ['code'],
      );
      const mysql = subject.dialect === 'mysql';
      const text = mysql ? 'varchar(20) COLLATE utf8mb4_bin' : 'varchar(20)';
      await subject.database.query(
        `CREATE TABLE ${subject.sql(shape)} (no ${mysql ? 'integer AUTO_INCREMENT' : 'serial'} PRIMARY KEY,
         title ${text} UNIQUE, code ${text} NOT NULL UNIQUE)`,
      );
      const partition = await Partition.claimed(sink);
      const row = (code: string, title: string) => ({ code, title });
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, [row('a', 'x'), v(1)], [row('b', 'y'), v(1)])] }),
      );
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row('b', 'z'), v(2)])] }));
      // the title of another row: an upsert that matches any unique column would overwrite that row
      const taken = partition.batch({
        upserts: [upserts(shape, [row('b', 'x'), v(3)], [row('c', 'w'), v(3)])],
      });
      await expect(sink.apply(taken)).rejects.toMatchObject({ rejections: { length: 1 } });
      expect(await subject.rows(shape)).toEqual([row('a', 'x'), row('b', 'z')]);
      const numbers = await subject.database.query(`SELECT no FROM ${subject.sql(shape)} ORDER BY code`);
      expect(numbers.map(({ no }) => no)).toEqual([1, 2]);
    });

    test('a view is not a table', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const [table, view] = [subject.claims('table'), subject.claims('view')];
      await sink.ensureTable(table);
      await subject.database.query(`CREATE VIEW ${subject.sql(view)} AS SELECT * FROM ${subject.sql(table)}`);
      await expect(sink.ensureTable(view)).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
    });

    test.each<[string, string, RegExp]>([
      ['no unique index on the key', 'id bigint, title varchar(9), amount decimal(18,2)', /unique/],
      [
        'a key of more columns',
        'id bigint, title varchar(9), amount decimal(18,2), PRIMARY KEY (id, title)',
        /unique/,
      ],
      [
        'a column that would round',
        'id bigint PRIMARY KEY, title varchar(9), amount double precision',
        /amount/,
      ],
      ['a column of another family', 'id bigint PRIMARY KEY, title date, amount decimal(18,2)', /title/],
    ])('an existing table with %s is incompatible', async (_, definition, message) => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims('unfit');
      await subject.database.query(`CREATE TABLE ${subject.sql(shape)} (${definition})`);
      const error: unknown = await sink.ensureTable(shape).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'TARGET_INCOMPATIBLE', disposition: 'stop' });
      expect((error as Error).message).toMatch(message);
    });

    test('a name that is too long and one that is reserved are incompatible, and no row comes by a key that is none', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      for (const unfit of [
        { ...shape, id: { ...shape.id, name: '表'.repeat(65) } },
        {
          ...shape,
          columns: [
            ...shape.columns,
            { name: 'cf_version', type: { kind: 'text' as const }, nullable: true },
          ],
        },
      ])
        await expect(sink.ensureTable(unfit)).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
      const partition = await Partition.claimed(sink);
      const batch = partition.batch({ upserts: [upserts({ ...shape, key: [] }, [{ id: 1n }, v(1)])] });
      await expect(sink.apply(batch)).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    test('a user who may only read and write uses what exists, and is told what is missing', async () => {
      const subject = current();
      const admin = await subject.readySink();
      const shape = subject.claims('granted');
      await admin.ensureTable(shape);
      const login = await subject.database.createUser('none');
      await grantUse(subject, login.user);
      const sink = await subject.readySink(login);
      const partition = await Partition.claimed(sink, uniqueName('topic'));
      const row = { id: 1n, title: 'a', amount: '1' };
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, [row, v(1)])], deletes: [deletes(shape, [[2n], v(1)])] }),
      );
      expect(await subject.rows(shape)).toEqual([row]);
      const misconfigured = { code: 'TARGET_MISCONFIGURED', disposition: 'retry' };
      await expect(sink.ensureTable(subject.claims('not_granted'))).rejects.toMatchObject(misconfigured);
      const empty = subject.sink({ ...login, namespace: subject.database.reserveNamespace('empty') });
      await expect(empty.prepare()).rejects.toMatchObject(misconfigured);
    });

    test('a column that somebody adds and that nothing is written to is the table’s fault, not the rows’', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      const row = { id: 1n, title: 'a', amount: '1' };
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(1)])] }));
      const alter = (what: string) => subject.database.query(`ALTER TABLE ${subject.sql(shape)} ${what}`);
      await alter(`ADD handmade varchar(10) DEFAULT 'x' NOT NULL`);
      const batch = partition.batch({ upserts: [upserts(shape, [{ ...row, id: 2n }, v(1)])] });
      await sink.apply(batch);
      await alter('ALTER handmade DROP DEFAULT');
      const next = partition.batch({ upserts: [upserts(shape, [{ ...row, id: 3n }, v(1)])] });
      await expect(sink.apply(next)).rejects.toMatchObject({
        code: 'TARGET_MISCONFIGURED',
        message: expect.stringContaining('handmade') as string,
      });
      await alter('DROP COLUMN handmade');
      await sink.apply(next);
      expect(await subject.rows(shape)).toHaveLength(3);
    });
  });
}

async function grantUse(subject: Subject, user: string): Promise<void> {
  const { database, namespace, data } = subject;
  const rights = 'SELECT, INSERT, UPDATE, DELETE';
  for (const name of [namespace, data].map(database.quote)) {
    if (database.dialect === 'mysql') {
      await database.query(`GRANT ${rights} ON ${name}.* TO '${user}'@'%'`);
    } else {
      await database.query(`GRANT USAGE ON SCHEMA ${name} TO ${user}`);
      await database.query(`GRANT ${rights} ON ALL TABLES IN SCHEMA ${name} TO ${user}`);
    }
  }
}
