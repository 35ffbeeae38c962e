import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../app/config/load.ts';
import type { Config, ConfigInput } from '../../app/config/schema.ts';
import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { connectOf } from '../../app/runtime/connect.ts';
import { kafkaOf } from '../../app/runtime/kafka.ts';
import { openLetters } from '../../app/runtime/letters.ts';
import type { RedriveOutcome } from '../../app/runtime/redrive.ts';
import { httpTargetSubject } from '../../app/doctor/http-target.ts';
import { examine } from '../../app/doctor/subject.ts';
import { randomOf } from '../../stack/demo/activity/prng.ts';
import { FAULTS, Receiver } from '../support/receiver.ts';
import { Pipeline } from '../support/pipeline.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { Claims, received } from './gateway/claims.ts';
import { claimsRoute } from './gateway/claims-route.ts';
import { openNativeMariadb, openNativePostgres } from './types/native.ts';
import type { NativeDatabase } from './types/native.ts';

// Expense claims of a real MariaDB, through Debezium and Kafka, to a real HTTP server that fails as servers do.

const PATIENCE_MS = 300_000;
const name = uniqueName('gw');
const source = name.replaceAll('_', '-');
const ROUTE = `${source}-claims`;
const OAUTH = { clientId: 'counterfoil', clientSecret: 'a secret: +/=', lifetime: 3_600 };

let oa: NativeDatabase;
let finance: NativeDatabase;
let receiver: Receiver;
let claims: Claims;
let config: Config;
let pipeline: Pipeline;
let folder: string;
let configFile: string;

beforeAll(async () => {
  const stack = testStack();
  oa = await openNativeMariadb(stack);
  finance = await openNativePostgres(stack, stack.postgres.database);
  await oa.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await oa.query(
    `CREATE TABLE ${name}.beat (id INT PRIMARY KEY, beat TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6))`,
  );
  claims = new Claims(oa, name, randomOf(7));
  await claims.create();
  receiver = await Receiver.start({ oauth: OAUTH });
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-gateway-'));
  configFile = join(folder, 'counterfoil.yaml');
  writeFileSync(configFile, stringify(settings()), { mode: 0o600 });
  config = loadConfig(configFile, {});
  await claims.write(20);
  await applyCapture(config);
  await untilCapturing(config, new AbortController().signal);
  pipeline = run();
}, PATIENCE_MS);

afterAll(async () => {
  await Pipeline.killAll();
  await connectOf(config).remove(source);
  const admin = kafkaOf(config, 'gateway-test').admin();
  await admin.connect();
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.includes(source)) });
  await admin.disconnect();
  await oa.query(`DROP DATABASE ${name}`);
  await finance.query(`DROP SCHEMA ${name} CASCADE`);
  await Promise.all([oa.close(), finance.close(), receiver.close()]);
  rmSync(folder, { recursive: true });
}, PATIENCE_MS);

function settings(): ConfigInput {
  const { kafka, connect, registry, mariadb, postgres } = testStack();
  const root = { user: mariadb.user, password: mariadb.password };
  const superuser = { user: postgres.user, password: postgres.password };
  return {
    kafka: { brokers: [kafka.bootstrap] },
    connect: { url: connect.url, plugin: true },
    registry: { url: registry.url, converterUrl: registry.converterUrl },
    sources: {
      [source]: {
        ...{ kind: 'mariadb', host: mariadb.host, port: mariadb.port, databases: [name] },
        ...{ capture: root, check: root, heartbeat: { table: `${name}.beat` }, include: [`${name}.*`] },
        ...{ serverId: 200_000 + Math.floor(Math.random() * 1e9), partitions: 3 },
        // Other tests on this server create tables that Debezium cannot parse.
        connector: { 'schema.history.internal.skip.unparseable.ddl': 'true' },
      },
    },
    targets: {
      finance: {
        ...{ kind: 'postgresql', host: postgres.host, port: postgres.port, database: postgres.database },
        ...{ sink: superuser, check: superuser, namespace: name },
      },
      gateway: {
        ...{ kind: 'http', keeper: 'finance', url: `${receiver.url}/finance/v1` },
        auth: { kind: 'oauth2', endpoint: `${receiver.url}/token`, ...credentials() },
        endpoints: [{ match: ['ap.expense_claim'], path: '/claims/{claim_id}' }],
        ...{ timeoutMs: 500, breaker: { firstMs: 100, maxMs: 1_000 } },
      },
    },
    routes: [{ name: ROUTE, kind: 'entities', source, target: 'gateway', entities: ['expense-claim'] }],
    http: { port: 0 },
    check: { intervalSeconds: 0 },
    consumer: { sessionTimeoutMs: 6_000 },
  };
}

function credentials(): { clientId: string; clientSecret: string } {
  return { clientId: OAUTH.clientId, clientSecret: OAUTH.clientSecret };
}

function run(killAt?: string): Pipeline {
  return new Pipeline(configFile, killAt, 'test/integration/gateway/worker.ts');
}

/** Resolves when the receiver holds what the source does, row by row. */
async function arrived(): Promise<void> {
  const expected = await claims.expected();
  const wanted = JSON.stringify(expected);
  await receiver.until(
    () =>
      receiver.documents.size === expected.length && JSON.stringify(received(receiver.documents)) === wanted,
  );
  expect(receiver.violations).toEqual([]);
}

async function openLetterCounts(): Promise<Readonly<Record<string, number>>> {
  const letters = await openLetters(claimsRoute(config), config);
  try {
    return Object.fromEntries((await letters.ledger.summary(ROUTE)).open);
  } finally {
    await letters.close();
  }
}

async function redrive(): Promise<readonly RedriveOutcome[]> {
  const letters = await openLetters(claimsRoute(config), config);
  const outcomes: RedriveOutcome[] = [];
  try {
    const onOutcome = (_: unknown, outcome: RedriveOutcome) => outcomes.push(outcome);
    const { signal } = new AbortController();
    await letters.redrive({ by: 'test', wanted: () => true, onOutcome, signal });
    return outcomes;
  } finally {
    await letters.close();
  }
}

const pathOf = (id: string) => `/finance/v1/claims/${id}`;

test(
  'whatever fails, and whenever the process is killed, each change is taken once and the newest of each claim stays',
  async () => {
    await arrived();
    const random = randomOf(11);
    let faults = 0;
    receiver.options = {
      ...{ oauth: OAUTH, lateMs: 800 },
      fault: () => {
        if (!random.chance(0.15)) return null;
        faults += 1;
        return random.pick(FAULTS);
      },
    };
    for (const killAt of [undefined, 'publish:sent:3', undefined, 'batch:mapped:5', undefined]) {
      await pipeline.kill('SIGKILL');
      const before = receiver.taken.length;
      const written = claims.write(80);
      pipeline = run(killAt);
      if (killAt === undefined) await receiver.until(() => receiver.taken.length >= before + 15);
      else await pipeline.ended;
      await written;
    }
    await pipeline.kill('SIGKILL');
    pipeline = run();
    receiver.options = { oauth: OAUTH };
    await arrived();
    expect(faults).toBeGreaterThan(20);
    expect(receiver.repeated).toBeGreaterThan(0);
    expect(await openLetterCounts()).toEqual({});
  },
  PATIENCE_MS,
);

test(
  'a claim that is refused waits with its later changes, the others go on, and a redrive takes it on in order',
  async () => {
    const id = await claims.insert();
    await arrived();
    receiver.options = { oauth: OAUTH, refuse: ({ path }) => (path === pathOf(id) ? 422 : null) };
    for (const total of ['1.11', '2.22', '3.33']) {
      await claims.setTotal(id, total);
      const other = await claims.insert();
      await receiver.until(() => receiver.documents.has(pathOf(other)));
    }
    expect(await openLetterCounts()).toEqual({ ROW_REJECTED: 1, PARKED: 2 });
    const letters = await openLetters(claimsRoute(config), config);
    const [first] = await letters.ledger.list(ROUTE, { status: 'open' });
    await letters.close();
    expect(first).toMatchObject({
      reason: 'the receiver refused a message of ap.expense_claim (HTTP 422)',
      stage: 'apply',
    });

    expect((await redrive()).map(({ kind }) => kind)).toEqual(['failed', 'waiting', 'waiting']);
    receiver.options = { oauth: OAUTH };
    const before = receiver.taken.length;
    expect((await redrive()).map(({ kind }) => kind)).toEqual(['redriven', 'redriven', 'redriven']);
    const totals = receiver.taken
      .slice(before)
      .map(({ body }) => (JSON.parse(body) as { data: { total_amount: string } }).data.total_amount);
    expect(totals).toEqual(['1.11', '2.22', '3.33']);
    await arrived();
    expect(await openLetterCounts()).toEqual({});
  },
  PATIENCE_MS,
);

test(
  'a receiver that is gone is left alone, health says so, and nothing is set aside',
  async () => {
    const { port } = receiver;
    await receiver.close();
    await claims.write(30);
    await pipeline.untilReadiness(
      ({ status, body }) => status === 503 && body.includes('TARGET_UNAVAILABLE'),
    );
    await pipeline.untilMetrics(/counterfoil_http_breaker_state\{[^}]*state="closed"[^}]*\} 0/);
    await receiver.listen(port);
    await arrived();
    await pipeline.untilReadiness(({ status }) => status === 200);
    await pipeline.untilMetrics(/counterfoil_http_breaker_state\{[^}]*state="closed"[^}]*\} 1/);
    expect(await pipeline.metrics()).toMatch(
      /counterfoil_http_requests_total\{[^}]*reception="applied"[^}]*\} [1-9]/,
    );
    expect(await openLetterCounts()).toEqual({});
  },
  PATIENCE_MS,
);

test.each([
  [401, /TARGET_MISCONFIGURED[^}]*refuses the credentials/],
  [403, /TARGET_MISCONFIGURED[^}]*takes no message/],
  [405, /TARGET_MISCONFIGURED[^}]*does not take/],
])(
  'that all messages are answered by %s is said in health, and sets next to nothing aside',
  async (status, reason) => {
    receiver.options = { oauth: OAUTH, refuse: () => status };
    for (let at = 0; at < 40; at += 1) await claims.insert();
    await pipeline.untilReadiness((answer) => answer.status === 503 && reason.test(answer.body));
    const aside = Object.values(await openLetterCounts()).reduce((sum, count) => sum + count, 0);
    expect(aside).toBeLessThan(10);
    receiver.options = { oauth: OAUTH };
    await pipeline.untilReadiness((answer) => answer.status === 200);
    await redrive();
    await arrived();
  },
  PATIENCE_MS,
);

test('the doctor sees whether the receiver answers and grants a token, and delivers nothing', async () => {
  const { gateway } = config.targets;
  if (gateway?.kind !== 'http') throw new Error('no gateway');
  const before = receiver.taken.length;
  const look = (target: typeof gateway) => examine([httpTargetSubject('gateway', target)]);
  expect((await look(gateway)).map(({ status, what }) => [status, what])).toEqual([
    ['ok', 'a token is granted'],
    ['ok', 'the receiver answers (HTTP 200)'],
  ]);
  const auth = { ...gateway.auth, clientSecret: 'wrong' } as typeof gateway.auth;
  expect(await look({ ...gateway, auth })).toMatchObject([
    { status: 'error', what: expect.stringContaining('grants no token (invalid_client)') as string },
  ]);
  expect(await look({ ...gateway, url: 'http://127.0.0.1:1', auth: { kind: 'none' } })).toMatchObject([
    { status: 'unknown', what: 'could not be looked at: 127.0.0.1:1 does not answer (ECONNREFUSED)' },
  ]);
  expect(receiver.taken).toHaveLength(before);
});
