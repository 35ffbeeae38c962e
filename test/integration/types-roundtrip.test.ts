import { uniqueName } from '../support/stack-file.ts';
import { MARIADB_CASES, POSTGRES_CASES } from './types/cases.ts';
import { SOURCE_SCHEMA, openMirrors } from './types/mirrors.ts';
import type { Direction, Mirrors, System } from './types/mirrors.ts';
import { POSTGRES_SETUP } from './types/postgres-texts.ts';
import { ABSENT, arriving, isRefused } from './types/type-case.ts';
import type { Phase, TypeCase, TypeValue } from './types/type-case.ts';

// One story: every type by snapshot, then from the log, then altered behind the product's back.
const PATIENCE_MS = 600_000;
/** Rows of the log have ids of their own. */
const FIRST_ID: Readonly<Record<Phase, number>> = { snapshot: 1, stream: 101 };

const CASES: Readonly<Record<System, readonly TypeCase[]>> = {
  mariadb: MARIADB_CASES,
  postgres: POSTGRES_CASES,
};

let mirrors: Mirrors;

const sourceTable = (system: System, { name }: TypeCase) =>
  system === 'mariadb' ? `${mirrors.name}.${name}` : `${SOURCE_SCHEMA}.${name}`;

beforeAll(async () => {
  mirrors = await openMirrors(uniqueName('types').slice(0, 20));
  const { mariadb, postgres } = mirrors.databases;
  await postgres.query(POSTGRES_SETUP);
  for (const each of MARIADB_CASES)
    await mariadb.query(`CREATE TABLE ${sourceTable('mariadb', each)} (id INT PRIMARY KEY, v ${each.type})`);
  for (const each of POSTGRES_CASES)
    await postgres.query(
      `CREATE TABLE ${sourceTable('postgres', each)} (id int PRIMARY KEY, v ${each.type})`,
    );
  await insert('snapshot');
  await mirrors.start();
}, PATIENCE_MS);

afterAll(() => mirrors.close(), PATIENCE_MS);

const isIn = (value: TypeValue, phase: Phase) => value.onlyIn === undefined || value.onlyIn === phase;

async function insert(phase: Phase): Promise<void> {
  for (const system of ['mariadb', 'postgres'] as const)
    for (const each of CASES[system])
      for (const [at, value] of each.values.entries())
        if (isIn(value, phase))
          await mirrors.databases[system].query(
            `INSERT INTO ${sourceTable(system, each)} (id, v) VALUES (${FIRST_ID[phase] + at}, ${value.sql})`,
          );
}

/** The rows that the source has after a phase. */
function rowsUntil(last: Phase, { values }: TypeCase) {
  const phases: readonly Phase[] = last === 'snapshot' ? ['snapshot'] : ['snapshot', 'stream'];
  return phases.flatMap((phase) =>
    values.flatMap((value, at) => (isIn(value, phase) ? [{ id: FIRST_ID[phase] + at, phase, value }] : [])),
  );
}

/** What a target shows that it should not, or does not show, in its own server's text. */
async function differences({ from, to, namespace }: Direction, last: Phase): Promise<readonly string[]> {
  const lines: string[] = [];
  const compare = (what: string, actual: unknown, expected: unknown) => {
    if (actual !== expected) lines.push(`${what}: ${shown(actual)} instead of ${shown(expected)}`);
  };
  for (const each of CASES[from]) {
    const table = await mirrors.databases[to].table(namespace, each.name);
    const expected = rowsUntil(last, each).map(
      ({ id, phase, value }) => [id, arriving(value, phase)[to]] as const,
    );
    const isEmpty = expected.every(([, arrives]) => isRefused(arrives));
    if (table !== null && !isEmpty) compare(`${each.name}.v`, table.type, each.columns[to]);
    for (const [id, arrives] of expected)
      compare(`${each.name}[${id}]`, table?.rows.get(id), isRefused(arrives) ? undefined : arrives);
    const known = new Set(expected.map(([id]) => id));
    for (const id of table?.rows.keys() ?? [])
      if (!known.has(id)) lines.push(`${each.name}[${id}]: not of the source`);
  }
  return lines;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'no row' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length})` : text;
}

/** The rows in which a check must find a difference. */
function expectedFindings({ from, to }: Direction, last: Phase): Findings {
  return CASES[from].flatMap((each) =>
    rowsUntil(last, each).flatMap(({ id, value, phase }) => {
      const arrives = arriving(value, phase)[to];
      return isRefused(arrives) || arrives !== value.exact[to] ? [`${each.name}[${id}]`] : [];
    }),
  );
}

/** `table[id]` of each row that a check has found. */
type Findings = readonly string[];

async function findings({ route }: Direction): Promise<Findings> {
  const report = await mirrors.check(route);
  const unproven = report.tables.filter(({ verdict }) => verdict === 'inconclusive');
  expect([report.reason, unproven.map(({ table, reason }) => `${table}: ${reason ?? ''}`)]).toEqual([
    null,
    [],
  ]);
  return report.tables.flatMap(({ table, keys }) =>
    keys.map(({ key }) => `${table.split('.')[1] ?? ''}[${(JSON.parse(key) as readonly unknown[]).join()}]`),
  );
}

/** Puts another row's value, or none, into one row of each table that the check has had no fault to find with. */
async function alter({ from, to, namespace }: Direction, faulty: ReadonlySet<string>): Promise<Findings> {
  const database = mirrors.databases[to];
  const altered: string[] = [];
  for (const { name, columns } of CASES[from]) {
    const rows = [...((await database.table(namespace, name))?.rows ?? [])];
    const chosen = rows.find(([id, value]) => value !== null && !faulty.has(`${name}[${id}]`));
    if (chosen === undefined || columns[to] === ABSENT) continue;
    const [id, value] = chosen;
    const other = rows.find((row) => row[1] !== value && row[1] !== null);
    const table = `${namespace}.${name}`;
    const instead = other === undefined ? 'NULL' : `(SELECT v FROM ${table} WHERE id = ${other[0]})`;
    await database.query(`UPDATE ${table} SET v = ${instead} WHERE id = ${id}`);
    altered.push(`${name}[${id}]`);
  }
  return altered;
}

describe.each(['snapshot', 'stream'] as const)('by %s', (phase) => {
  beforeAll(async () => {
    if (phase === 'stream') await insert('stream');
  }, PATIENCE_MS);

  test.each([0, 1, 2, 3])(
    'every value arrives as declared, or is refused, and the check finds exactly the rest (%i)',
    async (at) => {
      const direction = mirrors.directions[at]!;
      const found = await findings(direction);
      const lines = await differences(direction, phase);
      expect({ route: direction.route, lines }).toEqual({ route: direction.route, lines: [] });
      expect([...found].sort()).toEqual([...expectedFindings(direction, phase)].sort());
    },
    PATIENCE_MS,
  );
});

test.each([0, 1, 2, 3])(
  'one value altered in each table behind the product’s back is found (%i)',
  async (at) => {
    const direction = mirrors.directions[at]!;
    const faulty = expectedFindings(direction, 'stream');
    const altered = await alter(direction, new Set(faulty));
    expect(altered.length).toBeGreaterThan(90);
    expect([...(await findings(direction))].sort()).toEqual([...faulty, ...altered].sort());
  },
  PATIENCE_MS,
);
