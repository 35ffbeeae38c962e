import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { connectOf } from '../../app/runtime/connect.ts';
import type { Config } from '../../app/config/schema.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { counterfoil, Pipeline } from '../support/pipeline.ts';

// Each test goes on from the one before.
const PATIENCE_MS = 240_000;
const forever = new AbortController().signal;

let mirror: FreshMirror;
let config: Config;
let pipeline: Pipeline;
let source: string;

beforeAll(async () => {
  mirror = await freshMirror('mariadb', [
    'CREATE TABLE claim (id INT PRIMARY KEY, title VARCHAR(50))',
    "INSERT INTO claim VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')",
    'CREATE TABLE `报销-单 A` (id INT PRIMARY KEY, `Sel-ect` VARCHAR(9))',
    "INSERT INTO `报销-单 A` VALUES (1, '一')",
    'CREATE TABLE later (id INT PRIMARY KEY)',
    'INSERT INTO later VALUES (7)',
    'CREATE TABLE keyless (id INT)',
    'CREATE TABLE big (id INT PRIMARY KEY, v VARCHAR(20))',
  ]);
  source = mirror.plan.sourceName;
  await capture(['later']);
  pipeline = new Pipeline(mirror.configFile);
  await pipeline.untilReadiness(({ status }) => status === 200);
  await expectMatch('claim');
}, PATIENCE_MS);

afterAll(async () => {
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

/** Has the connector capture all tables but these. */
async function capture(excluded: readonly string[]): Promise<void> {
  config = mirror.configure((settings) => {
    Object.assign(settings.sources[source]!, {
      // Small, so that a backfill takes long enough to be interrupted.
      connector: {
        'incremental.snapshot.chunk.size': '500',
        'schema.history.internal.skip.unparseable.ddl': 'true',
      },
      exclude: excluded.map((name) => `${mirror.name}.${name}`),
    });
  });
  await applyCapture(config);
  await untilCapturing(config, forever);
}

const run = (...args: string[]) => counterfoil(...args, '--config', mirror.configFile, '--json');
const backfill = (table: string, ...options: string[]) =>
  run('backfill', `${mirror.name}.${table}`, ...options);
const inTarget = (table: string) => `${mirror.name}_mirror."${table}"`;
const rows = (table: string) => mirror.target.query(`SELECT * FROM ${inTarget(table)} ORDER BY 1`);

async function expectMatch(table: string): Promise<void> {
  const { stdout, stderr, exitCode } = await run('check', '--table', `${mirror.name}.${table}`);
  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
}

test(
  'rows that were altered or deleted in the target, or written past the log, are healed; what is as it should be stays',
  async () => {
    await mirror.target.query(`UPDATE ${inTarget('claim')} SET title = 'forged' WHERE id = 1`);
    await mirror.target.query(`DELETE FROM ${inTarget('claim')} WHERE id = 2`);
    await mirror.source.query("SET sql_log_bin = 0; UPDATE claim SET title = 'unlogged' WHERE id = 3");
    await mirror.source.query("INSERT INTO claim VALUES (5, 'unlogged'); SET sql_log_bin = 1");
    const { stdout, exitCode } = await backfill('claim', '--where', 'id <> 4');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'completed', rows: 4, applied: true });
    expect((await rows('claim')).map(({ id, title }) => [Number(id), title])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'unlogged'],
      [4, 'd'],
      [5, 'unlogged'],
    ]);
    await expectMatch('claim');
  },
  PATIENCE_MS,
);

test(
  'a replay from the beginning changes no row and no version',
  async () => {
    const [route] = config.routes;
    const topic = `${source}.${mirror.name}.claim`;
    const before = await rows('claim');
    const dry = JSON.parse(
      (await run('replay', route!.name, '--from', 'beginning', '-t', topic)).stdout,
    ) as object;
    expect(dry).toMatchObject({ done: false });
    expect(dry).toHaveProperty('partitions[0]', expect.objectContaining({ topic, next: '0', gone: null }));
    const done = await run('replay', route!.name, '--from', 'beginning', '-t', topic, '--yes');
    expect(JSON.parse(done.stdout)).toMatchObject({ done: true });
    await expectMatch('claim');
    expect(await rows('claim')).toEqual(before);
    expect(await pipeline.metrics()).toMatch(/outcome="(?:duplicate|superseded)"} [1-9]/);
  },
  PATIENCE_MS,
);

test(
  'a table that is captured only now, and one whose name is no plain word',
  async () => {
    await capture(['hidden']);
    for (const table of ['later', '报销-单 A']) {
      const { stdout, exitCode } = await backfill(table);
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        0,
        { state: 'completed', rows: 1, applied: true },
      ]);
      await expectMatch(table);
    }
  },
  PATIENCE_MS,
);

test(
  'what cannot be read again is refused before the connector is told',
  async () => {
    for (const [table, options, reason] of [
      ['keyless', [], 'no primary key'],
      ['nowhere', [], 'does not exist'],
      ['hidden', [], 'not captured'],
      ['claim', ['--where', 'titel = 1'], 'condition'],
    ] as const) {
      const { stderr, exitCode } = await backfill(table, '--source', source, ...options);
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining(reason)]);
    }
  },
  PATIENCE_MS,
);

test(
  'a backfill goes on after a restart of the connector',
  async () => {
    await mirror.source.query(
      "SET sql_log_bin = 0; INSERT INTO big SELECT seq, 'x' FROM seq_1_to_10000; SET sql_log_bin = 1",
    );
    expect((await backfill('big', '--no-wait')).exitCode).toBe(0);
    await connectOf(config).restart(source, 'all');
    await untilState('completed');
    await expectMatch('big');
  },
  PATIENCE_MS,
);

/** Until the newest backfill is in this state; the test's own time limit ends a wait in vain. */
async function untilState(wanted: string): Promise<void> {
  for (;;) {
    const { stdout } = await run('backfill', 'status');
    const newest = (JSON.parse(stdout) as { tables: string[]; state: string }[]).at(-1);
    if (newest?.tables.includes(`${mirror.name}.big`) && newest.state === wanted) return;
  }
}
