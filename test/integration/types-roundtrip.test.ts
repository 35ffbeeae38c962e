import { uniqueName } from '../support/stack-file.ts';
import { SOURCE_SCHEMA, openMirrors } from './types/mirrors.ts';
import type { Direction, Mirrors } from './types/mirrors.ts';
import { ABSENT, arriving, isRefused } from './types/type-case.ts';
import type { Phase } from './types/type-case.ts';
import { TYPE_CASES, createTypeTables, insertTypeValues, rowsUntil } from './types/type-tables.ts';
import type { SourceTable } from './types/type-tables.ts';

// One story: every type by snapshot, then from the log, then altered behind the product's back.
const PATIENCE_MS = 600_000;

let mirrors: Mirrors;

const sourceTable: SourceTable = (system, { name }) =>
  system === 'mariadb' ? `${mirrors.name}.${name}` : `${SOURCE_SCHEMA}.${name}`;

beforeAll(async () => {
  mirrors = await openMirrors(uniqueName('types').slice(0, 20));
  await createTypeTables(mirrors, sourceTable);
  await insertTypeValues(mirrors, sourceTable, 'snapshot');
  await mirrors.start();
}, PATIENCE_MS);

afterAll(() => mirrors.close(), PATIENCE_MS);

/** What a target shows that it should not, or does not show, in its own server's text. */
async function differences({ from, to, namespace }: Direction, last: Phase): Promise<readonly string[]> {
  const lines: string[] = [];
  const compare = (what: string, actual: unknown, expected: unknown) => {
    if (actual !== expected) lines.push(`${what}: ${shown(actual)} instead of ${shown(expected)}`);
  };
  for (const each of TYPE_CASES[from]) {
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
  return TYPE_CASES[from].flatMap((each) =>
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
  for (const { name, columns } of TYPE_CASES[from]) {
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
    if (phase === 'stream') await insertTypeValues(mirrors, sourceTable, 'stream');
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
