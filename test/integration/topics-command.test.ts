import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigInput } from '../../app/config/schema.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import { openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';
import { counterfoil } from '../support/pipeline.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { kafkaOfTest, messageSink } from './topics/bench.ts';
import { batchOf, claims, claimShape, idAt } from './topics/claims.ts';
import { readCommitted } from './topics/reading.ts';

const names = {
  ...{ topic: uniqueName('raw'), route: uniqueName('route'), prefix: uniqueName('canonical') },
};
const canonical = `${names.prefix}.claim`;
let database: TestDatabase;
let sink: Sink;
let folder: string;

beforeAll(async () => {
  database = openPostgres();
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-topics-'));
  writeFileSync(join(folder, 'c.json'), JSON.stringify(configuration()));
  const admin = kafkaOfTest().admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: names.topic, numPartitions: 1 }] });
  await admin.disconnect();
  sink = messageSink({ ...names, namespace: database.reserveNamespace('keeper') });
  await sink.prepare();
  await sink.ensureTable(claims);
  const [claim] = await sink.claim(names.route, [{ topic: names.topic, partition: 0 }]);
  await sink.apply(batchOf(claim!, 0, 20));
  await readCommitted(canonical, names);
});
afterAll(async () => {
  await sink.close();
  await database.close();
  rmSync(folder, { recursive: true });
  const admin = kafkaOfTest().admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [names.topic, canonical] });
  await admin.deleteGroups([`counterfoil.${names.route}.published`]);
  await admin.disconnect();
});

test('list names the topic with what is registered of it', async () => {
  const [topic] = JSON.parse(await topics('list', '--json')) as Record<string, unknown>[];
  expect(topic).toMatchObject({
    ...{ topic: canonical, kind: 'canonical', partitions: 3, subject: `${canonical}-value`, version: 1 },
    compatibility: 'BACKWARD_TRANSITIVE',
  });
});

test('describe shows key, settings, and fields with their meaning', async () => {
  const described = await topics('describe', canonical);
  expect(described).toContain('key: id long');
  expect(described).toContain('cleanup.policy=compact');
  expect(described).toMatch(/amount +│ decimal\(18, 2\) +│ 金额。Amount\./);
});

test('tail shows decoded records: all, the newest, those of a key', async () => {
  const all = lines(await topics('tail', canonical, '--from-beginning', '--json'));
  const rows = new Set(Array.from({ length: 20 }, (_, offset) => idAt(offset)));
  expect(all).toHaveLength(rows.size);
  const id = idAt(16).toString();
  expect(all.find(({ key }) => key.id === id)).toMatchObject({
    value: { id, amount: '16.05', title: null, approved_at: null },
  });
  expect(lines(await topics('tail', canonical, '--max', '2', '--json'))).toHaveLength(2);
  expect(lines(await topics('tail', canonical, '--from-beginning', '--max', '3', '--json'))).toHaveLength(3);
  const deleted = lines(await topics('tail', canonical, '--key', idAt(17).toString(), '--json'));
  expect(deleted).toMatchObject([{ value: null }]);
});

test('a topic of nobody is an error', async () => {
  expect(await counterfoil('topics', 'tail', 'elsewhere', '-c', join(folder, 'c.json'))).toMatchObject({
    exitCode: 3,
  });
});

async function topics(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await counterfoil('topics', ...args, '-c', join(folder, 'c.json'));
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

function lines(text: string): { key: { id: string }; value: unknown }[] {
  return text.split('\n').map((line) => JSON.parse(line) as { key: { id: string }; value: unknown });
}

/** Nothing but the target is looked at. */
function configuration(): ConfigInput {
  const { kafka, connect, registry, postgres, mariadb } = testStack();
  const login = { user: 'nobody', password: 'nothing' };
  return {
    ...{
      kafka: { brokers: [kafka.bootstrap] },
      connect: { url: connect.url },
      registry: { url: registry.url },
    },
    sources: {
      oa: {
        ...{ kind: 'mariadb', port: mariadb.port, databases: ['oa'], serverId: 1, include: ['oa.*'] },
        ...{ capture: login, check: login, heartbeat: { table: 'oa.counterfoil_heartbeat' } },
      },
    },
    targets: {
      finance: { kind: 'postgresql', port: postgres.port, database: 'finance', sink: login, check: login },
      topics: { kind: 'kafka', keeper: 'finance', prefix: names.prefix },
    },
    routes: [
      {
        name: 'canonical',
        kind: 'entities',
        source: 'oa',
        target: 'topics',
        entities: [claimShape.table.id.name],
      },
    ],
  };
}
