import { resnapshot } from '../../app/runtime/resnapshot.ts';
import type { Config } from '../../app/config/schema.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { counterfoil, Pipeline } from '../support/pipeline.ts';
import { testStack } from '../support/stack-file.ts';

// Tables without a key as multisets, and truncates, both ways; each test goes on from the one before.
const PATIENCE_MS = 240_000;
/** Many enough to be cut by a restart of the connector. */
const BULK = 20_000;

describe.each(['mariadb', 'postgresql'] as const)('from %s', (from) => {
  let mirror: FreshMirror;
  let config: Config;
  let pipeline: Pipeline;

  beforeAll(async () => {
    mirror = await freshMirror(from, [
      'CREATE TABLE log_entry (who varchar(20), amount decimal(18,2), at date)',
      `INSERT INTO log_entry VALUES ('a', 1.50, '2024-02-29'), ('a', 1.50, '2024-02-29'), ('b', NULL, NULL), (NULL, NULL, NULL)`,
      'CREATE TABLE single (who varchar(20))',
      `INSERT INTO single VALUES ('only')`,
      'CREATE TABLE keyed (id int PRIMARY KEY, who varchar(20))',
      `INSERT INTO keyed VALUES (1, 'a'), (2, 'b'), (3, 'c')`,
    ]);
    config = mirror.configure((settings) => {
      settings.routes[0]!['truncate'] = 'apply';
    });
    pipeline = await mirror.start();
  }, PATIENCE_MS);

  afterAll(async () => {
    await mirror.stop();
    await mirror.close();
  }, PATIENCE_MS);

  const check = () => mirror.check(120);
  const rowsOf = async (table: string) => {
    const { tables } = await check();
    return tables.find((each) => each.table.endsWith(`.${table}`))!;
  };
  const copy = () => `${mirror.plan.namespace.replace('*', 'public')}.log_entry`;
  const run = async (...statements: string[]) => {
    for (const statement of statements) await mirror.source.query(statement);
  };

  test(
    'equal rows of a snapshot arrive as often as they are there',
    async () => {
      expect(await check()).toMatchObject({ verdict: 'match', reason: null });
      expect(await rowsOf('log_entry')).toMatchObject({ verdict: 'match', rowsCompared: 4 });
    },
    PATIENCE_MS,
  );

  test(
    'inserts, updates and deletes of equal rows, and truncates',
    async () => {
      await run(
        `INSERT INTO log_entry VALUES ('a', 1.50, '2024-02-29'), ('c', 7, NULL), ('c', 7, NULL)`,
        `UPDATE log_entry SET amount = 2 WHERE who = 'c'`,
        `DELETE FROM log_entry WHERE who = 'b'`,
        `UPDATE log_entry SET who = 'z' WHERE who IS NULL`,
        'ALTER TABLE log_entry ADD COLUMN note varchar(20)',
        `DELETE FROM log_entry WHERE who = 'c'`,
        `INSERT INTO log_entry VALUES ('n', 0, NULL, 'new')`,
        'TRUNCATE TABLE keyed',
        `INSERT INTO keyed VALUES (2, 'again')`,
        'TRUNCATE TABLE single',
        `INSERT INTO single VALUES ('x'), ('x')`,
      );
      expect(await check()).toMatchObject({ verdict: 'match', reason: null });
      expect(await rowsOf('log_entry')).toMatchObject({ rowsCompared: 5 });
      expect(await rowsOf('keyed')).toMatchObject({ rowsCompared: 1 });
      expect(await rowsOf('single')).toMatchObject({ rowsCompared: 2 });
    },
    PATIENCE_MS,
  );

  test(
    'a connector and a pipeline that are restarted within a large transaction lose and double nothing',
    async () => {
      const rows = from === 'mariadb' ? `seq_1_to_${BULK}` : `generate_series(1, ${BULK}) AS s(seq)`;
      await run(`INSERT INTO log_entry SELECT 'bulk', seq % 100, NULL, NULL FROM ${rows}`);
      const restart = `${testStack().connect.url}/connectors/${mirror.plan.sourceName}/restart?includeTasks=true`;
      expect((await fetch(restart, { method: 'POST' })).ok).toBe(true);
      await pipeline.kill('SIGKILL');
      pipeline = new Pipeline(mirror.configFile);
      await run(`DELETE FROM log_entry WHERE who = 'bulk' AND amount < 50`);
      expect(await check()).toMatchObject({ verdict: 'match', reason: null });
      expect(await rowsOf('log_entry')).toMatchObject({ rowsCompared: 5 + BULK / 2 });
    },
    PATIENCE_MS,
  );

  test(
    'a replay and a new snapshot change nothing',
    async () => {
      const route = config.routes[0]!.name;
      const replay = await counterfoil(
        'replay',
        route,
        '--from',
        'beginning',
        '--yes',
        '--config',
        mirror.configFile,
      );
      expect(replay.exitCode).toBe(0);
      expect(await check()).toMatchObject({ verdict: 'match', reason: null });
      await resnapshot(config, mirror.plan.sourceName);
      await run(`INSERT INTO single VALUES ('after')`);
      expect(await check()).toMatchObject({ verdict: 'match', reason: null });
    },
    PATIENCE_MS,
  );

  test(
    'the check finds a row that is one too many, and one that is missing',
    async () => {
      const columns = 'who, amount, at, note, cf_row, cf_version';
      await mirror.target.query(
        `INSERT INTO ${copy()} (${columns}) SELECT ${columns} FROM ${copy()} WHERE who = 'n'`,
      );
      expect(await rowsOf('log_entry')).toMatchObject({ verdict: 'mismatch', extra: 1, missing: 0 });
      await mirror.target.query(`DELETE FROM ${copy()} WHERE who IN ('n', 'z')`);
      expect(await rowsOf('log_entry')).toMatchObject({ verdict: 'mismatch', extra: 0, missing: 2 });
    },
    PATIENCE_MS,
  );
});
