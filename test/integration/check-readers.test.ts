import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import { RowDigester } from '../../monitoring/consistency/digest.ts';
import type { DatabaseSnapshot, RowCells, SourceReader } from '../../monitoring/consistency/reader.ts';
import { binlogFileNumber, isPassed } from '../../monitoring/consistency/source-position.ts';
import type { SourcePosition } from '../../monitoring/consistency/source-position.ts';
import { binlogVersion, postgresVersion } from '../../schemas/contract/position.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { openMariadb, openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';

const MARIADB_COLUMNS = `
  id BIGINT UNSIGNED, big BIGINT, med MEDIUMINT, wide INT UNSIGNED, flag TINYINT(1), bit1 BIT(1), bits BIT(10),
  d DECIMAL(30,10), f FLOAT, g DOUBLE, y YEAR, v VARCHAR(20), t TEXT, j JSON, e ENUM('a','it''s'), s SET('x','y'),
  b BINARY(3), vb VARBINARY(8), bl BLOB, dt DATE, tm TIME(3), ts DATETIME(6), at TIMESTAMP(6) NULL, u UUID`;
const MARIADB_ROW = `
  18446744073709551615, -9223372036854775808, -8388608, 4294967295, -1, b'1', b'1000000001',
  -12345678901234567890.0123456789, 16777216, 2.2250738585072014e-308, 2024, '𠮷', 'a\\\\b', '{"z": 1}', 'it''s', 'x,y',
  X'000100', X'', X'FF', '9999-12-31', '23:59:59.120', '2024-01-01 00:00:00.000001', '2024-07-01 00:00:00.5',
  'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`;
const MARIADB_CELLS: RowCells = [
  ...['18446744073709551615', -9223372036854775808n, -8388608, 4294967295n, -1, true, '1000000001'],
  ...['-12345678901234567890.0123456789', 16777216, 2.2250738585072014e-308, 2024, '𠮷', 'a\\b', '{"z": 1}'],
  ...[
    "it's",
    'x,y',
    Buffer.from([0, 1, 0]),
    Buffer.alloc(0),
    Buffer.from([255]),
    '9999-12-31',
    '23:59:59.12',
  ],
  ...['2024-01-01 00:00:00.000001', '2024-07-01T00:00:00.5Z', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
];

const POSTGRES_COLUMNS = `
  id bigint, i2 smallint, flag boolean, d numeric(30,10), n numeric, r real, g double precision, v varchar(20),
  c char(4), t text, j jsonb, b bytea, dt date, tm time(3), ts timestamp(6), at timestamptz(6), u uuid, m money, bits bit(10)`;
const POSTGRES_ROW = `
  -9223372036854775808, -32768, true, -12345678901234567890.0123456789, 1.50, 16777216, 'NaN', '𠮷',
  'ab', E'a\\\\b', '{"z": 1.50}', '\\x00ff', '9999-12-31', '23:59:59.12', '2024-01-01 00:00:00.000001',
  '2024-07-01 08:00:00.5+08', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '-12.30', B'1000000001'`;
const POSTGRES_CELLS: RowCells = [
  ...[-9223372036854775808n, -32768, true, '-12345678901234567890.0123456789', '1.50', 16777216, NaN, '𠮷'],
  ...[
    'ab  ',
    'a\\b',
    '{"z": 1.50}',
    Buffer.from([0, 255]),
    '9999-12-31',
    '23:59:59.12',
    '2024-01-01 00:00:00.000001',
  ],
  ...['2024-07-01T00:00:00.5Z', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '-12.30', '1000000001'],
];

async function within<T>(reader: SourceReader, use: (snapshot: DatabaseSnapshot) => Promise<T>): Promise<T> {
  const snapshot = await reader.snapshot();
  try {
    return await use(snapshot);
  } finally {
    await snapshot.close();
  }
}

function all(reader: SourceReader, shape: TableShape): Promise<RowCells[]> {
  return within(reader, async (snapshot) => {
    const rows: RowCells[] = [];
    for await (const chunk of snapshot.rows(shape)) rows.push(...chunk);
    return rows;
  });
}

describe.each([
  {
    ...{ name: 'MariaDB', open: openMariadb, readerOf: createMysqlReader, columns: MARIADB_COLUMNS },
    ...{ row: MARIADB_ROW, cells: MARIADB_CELLS, text: 'VARCHAR(40) COLLATE utf8mb4_unicode_ci' },
    ...{
      create: (name: string) => `CREATE DATABASE ${name} CHARACTER SET utf8mb4`,
      utc: "SET STATEMENT time_zone='+00:00' FOR ",
    },
    bigint: 'BIGINT',
    // The test server's own time zone is Asia/Shanghai.
    settings: {},
  },
  {
    ...{ name: 'PostgreSQL', open: openPostgres, readerOf: createPostgresReader, columns: POSTGRES_COLUMNS },
    ...{ row: POSTGRES_ROW, cells: POSTGRES_CELLS, text: 'varchar(40)' },
    ...{ create: (name: string) => `CREATE SCHEMA ${name}`, utc: '' },
    bigint: 'bigint',
    // A server may be set up to write values in other ways.
    settings: {
      options:
        '-c TimeZone=Asia/Shanghai -c DateStyle=German -c bytea_output=escape -c extra_float_digits=0 -c lc_monetary=C',
    },
  },
])('reading $name', ({ name, open, readerOf, columns, row, cells, text, create, utc, bigint, settings }) => {
  let database: TestDatabase;
  let reader: SourceReader;
  let namespace: string;

  beforeAll(async () => {
    database = open();
    namespace = database.reserveNamespace('cf_read');
    await database.query(create(namespace));
    reader = readerOf({ connection: { ...database.address, ...settings }, chunkRows: 7 });
    await database.query(`CREATE TABLE ${namespace}.typed (${columns}, PRIMARY KEY (id))`);
    await database.query(`${utc}INSERT INTO ${namespace}.typed VALUES (${row})`);
    await database.query(
      `CREATE TABLE ${namespace}.keyed (code ${text}, line ${bigint}, amount decimal(18,2), PRIMARY KEY (code, line))`,
    );
  });
  afterAll(() => database.close());

  const shapeOf = async (table: string): Promise<TableShape> => {
    const [shape] = await reader.describeTables([{ namespace, name: table }]);
    if (shape === null || shape === undefined) throw new Error(`no table ${table}`);
    return shape;
  };

  test('every type comes as its canonical cell, and as the same normal text', async () => {
    const shape = await shapeOf('typed');
    expect(shape.key).toEqual(['id']);
    const [read] = await all(reader, shape);
    const named = (values: RowCells) =>
      Object.fromEntries(shape.columns.map((column, at) => [column.name, values[at]]));
    expect(named(read!)).toEqual(named(cells));

    const digester = new RowDigester(shape);
    const digests = await within(reader, async (snapshot) => {
      const found: string[] = [];
      for await (const chunk of snapshot.normalRows(shape))
        found.push(...chunk.map((texts) => digester.digestOfTexts(texts)));
      return found;
    });
    expect(digests).toEqual([digester.digest(read!)]);
  });

  test('names with quotes in them are names', async () => {
    const odd = ['a"b', 'a`b', "a'b", '中文', 'select', 'a,b'];
    const columns = odd.map((column) => `${database.quote(column)} int`).join(', ');
    const table = database.quote('odd "`table');
    await database.query(
      `CREATE TABLE ${namespace}.${table} (${columns}, PRIMARY KEY (${database.quote('a,b')}, ${database.quote('a"b')}))`,
    );
    await database.query(`INSERT INTO ${namespace}.${table} VALUES (${odd.map((_, at) => at).join(', ')})`);
    const shape = await shapeOf('odd "`table');
    expect(shape.key).toEqual(['a,b', 'a"b']);
    expect(await all(reader, shape)).toEqual([[0, 1, 2, 3, 4, 5]]);
    expect(await within(reader, (snapshot) => snapshot.rowsByKey(shape, [[5, 0]]))).toHaveLength(1);
  });

  test('a row of nulls is nulls, and a column that is not there reads as null', async () => {
    await database.query(`INSERT INTO ${namespace}.typed (id) VALUES (1)`);
    const shape = await shapeOf('typed');
    const wider = { ...shape, columns: [...shape.columns, { ...shape.columns[0]!, name: 'not_there' }] };
    const rows = await all(reader, wider);
    const nulls = rows.find((cell) => cell[1] === null)!;
    expect(nulls.slice(1).every((cell) => cell === null)).toBe(true);
    expect(rows.every((cell) => cell[shape.columns.length] === null)).toBe(true);
  });

  test('finds rows by keys of odd text and large numbers, in more than one chunk, and none by keys that no column holds', async () => {
    const codes = ['a', 'ä', 'b ', '报销', "it's", '\\', '1', '%', '𠮷', '--', '"'];
    for (const [at, code] of codes.entries()) {
      const literal =
        name === 'MariaDB'
          ? `X'${Buffer.from(code).toString('hex')}'`
          : `convert_from('\\x${Buffer.from(code).toString('hex')}', 'UTF8')`;
      await database.query(
        `INSERT INTO ${namespace}.keyed VALUES (${literal}, ${(9007199254740993n + BigInt(at)).toString()}, ${at.toString()}.50)`,
      );
    }
    const shape = await shapeOf('keyed');
    expect(shape.key).toEqual(['code', 'line']);
    expect(await all(reader, shape)).toHaveLength(codes.length);
    await within(reader, async (snapshot) => {
      const keys = codes.map((code, at) => [code, 9007199254740993n + BigInt(at)]);
      const found = await snapshot.rowsByKey(shape, [
        ...keys,
        ['nothing', 1n],
        ['nul\0', 1n],
        ['beyond', 2n ** 64n],
      ]);
      const digester = new RowDigester(shape);
      expect(new Set(found.map((cell) => digester.key(cell)))).toEqual(
        new Set(keys.map((key) => digester.keyOfKeyCells(key))),
      );
      // 2^53 and 2^53 + 1 are the same double, and not the same key.
      expect(await snapshot.rowsByKey(shape, [['a', 9007199254740992n]])).toEqual([]);
      expect(await snapshot.rowsByKey(shape, [])).toEqual([]);
    });
  });

  test('a snapshot does not see what is written after it', async () => {
    const shape = await shapeOf('keyed');
    const later = (snapshot: DatabaseSnapshot) => snapshot.rowsByKey(shape, [['later', 1n]]);
    await within(reader, async (snapshot) => {
      await database.query(`INSERT INTO ${namespace}.keyed VALUES ('later', 1, 1)`);
      expect(await later(snapshot)).toEqual([]);
    });
    expect(await within(reader, later)).toHaveLength(1);
  });

  test('reading can be left early', async () => {
    const shape = await shapeOf('keyed');
    await within(reader, async (snapshot) => {
      for await (const chunk of snapshot.rows(shape)) {
        expect(chunk).toHaveLength(7);
        break;
      }
    });
  });

  test('what is not there is null or an error of ours', async () => {
    expect(await reader.describeTables([{ namespace, name: 'nothing' }])).toEqual([null]);
    const shape = { ...(await shapeOf('keyed')), id: { namespace, name: 'nothing' } };
    await expect(all(reader, shape)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    const away = readerOf({ connection: { ...database.address, port: 1 } });
    await expect(away.snapshot()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await expect(away.position()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  test('the position of the log is behind every commit before it, and before those after it', async () => {
    const before = await reader.position();
    await database.query(`INSERT INTO ${namespace}.keyed VALUES ('marker', 1, 1)`);
    const after = await reader.position();
    expect(isPassed(before, eventAt(after, -1n))).toBe(true);
    expect(isPassed(after, eventAt(before, 0n))).toBe(false);
  });
});

/** The version of an event at, or a little before, a position of the log. */
function eventAt(position: SourcePosition, shift: bigint) {
  if (position.kind === 'wal') return postgresVersion(0n, position.lsn + shift);
  return binlogVersion(position.era, binlogFileNumber(position.file), position.position + shift, 1);
}
