import { setTimeout as sleep } from 'node:timers/promises';
import { connectOf } from '../../app/runtime/connect.ts';
import type { Config } from '../../app/config/schema.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { counterfoil, Pipeline } from '../support/pipeline.ts';

// A PostgreSQL source whose replication slot is dropped while rows change; each test goes on from the one before.
const PATIENCE_MS = 240_000;

let mirror: FreshMirror;
let config: Config;
let pipeline: Pipeline;
let source: string;

beforeAll(async () => {
  mirror = await freshMirror('postgresql', [
    'CREATE TABLE "Voucher-凭证" (id int PRIMARY KEY, amount numeric(18,2))',
    'INSERT INTO "Voucher-凭证" VALUES (1, 1.50), (2, 2.50)',
  ]);
  source = mirror.plan.sourceName;
  const settings = mirror.configure((each) => {
    Object.assign(each.sources[source]!, { signals: { table: 'cf.signal' } });
  }).sources[source];
  if (settings?.kind !== 'postgresql') throw new Error('the source is no PostgreSQL');
  const capture = `${mirror.name}_capture`;
  await mirror.source.query(`CREATE SCHEMA cf; GRANT USAGE ON SCHEMA cf TO ${capture};
    CREATE TABLE cf.signal (id varchar(64) PRIMARY KEY, type varchar(32) NOT NULL, data text);
    GRANT SELECT, INSERT, DELETE ON cf.signal TO ${capture};
    ALTER PUBLICATION "${settings.publication}" ADD TABLE cf.signal`);
  config = mirror.configure(() => undefined);
  pipeline = await mirror.start();
}, PATIENCE_MS);

afterAll(async () => {
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

const run = (...args: string[]) => counterfoil(...args, '--config', mirror.configFile);

async function expectMatch(): Promise<void> {
  const { stdout, stderr, exitCode } = await run('check');
  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
}

test(
  'a backfill heals a row that was altered in the target',
  async () => {
    await expectMatch();
    const [found] = await mirror.target.query(
      "SELECT table_schema AS name FROM information_schema.tables WHERE table_name = 'Voucher-凭证' AND table_schema LIKE '%mirror'",
    );
    const table = `\`${found?.['name'] as string}\`.\`Voucher-凭证\``;
    await mirror.target.query(`UPDATE ${table} SET amount = 99 WHERE id = 1`);
    await mirror.target.query(`DELETE FROM ${table} WHERE id = 2`);
    const { exitCode, stdout, stderr } = await run('backfill', 'public.Voucher-凭证', '--json');
    expect({ exitCode, stderr, stdout }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ rows: 2, applied: true });
    await expectMatch();
  },
  PATIENCE_MS,
);

test(
  'a dropped slot stops the route with the missing range, and the named command brings it back to a match',
  async () => {
    const client = connectOf(config);
    await client.stop(source);
    const drop = `SELECT pg_drop_replication_slot(slot_name) AS dropped FROM pg_replication_slots
      WHERE database = current_database() AND NOT active`;
    while ((await mirror.source.query(drop)).length === 0) await sleep(100);
    await mirror.source.query('UPDATE "Voucher-凭证" SET amount = 7 WHERE id = 1');
    await mirror.source.query('INSERT INTO "Voucher-凭证" VALUES (3, 3.50)');
    await client.resume(source);
    await pipeline.untilReadiness(({ status, body }) => status === 503 && body.includes('POSITION_LOST'));
    const { body } = await pipeline.readiness();
    expect(body).toMatch(/changes from [0-9A-F]+\/[0-9A-F]+ to [0-9A-F]+\/[0-9A-F]+ are missing/);
    expect(body).toContain(`counterfoil connectors resnapshot ${source} --yes`);

    expect(await run('connectors', 'resnapshot', source, '--yes')).toMatchObject({ exitCode: 0 });
    await pipeline.untilReadiness(({ status }) => status === 200);
    await expectMatch();
  },
  PATIENCE_MS,
);
