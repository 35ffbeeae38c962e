import { setTimeout as sleep } from 'node:timers/promises';
import type {
  BinlogSource,
  CaptureSource,
  PostgresqlSource,
} from '../../connectors/debezium/capture-source.ts';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import { applyConnectors } from '../../connectors/debezium/connector-apply.ts';
import { diffConnectors } from '../../connectors/debezium/connector-plan.ts';
import { connectorStatus } from '../../connectors/debezium/connector-status.ts';
import type { ConnectorStatus } from '../../connectors/debezium/connector-status.ts';
import { heartbeatProgress } from '../../connectors/debezium/heartbeat-progress.ts';
import { renderConnector } from '../../connectors/debezium/render.ts';
import { Secret } from '../../connectors/debezium/secret.ts';
import { topicNameOf } from '../../connectors/debezium/topic-names.ts';
import { planTopics, provisionTopics } from '../../connectors/debezium/topic-provisioning.ts';
import { watchConnectors } from '../../connectors/debezium/watcher.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { testStack } from '../support/stack-file.ts';
import { until } from '../support/until.ts';
import { dropSlot, mariadbToCapture, postgresqlToCapture } from './connectors-databases.ts';
import type { CapturedDatabase } from './connectors-databases.ts';

const stack = testStack();
const client = createConnectClient({ url: stack.connect.url });
const admin = createKafka({ brokers: [stack.kafka.bootstrap], clientId: 'connectors-test' }).admin();

let oa: CapturedDatabase<BinlogSource>;
let books: CapturedDatabase<PostgresqlSource>;
let sources: readonly CaptureSource[];
let progress: ReturnType<typeof heartbeatProgress>;

const tables = (source: CaptureSource) =>
  source.kind === 'postgresql'
    ? [{ namespace: 'books', name: 'voucher' }]
    : [{ namespace: source.name, name: 'claim' }];

const end = async (topic: string) =>
  (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);

async function beatsTwice(source: CaptureSource): Promise<void> {
  const before = (await until(() => progress(source.name))) + 1n;
  await until(async () => ((await progress(source.name)) ?? 0n) > before);
}

beforeAll(async () => {
  await admin.connect();
  [oa, books] = await Promise.all([mariadbToCapture(), postgresqlToCapture()]);
  sources = [oa.source, books.source];
  progress = heartbeatProgress(admin, sources);
}, 60_000);

afterAll(async () => {
  for (const { name } of sources) await client.remove(name).catch(() => undefined);
  await until(async () => {
    const left = await client.connectors().catch(() => null);
    return left !== null && sources.every(({ name }) => !left.has(name));
  });
  await dropSlot(books.source);
  await Promise.all([oa.close(), books.close()]);
  const topics = (await admin.listTopics()).filter((topic) =>
    sources.some(({ name }) => topic === name || topic.startsWith(`${name}.`) || topic.endsWith(`.${name}`)),
  );
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}, 60_000);

describe('rendered connectors', () => {
  test('are valid for Connect and enough for a user with least rights', async () => {
    const mysql: CaptureSource = { ...oa.source, kind: 'mysql' };
    for (const source of [...sources, mysql])
      expect(await client.validate(renderConnector(source))).toEqual([]);
  }, 60_000);

  test('are rejected, setting by setting, when the database does not let them in', async () => {
    const wrong = [
      renderConnector({ ...oa.source, name: `${oa.source.name}x`, password: new Secret('wr0ng-secret') }),
    ];
    const attempt = applyConnectors(client, diffConnectors(new Map(), wrong), wrong);
    await expect(attempt).rejects.toMatchObject({
      code: 'CONNECTOR_REJECTED',
      message: expect.stringMatching(/x: database\.hostname: .*Access denied/) as unknown,
    });
    await expect(attempt).rejects.not.toMatchObject({
      message: expect.stringContaining('wr0ng-secret') as unknown,
    });
    expect((await client.connectors()).has(`${oa.source.name}x`)).toBe(false);
  }, 60_000);
});

describe('topics', () => {
  test('are created once, as planned; what exists already is left alone and compared', async () => {
    const [claim] = tables(oa.source).map((table) => topicNameOf(oa.source.name, table, oa.source.naming));
    await admin.createTopics({
      topics: [
        {
          topic: claim ?? '',
          numPartitions: 1,
          replicationFactor: 1,
          configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
        },
      ],
    });
    for (const source of sources) {
      const plan = await planTopics(admin, source, tables(source));
      const { created, differences } = await provisionTopics(admin, plan);
      const mine = source === oa.source;
      expect(created).toHaveLength(mine ? 5 : 4);
      expect(differences.map(({ topic, setting }) => `${topic} ${setting}`)).toEqual(
        mine
          ? [`${claim ?? ''} partitions`, `${claim ?? ''} cleanup.policy`, `${claim ?? ''} max.message.bytes`]
          : [],
      );
      expect((await provisionTopics(admin, await planTopics(admin, source, tables(source)))).created).toEqual(
        [],
      );
    }
    const [voucher] = (await admin.fetchTopicMetadata({ topics: [`${books.source.name}.books.voucher`] }))
      .topics;
    expect(voucher?.partitions).toHaveLength(3);
  }, 60_000);
});

describe('applied connectors', () => {
  test('capture tables and heartbeats, and differ no more', async () => {
    const desired = sources.map(renderConnector);
    const first = diffConnectors(await client.connectors(), desired);
    expect((await applyConnectors(client, first, desired)).put).toEqual(desired.map(({ name }) => name));

    await until(async () => {
      const statuses = await connectorStatus(
        client,
        desired.map(({ name }) => name),
      );
      expect(statuses.flatMap(({ failure }) => failure ?? [])).toEqual([]);
      return statuses.every(({ health }) => health === 'running');
    });
    const second = diffConnectors(await client.connectors(), desired);
    const names = desired.map(({ name }) => name);
    expect(second.changes.filter(({ name }) => names.includes(name)).map(({ kind }) => kind)).toEqual([
      'unchanged',
      'unchanged',
    ]);

    await Promise.all(sources.map(beatsTwice));
    await oa.query(`INSERT INTO ${oa.source.name}.claim VALUES (2, 2.00)`);
    await oa.query(`INSERT INTO ${oa.source.name}.private VALUES (1)`);
    await books.query('INSERT INTO books.voucher VALUES (2, 2.00)');
    await until(async () => (await end(`${oa.source.name}.${oa.source.name}.claim`)) >= 3);
    await until(async () => (await end(`${books.source.name}.books.voucher`)) >= 3);
    expect(await admin.listTopics()).not.toContain(`${oa.source.name}.${oa.source.name}.private`);
  }, 120_000);

  /** Watches while `fault` happens, until the heartbeats go on. */
  async function survives(database: CapturedDatabase<CaptureSource>): Promise<readonly ConnectorStatus[]> {
    const { source } = database;
    const controller = new AbortController();
    const statuses: ConnectorStatus[] = [];
    const restarted: number[] = [];
    const watching = watchConnectors({
      client,
      connectors: [source.name],
      telemetry: {
        emit: (event) => {
          if (event.type === 'connector-restarted') restarted.push(event.attempt);
        },
      },
      intervalMs: 200,
      backOff: { firstMs: 100, maxMs: 2_000, healthyMs: 60_000 },
      clock: {
        now: Date.now,
        sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
      },
      random: Math.random,
      signal: controller.signal,
      onStatus: (status) => void statuses.push(status),
      silence: { limitMs: 4_000, progress },
    });
    try {
      await beatsTwice(source);
      expect(await database.endCapture()).toBe(1);
      await until(() => Promise.resolve(restarted.length > 0));
      await beatsTwice(source);
    } finally {
      controller.abort();
      await watching;
    }
    return statuses;
  }

  test('are restarted when their session is ended (PostgreSQL: the task fails)', async () => {
    const statuses = await survives(books);
    const failed = statuses.find(({ health }) => health === 'failed');
    expect(failed?.failure?.known?.id).toBe('database-unavailable');
  }, 90_000);

  test('are restarted when their session is ended (MariaDB: it goes on saying that it runs)', async () => {
    const statuses = await survives(oa);
    const failed = statuses.find(({ health }) => health === 'failed');
    expect(failed?.failure?.known?.id).toBe('silence');
  }, 90_000);
});
