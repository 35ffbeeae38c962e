import { createMysqlSink } from '../../sinks/mysql/sink.ts';
import { openMariadb } from '../support/databases.ts';
import { keyOf, Partition, upserts, v } from './sink/subject.ts';
import { describeSink } from './sink-contract.ts';

describeSink({ name: 'MariaDB', open: openMariadb, create: createMysqlSink }, (current) => {
  const row = (id: number, title = 'a') => ({ id: BigInt(id), title, amount: '1' });

  test('a row larger than max_allowed_packet is named, and the connection survives', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.claims('packet');
    const [server] = await subject.database.query('SELECT @@max_allowed_packet AS bytes');
    const large = 'x'.repeat(Number(server?.['bytes']));
    const partition = await Partition.claimed(sink);
    const batch = partition.batch({
      upserts: [upserts(shape, [row(1), v(1)], [row(2, large), v(1)], [row(3), v(1)])],
    });
    await expect(sink.apply(batch)).rejects.toMatchObject({ rejections: [{ key: keyOf(shape, row(2)) }] });
    await sink.apply({ ...batch, upserts: [upserts(shape, [row(1), v(1)])] });
    expect(await subject.rows(shape)).toEqual([row(1)]);
  });

  test.each([
    ['an engine without transactions', 'id bigint PRIMARY KEY', 'ENGINE=MyISAM', /transactional/],
    ['a key on a prefix', 'id varchar(20) COLLATE utf8mb4_bin NOT NULL, UNIQUE (id(5))', '', /unique/],
    ['a key that ignores case', 'id varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY', '', /collation/],
    [
      'a column that the database computes',
      "id varchar(20) COLLATE utf8mb4_bin PRIMARY KEY, title varchar(9) AS ('x')",
      '',
      /computes/,
    ],
  ])('a table with %s is incompatible', async (name, columns, options, message) => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.table(
      name.replaceAll(' ', '_'),
      { id: { kind: columns.includes('bigint') ? 'json' : 'text' }, title: { kind: 'text' } },
      ['id'],
    );
    const title = columns.includes('title') ? '' : ', title varchar(9)';
    await subject.database.query(`CREATE TABLE ${subject.sql(shape)} (${columns}${title}) ${options}`);
    const error: unknown = await sink.ensureTable(shape).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
    expect((error as Error).message).toMatch(message);
  });

  test('a key that differs only in trailing spaces is refused where they do not count', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.table('padded', { code: { kind: 'text' }, n: { kind: 'int', bits: 32 } }, ['code']);
    await subject.database.query(
      `CREATE TABLE ${subject.sql(shape)} (code varchar(20) COLLATE utf8mb4_bin PRIMARY KEY, n integer)`,
    );
    const partition = await Partition.claimed(sink);
    const batch = partition.batch({
      upserts: [upserts(shape, [{ code: 'a', n: 1 }, v(1)], [{ code: 'a ', n: 2 }, v(1)])],
    });
    await expect(sink.apply(batch)).rejects.toMatchObject({
      rejections: [{ key: keyOf(shape, { code: 'a ' }) }],
    });
  });

  test('a stored key that only differs in trailing spaces is not taken for the row', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.table('padded_row', { code: { kind: 'text' }, n: { kind: 'int', bits: 32 } }, [
      'code',
    ]);
    await subject.database.query(
      `CREATE TABLE ${subject.sql(shape)} (code varchar(20) COLLATE utf8mb4_bin PRIMARY KEY, n integer)`,
    );
    await subject.database.query(`INSERT INTO ${subject.sql(shape)} VALUES ('a ', 7)`);
    const partition = await Partition.claimed(sink);
    const batch = partition.batch({
      upserts: [upserts(shape, [{ code: 'a', n: 1 }, v(1)], [{ code: 'b', n: 2 }, v(1)])],
    });
    await expect(sink.apply(batch)).rejects.toMatchObject({
      rejections: [{ key: keyOf(shape, { code: 'a' }) }],
    });
    expect(await subject.rows(shape)).toEqual([{ code: 'a ', n: 7 }]);
  });

  test('names that differ only in case are incompatible', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.table('twins', { id: { kind: 'text' }, ID: { kind: 'text' } }, ['id']);
    await expect(sink.ensureTable(shape)).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
  });

  test('a wide table of short texts can be created', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const columns = Object.fromEntries(
      Array.from({ length: 120 }, (_, n) => [`c${n}`, { kind: 'text' as const, maxLength: 255 }]),
    );
    const shape = subject.table('wide', { id: { kind: 'int', bits: 64 }, ...columns }, ['id']);
    const partition = await Partition.claimed(sink);
    const wide = {
      id: 1n,
      ...Object.fromEntries(Object.keys(columns).map((name) => [name, '报'.repeat(40)])),
    };
    await sink.apply(partition.batch({ upserts: [upserts(shape, [wide, v(1)])] }));
    expect(await subject.rows(shape)).toEqual([wide]);
  });
});
