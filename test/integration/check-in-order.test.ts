import fc from 'fast-check';
import { createChecker } from '../../monitoring/consistency/checker.ts';
import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import { openMariadb, openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';
import { mirrorInto, passedPorts } from '../unit/monitoring/fixtures.ts';

/** A column as both databases declare it, and values of it as text; bytes are given as hex digits. */
interface Kind {
  readonly mariadb: string;
  readonly postgres: string;
  readonly values: readonly string[];
  readonly isBytes?: true;
}

const moments = [
  '2024-03-31 23:59:59',
  '2024-03-31 23:59:59.120',
  '2024-03-31 23:59:59.12',
  '1999-01-01 00:00:00',
];

const KINDS: readonly Kind[] = [
  {
    mariadb: 'VARCHAR(40)',
    postgres: 'text',
    values: ['', ' ', 'a', 'A', 'a ', '报销', '𠮷', "it''s", 'a\tb', 'N', '0'],
  },
  {
    mariadb: 'DECIMAL(18,2)',
    postgres: 'numeric',
    values: ['0', '-0.01', '1.5', '1.50', '1.51', '9999999999999999.99'],
  },
  {
    mariadb: 'BIGINT UNSIGNED',
    postgres: 'numeric(20,0)',
    values: ['0', '18446744073709551615', '9007199254740993'],
  },
  { mariadb: 'INT', postgres: 'integer', values: ['-2147483648', '-1', '0', '10', '100'] },
  { mariadb: 'BIT(1)', postgres: 'boolean', values: ['0', '1'] },
  { mariadb: 'FLOAT', postgres: 'real', values: ['0', '0.1', '16777216', '1e-30'] },
  {
    mariadb: 'DOUBLE',
    postgres: 'double precision',
    values: ['0', '0.1', '0.30000000000000004', '0.3', '1e300'],
  },
  { mariadb: 'DATE', postgres: 'date', values: ['2024-02-29', '2024-03-01', '9999-12-31'] },
  { mariadb: 'DATETIME(3)', postgres: 'timestamp(3)', values: moments },
  { mariadb: 'TIMESTAMP(6) NULL', postgres: 'timestamptz', values: moments },
  {
    mariadb: 'TIME(3)',
    postgres: 'time(3)',
    values: ['00:00:00', '23:59:59.500', '23:59:59.5', '23:59:59.501'],
  },
  { mariadb: 'VARBINARY(9)', postgres: 'bytea', values: ['', '00', '5c78', '5c7836', 'ff00'], isBytes: true },
  {
    mariadb: 'JSON',
    postgres: 'jsonb',
    values: ['{"a": 1.50, "b": [1]}', '{"b":[1],"a":1.5}', '{"a":1.51}', 'null', '{}'],
  },
  {
    mariadb: 'UUID',
    postgres: 'uuid',
    values: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12'],
  },
  { mariadb: "ENUM('draft','done')", postgres: 'text', values: ['draft', 'done'] },
];
type System = 'mariadb' | 'postgres';
type Values = readonly (string | null)[];

const cells = fc.tuple(...KINDS.map(({ values }) => fc.option(fc.constantFrom(...values), { freq: 5 })));
const key = fc.tuple(fc.integer({ min: -3, max: 12 }), fc.bigInt({ min: -12n, max: 2n ** 62n }));
type Row = [key: [number, bigint], values: (string | null)[]];
type Fault = ['lost' | 'new' | 'other', number, number, number];
const rows = fc.uniqueArray(fc.tuple(key, cells), {
  selector: ([each]) => each.join(),
  minLength: 1,
  maxLength: 60,
});
/** What befalls a row of the target: it is lost, comes out of nothing, or has another value in a column. */
const fault = fc.tuple(
  fc.constantFrom<Fault[0][]>('lost', 'new', 'other'),
  fc.nat(),
  fc.nat({ max: KINDS.length - 1 }),
  fc.nat(),
);

function literal(kind: Kind, system: System, value: string | null): string {
  if (value === null) return 'NULL';
  if (kind[system] === 'BIT(1)') return value;
  if (kind[system] === 'timestamptz') return `'${value}+00'`;
  if (kind.isBytes !== true) return `'${value}'`;
  return system === 'mariadb' ? (value === '' ? "''" : `X'${value}'`) : `'\\x${value}'`;
}

function faulty(
  all: readonly (readonly [readonly [number, bigint], Values])[],
  faults: readonly (readonly [string, number, number, number])[],
) {
  const target: [readonly [number, bigint], (string | null)[]][] = all.map(([id, values]) => [
    id,
    [...values],
  ]);
  for (const [what, row, column, value] of faults) {
    const at = row % Math.max(1, target.length);
    if (what === 'lost') target.splice(at, 1);
    else if (what === 'new') target.push([[100 + column, BigInt(row)], [...(all[0]?.[1] ?? [])]]);
    else if (target[at] !== undefined)
      target[at][1][column] = KINDS[column]!.values[value % KINDS[column]!.values.length]!;
  }
  return [...new Map(target.map((each) => [each[0].join(), each])).values()];
}

describe.each([
  ['mariadb', 'postgres'],
  ['mariadb', 'mariadb'],
  ['postgres', 'mariadb'],
  ['postgres', 'postgres'],
] as const)('a check of %s against %s', (from, into) => {
  let ends: { readonly system: System; readonly database: TestDatabase; readonly namespace: string }[];

  beforeAll(async () => {
    ends = [];
    for (const system of [from, into]) {
      const database = system === 'mariadb' ? openMariadb() : openPostgres();
      const namespace = database.reserveNamespace('cf_order');
      await database.query(
        system === 'mariadb'
          ? `CREATE DATABASE ${namespace} CHARACTER SET utf8mb4`
          : `CREATE SCHEMA ${namespace}`,
      );
      const columns = KINDS.map((kind, at) => `c${at.toString()} ${kind[system]}`).join(', ');
      await database.query(
        `CREATE TABLE ${namespace}.typed (part INT, id BIGINT, ${columns}, PRIMARY KEY (part, id))`,
      );
      ends.push({ system, database, namespace });
    }
  });
  afterAll(async () => {
    for (const { database } of ends) await database.close();
  });

  const fill = async (end: number, all: readonly (readonly [readonly [number, bigint], Values])[]) => {
    const { system, database, namespace } = ends[end]!;
    await database.query(`DELETE FROM ${namespace}.typed`);
    if (all.length === 0) return;
    const lines = all.map(
      ([id, values]) =>
        `(${[...id.map(String), ...values.map((value, at) => literal(KINDS[at]!, system, value))].join(', ')})`,
    );
    const utc = system === 'mariadb' ? "SET STATEMENT time_zone = '+00:00' FOR " : '';
    await database.query(`${utc}INSERT INTO ${namespace}.typed VALUES ${lines.join(', ')}`);
  };

  const check = (inOrder: boolean): Promise<CheckReport> => {
    const readerOf = ({ system, database }: (typeof ends)[number]) => {
      const connection = { ...database.address };
      return system === 'mariadb' ? createMysqlReader({ connection }) : createPostgresReader({ connection });
    };
    const [source, target] = ends as [(typeof ends)[number], (typeof ends)[number]];
    return createChecker({ pollMilliseconds: 1, shownKeys: 1_000 }).check(
      {
        name: 'typed',
        mapping: mirrorInto(target.namespace, { copiesRows: () => inOrder }),
        source: readerOf(source),
        target: readerOf(target),
        tables: () => Promise.resolve([{ namespace: source.namespace, name: 'typed' }]),
        ...passedPorts(),
      },
      { signal: new AbortController().signal, deadlineSeconds: 5 },
    );
  };
  /** All that is said, but for how long it took; findings in one order. */
  const said = ({ tables, verdict, reason }: CheckReport) => ({
    ...{ verdict, reason },
    tables: tables.map((table) => ({
      ...table,
      way: null,
      keys: table.keys.map((finding) => JSON.stringify(finding)).toSorted(),
    })),
  });

  /** Come first in each run, so that each kind of finding is among those compared. */
  const plain = KINDS.map(({ values }) => values[0]!);
  const three = ([1n, 2n, 3n] as const).map((id): Row => [[1, id], plain]);
  const oneOfEach: Fault[] = [
    ['lost', 0, 0, 0],
    ['new', 0, 0, 0],
    ['other', 0, 3, 1],
  ];

  test('says the same in both ways of comparing, whatever is in the rows', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.oneof(fc.constant<Fault[]>([]), fc.array(fault, { minLength: 3, maxLength: 9 })),
        async (all, faults) => {
          await fill(0, all);
          await fill(1, faulty(all, faults));
          const report = await check(true);
          expect(said(report)).toEqual(said(await check(false)));
          expect(report.verdict).not.toBe('inconclusive');
          seen.add(report.verdict);
          for (const { kind } of report.tables[0]!.keys) seen.add(kind);
        },
      ),
      {
        numRuns: 12,
        examples: [
          [three, oneOfEach],
          [three, []],
        ],
      },
    );
    expect([...seen].toSorted()).toEqual(['different', 'extra', 'match', 'mismatch', 'missing']);
  }, 300_000);
});
