import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../app/config/load.ts';
import type { ConfigInput } from '../../app/config/schema.ts';
import { fieldsOf } from '../../app/topics/schema-fields.ts';
import { tail } from '../../app/topics/tail.ts';
import type { TailSettings, TopicRecord } from '../../app/topics/tail.ts';
import { describeTopic } from '../../app/topics/topics.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import { openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';
import { counterfoil } from '../support/pipeline.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { createTopic } from '../support/topics.ts';
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
  await createTopic(admin, names.topic);
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

test('the command lists the topic with what is registered of it', async () => {
  const { exitCode, stdout } = await counterfoil('topics', 'list', '--json', '-c', file());
  expect(exitCode).toBe(0);
  const listed = JSON.parse(stdout) as readonly { readonly topic: string }[];
  expect(listed.filter(({ topic }) => topic === canonical)).toMatchObject([
    {
      ...{ topic: canonical, kind: 'canonical', partitions: 3, subject: `${canonical}-value`, version: 1 },
      compatibility: 'BACKWARD_TRANSITIVE',
    },
  ]);
});

test('a description has key, settings, and fields with their meaning', async () => {
  const { key, schema, settings } = await describeTopic(loadConfig(file()), canonical);
  expect(fieldsOf(key!.schema)).toEqual([{ name: 'id', type: 'long', doc: null }]);
  expect(settings).toMatchObject({ 'cleanup.policy': 'compact' });
  expect(fieldsOf(schema!.schema)).toContainEqual({
    name: 'amount',
    type: 'decimal(18, 2)',
    doc: '金额。Amount.',
  });
});

test('records are decoded: all, the newest, those of a key', async () => {
  const rows = new Set(Array.from({ length: 20 }, (_, offset) => idAt(offset)));
  const all = await records({ fromBeginning: true });
  expect(all).toHaveLength(rows.size);
  expect(all.find(({ key }) => key?.['id'] === idAt(16))).toMatchObject({
    ...{ operation: null, fault: null },
    value: { id: idAt(16), amount: '16.05', title: null, approved_at: null },
  });
  // The newest offset of each partition is that of a transaction marker.
  expect(await records({ max: 1 })).toHaveLength(1);
  expect(await records({ max: 2 })).toHaveLength(2);
  expect(await records({ fromBeginning: true, max: 3 })).toHaveLength(3);
  expect(await records({ key: idAt(17).toString() })).toMatchObject([{ value: null }]);
});

test('a topic of nobody is an error', async () => {
  await expect(describeTopic(loadConfig(file()), 'elsewhere')).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
  });
});

const file = () => join(folder, 'c.json');

async function records(settings: Partial<TailSettings>): Promise<readonly TopicRecord[]> {
  const found: TopicRecord[] = [];
  const all: TailSettings = {
    fromBeginning: false,
    follow: false,
    max: Infinity,
    key: undefined,
    ...settings,
  };
  await tail(
    loadConfig(file()),
    canonical,
    all,
    (record) => {
      found.push(record);
    },
    new AbortController().signal,
  );
  return found;
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
