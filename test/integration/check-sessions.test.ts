import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import type { DatabaseSnapshot, RowCells, SourceReader } from '../../monitoring/consistency/reader.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { openMariadb, openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';

async function within<T>(reader: SourceReader, use: (snapshot: DatabaseSnapshot) => Promise<T>): Promise<T> {
  const snapshot = await reader.snapshot();
  try {
    return await use(snapshot);
  } finally {
    await snapshot.close();
  }
}

function all(reader: SourceReader, shape: TableShape, where?: string): Promise<RowCells[]> {
  return within(reader, async (snapshot) => {
    const rows: RowCells[] = [];
    for await (const chunk of snapshot.rows(shape, where)) rows.push(...chunk);
    return rows;
  });
}

describe.each([
  {
    ...{ name: 'MariaDB', open: openMariadb, readerOf: createMysqlReader, create: 'CREATE DATABASE' },
    sessionsOf: (user: string) =>
      `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = '${user}'`,
    series: '(SELECT seq AS n FROM mysql.seq_1_to_10000) s',
  },
  {
    ...{ name: 'PostgreSQL', open: openPostgres, readerOf: createPostgresReader, create: 'CREATE SCHEMA' },
    sessionsOf: (user: string) => `SELECT count(*) AS n FROM pg_stat_activity WHERE usename = '${user}'`,
    series: 'generate_series(1, 10000) AS s(n)',
  },
])('a session of $name', ({ open, readerOf, create, sessionsOf, series }) => {
  let database: TestDatabase;
  let shape: TableShape;

  beforeAll(async () => {
    database = open();
    const namespace = database.reserveNamespace('cf_read');
    await database.query(`${create} ${namespace}`);
    await database.query(`CREATE TABLE ${namespace}.long_one (id int PRIMARY KEY, filler text)`);
    // More than the buffers between server and reader hold.
    await database.query(`INSERT INTO ${namespace}.long_one SELECT n, repeat('x', 2000) FROM ${series}`);
    const [found] = await readerOf({ connection: { ...database.address } }).describeTables([
      { namespace, name: 'long_one' },
    ]);
    shape = found!;
  });
  afterAll(() => database.close());

  test('a connection that breaks in the middle of reading is an error, not a wait without end', async () => {
    const { user, password } = await database.createUser('all');
    const other = readerOf({
      connection: { ...database.address, user, password },
      chunkRows: 10,
    });
    let rows = 0;
    const reading = within(other, async (snapshot) => {
      for await (const chunk of snapshot.rows(shape)) {
        if (rows === 0) expect(await database.killSessions(user)).toBe(1);
        rows += chunk.length;
      }
    });
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(rows).toBeLessThan(10_000);
  });

  test('so it is when rows are read as bytes', async () => {
    const { user, password } = await database.createUser('all');
    const other = readerOf({ connection: { ...database.address, user, password } });
    let rows = 0;
    const reading = within(other, async (snapshot) => {
      const raw = await snapshot.rawRows(shape, null);
      for (let chunk = await raw.next(); chunk !== null; chunk = await raw.next()) {
        if (rows === 0) expect(await database.killSessions(user)).toBe(1);
        rows += chunk.rows;
      }
    });
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(rows).toBeLessThan(10_000);
  });

  test('rows that are read as bytes are all there, from any key on, and the connection can be used again', async () => {
    await within(readerOf({ connection: { ...database.address } }), async (snapshot) => {
      for (const [from, count] of [
        [null, 10_000],
        [['9001'], 1_000],
        [['10001'], 0],
      ] as const) {
        const raw = await snapshot.rawRows(shape, from);
        let rows = 0;
        for (let chunk = await raw.next(); chunk !== null; chunk = await raw.next()) {
          expect(chunk.cell(0, 0)?.toString()).toBe((Number(from?.[0] ?? 1) + rows).toString());
          rows += chunk.rows;
        }
        expect(rows).toBe(count);
      }
    });
  });

  test('reading that is left early leaves no session behind, though the server has more to send', async () => {
    const { user, password } = await database.createUser('all');
    const other = readerOf({
      connection: { ...database.address, user, password },
      chunkRows: 10,
    });
    await within(other, async (snapshot) => {
      for await (const chunk of snapshot.rows(shape)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    });
    const deadline = Date.now() + 5_000;
    let sessions = 1;
    while (sessions > 0 && Date.now() < deadline)
      sessions = Number((await database.query(sessionsOf(user)))[0]!['n']);
    expect(sessions).toBe(0);
  });
});

describe('a reader is unable to write', () => {
  const shape = (namespace: string, name: string): TableShape => ({
    id: { namespace, name },
    columns: [{ name: 'id', type: { kind: 'int', bits: 32 }, nullable: false }],
    key: ['id'],
  });

  test('in MariaDB, even as an administrator who reads a view that writes', async () => {
    const database = openMariadb();
    try {
      const namespace = database.reserveNamespace('cf_read');
      await database.query(`CREATE DATABASE ${namespace}`);
      await database.query(`CREATE TABLE ${namespace}.t (id INT PRIMARY KEY)`);
      await database.query(
        `CREATE FUNCTION ${namespace}.evil() RETURNS INT DETERMINISTIC BEGIN INSERT INTO ${namespace}.t VALUES (1); RETURN 1; END`,
      );
      await database.query(`CREATE VIEW ${namespace}.v AS SELECT ${namespace}.evil() AS id`);
      const reader = createMysqlReader({ connection: { ...database.address } });
      await expect(all(reader, shape(namespace, 'v'))).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringMatching(/READ_ONLY/) as string,
      });
      expect(await database.query(`SELECT * FROM ${namespace}.t`)).toEqual([]);
    } finally {
      await database.close();
    }
  });

  test('in PostgreSQL, even where reading calls a function that writes', async () => {
    const database = openPostgres();
    try {
      const namespace = database.reserveNamespace('cf_read');
      const { user, password } = await database.createUser('none');
      await database.query(`
        CREATE SCHEMA ${namespace};
        CREATE TABLE ${namespace}.t (id int PRIMARY KEY);
        CREATE TABLE ${namespace}.log (id int);
        INSERT INTO ${namespace}.t VALUES (1);
        CREATE FUNCTION ${namespace}.evil() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS
          $$ BEGIN INSERT INTO ${namespace}.log VALUES (1); RETURN true; END $$;
        GRANT USAGE ON SCHEMA ${namespace} TO ${user};
        GRANT SELECT ON ${namespace}.t TO ${user}`);
      const reader = createPostgresReader({ connection: { ...database.address, user, password } });
      await expect(all(reader, shape(namespace, 't'), `${namespace}.evil()`)).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringMatching(/25006/) as string,
      });
      expect(await database.query(`SELECT * FROM ${namespace}.log`)).toEqual([]);
    } finally {
      await database.close();
    }
  });
});
