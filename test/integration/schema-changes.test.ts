import { loadConfig } from '../../app/config/load.ts';
import { listBackfills, startBackfill } from '../../app/runtime/backfill.ts';
import type { RouteHealth } from '../../monitoring/http/readiness.ts';
import { uniqueName } from '../support/stack-file.ts';
import { counterfoil } from '../support/pipeline.ts';
import { CASES } from './schema-change/cases.ts';
import type { ChangeCase } from './schema-change/cases.ts';
import { Writer } from './schema-change/writer.ts';
import { openMirrors, SOURCE_SCHEMA } from './types/mirrors.ts';
import type { Direction, Mirrors, System } from './types/mirrors.ts';

// Source tables change while they are written to, in all four directions: no row is lost on either side of a change, and
// the check never calls a match what is none. Each test goes on from the one before.
const PATIENCE_MS = 300_000;
const SYSTEMS: readonly System[] = ['mariadb', 'postgres'];

let mirrors: Mirrors;
const gentle = CASES.filter(({ mending }) => mending !== 'statement');
const stopping = CASES.filter(({ mending }) => mending === 'statement');

beforeAll(async () => {
  mirrors = await openMirrors(uniqueName('changes'), {
    signals: true,
    // Other tests on this server create tables that Debezium cannot parse.
    connector: { 'schema.history.internal.skip.unparseable.ddl': 'true' },
  });
  for (const system of SYSTEMS)
    for (const each of CASES) {
      const columns = typeof each.before === 'string' ? each.before : each.before[system];
      await run(system, each.table, `CREATE TABLE T (id INT PRIMARY KEY, n INT, ${columns})`);
      await run(system, each.table, `INSERT INTO T VALUES (1, 0, ${each.values}), (2, 0, ${each.values})`);
    }
  await mirrors.start();
  // A table that changes before it was read would arrive as if it had always been so.
  for (const direction of mirrors.directions) await untilVerdicts(direction, allMatch(CASES));
}, PATIENCE_MS);

afterAll(() => mirrors.close(), PATIENCE_MS);

const namespaceOf = (system: System) => (system === 'mariadb' ? mirrors.name : SOURCE_SCHEMA);

async function run(system: System, table: string, sql: string): Promise<void> {
  await mirrors.databases[system].query(sql.replaceAll(/\bT\b/g, `${namespaceOf(system)}.${table}`));
}

/** Changes the tables of a source while they are written to. */
async function change(system: System, cases: readonly ChangeCase[]): Promise<void> {
  const tables = cases.map(({ table }) => `${namespaceOf(system)}.${table}`);
  const writer = new Writer(system, mirrors.name, tables);
  await writer.goOn();
  for (const each of cases) {
    for (const statement of each.change[system]) await run(system, each.table, statement);
    const [columns, values] = each.after ?? ['n', '7'];
    await run(system, each.table, `INSERT INTO T (id, ${columns}) VALUES (10, ${values})`);
  }
  await writer.goOn();
  await writer.stop();
}

/** The verdict of each table of a route. */
async function verdicts({ route }: Direction): Promise<Record<string, string>> {
  const { tables } = await mirrors.check(route);
  return Object.fromEntries(tables.map(({ table, verdict }) => [table.split('.').at(-1) ?? table, verdict]));
}

const allMatch = (cases: readonly ChangeCase[]) =>
  Object.fromEntries(cases.map(({ table }) => [table, 'match']));

/** Checks until the tables are as wanted: what the product does by itself takes its time. */
async function untilVerdicts(direction: Direction, wanted: Record<string, string>): Promise<void> {
  for (const asked = Date.now(); ;) {
    const found = await verdicts(direction);
    if (Object.entries(wanted).every(([table, verdict]) => found[table] === verdict)) return;
    if (Date.now() - asked > 60_000) expect({ direction, ...found }).toMatchObject(wanted);
  }
}

/** Has tables read again, one after the other: a connector does one at a time. */
async function backfill(cases: readonly ChangeCase[]): Promise<void> {
  const config = loadConfig(mirrors.configFile);
  for (const system of SYSTEMS)
    for (const { table } of cases) {
      const source = mirrors.sourceOf(system);
      const isBusy = async () =>
        (await listBackfills(config, source)).some(({ state }) => state === 'running');
      while (await isBusy()) await new Promise((resolve) => setTimeout(resolve, 200));
      await startBackfill(config, source, { namespace: namespaceOf(system), name: table }, null);
    }
}

/** Both ends of a direction, in the text of the servers and apart from all code under test. */
async function expectEqualRows(
  { from, to, namespace }: Direction,
  cases: readonly ChangeCase[],
): Promise<void> {
  for (const { table, compared } of cases) {
    const columns = ['id', 'n', ...compared];
    const read = async (system: System, place: string) => {
      const shown = columns.map((name) => (system === 'mariadb' ? `CAST(${name} AS CHAR)` : `${name}::text`));
      const named = shown.map((expression, at) => `${expression} AS c${at}`).join(', ');
      return mirrors.databases[system].query(`SELECT ${named} FROM ${place}.${table} ORDER BY id`);
    };
    const sent = await read(from, namespaceOf(from));
    expect(sent.length).toBeGreaterThan(8);
    expect({ table, rows: await read(to, namespace) }).toEqual({ table, rows: sent });
  }
}

test(
  'tables change while they are written to, and the copies follow',
  async () => {
    await Promise.all(SYSTEMS.map((system) => change(system, gentle)));
    const byHand = gentle.filter(({ mending }) => mending === 'backfill');
    for (const direction of mirrors.directions)
      await untilVerdicts(direction, {
        ...allMatch(gentle),
        ...Object.fromEntries(byHand.map(({ table }) => [table, 'mismatch'])),
      });
    await backfill(byHand);
    for (const direction of mirrors.directions) {
      await untilVerdicts(direction, allMatch(gentle));
      await expectEqualRows(direction, gentle);
    }
    const metrics = await mirrors.pipeline().metrics();
    expect(metrics).not.toMatch(/^counterfoil_dead_letters_total\{[^\n]* [1-9]/m);
  },
  PATIENCE_MS,
);

test(
  'what cannot be followed stops the route, which names the table and the statement, and goes on after it',
  async () => {
    const plan = () => counterfoil('schema', 'plan', '--config', mirrors.configFile, '--json');
    await Promise.all(SYSTEMS.map((system) => change(system, stopping)));
    const refused = (
      JSON.parse((await plan()).stdout) as { source: string; refused: { code: string } | null }[]
    )
      .filter((table) => table.refused?.code === 'TARGET_INCOMPATIBLE')
      .map(({ source }) => source.split('.')[1]);
    expect(refused.sort()).toEqual(
      stopping.flatMap(({ table }) => mirrors.directions.map(() => table)).sort(),
    );
    // Each table stops each route once.
    for (let mended = 0; mended < stopping.length; mended += 1) {
      let stopped: readonly RouteHealth[];
      do stopped = (await mirrors.health()).filter(({ state }) => state === 'stopped');
      while (stopped.length < mirrors.directions.length);
      for (const { route, code, reason, remedy } of stopped) {
        const { to } = mirrors.directions.find((each) => each.route === route)!;
        expect({ code, reason }).toEqual({
          code: 'TARGET_INCOMPATIBLE',
          reason: expect.stringMatching(stopping.map(({ table }) => table).join('|')) as string,
        });
        const [, statement] = /Run in the target[^:]*: (ALTER TABLE .*?); then start/s.exec(remedy ?? '')!;
        await mirrors.databases[to].query(statement!);
      }
      await mirrors.restart();
    }
    await backfill(stopping.filter(({ table }) => table === 'became_decimal'));
    // Rows that go while both keys are on their way are not promised: the check names them.
    const promised = CASES.filter(({ table }) => table !== 'another_key');
    for (const direction of mirrors.directions) {
      await untilVerdicts(direction, allMatch(promised));
      await expectEqualRows(
        direction,
        stopping.filter((each) => promised.includes(each)),
      );
    }
  },
  PATIENCE_MS,
);
