import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import kafkajs from 'kafkajs';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { DeadLetter } from '../../schemas/contract/dead-letter.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Claim, Sink } from '../../schemas/contract/ports.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import { openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { createTopic } from '../support/topics.ts';
import { messagesOf } from '../../sinks/messages/message-rows.ts';
import { kafkaOfTest, messageSink, publisherOf } from './topics/bench.ts';
import type { Place } from './topics/bench.ts';
import { batchOf, claims, claimShape, idAt, rowAt, versionAt } from './topics/claims.ts';
import { readCommitted } from './topics/reading.ts';
import { registryGate } from './topics/registry-gate.ts';
import type { ReadMessage } from './topics/reading.ts';
import type { WorkerOrder } from './topics/worker.ts';

const { ConfigResourceTypes } = kafkajs;

let database: TestDatabase;
let place: Place & { readonly route: string; readonly topic: string };
const sinks: Sink[] = [];

beforeAll(() => {
  database = openPostgres();
});
afterAll(() => database.close());

beforeEach(async () => {
  const topic = uniqueName('raw');
  place = {
    ...{ topic, route: uniqueName('route'), prefix: uniqueName('canonical') },
    namespace: database.reserveNamespace('keeper'),
  };
  await withAdmin((admin) => createTopic(admin, topic));
});
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
  await withAdmin(async (admin) => {
    const topics = [place.topic, canonical()];
    const found = await admin.listTopics();
    await admin.deleteTopics({ topics: topics.filter((each) => found.includes(each)) });
    await admin.deleteGroups([`counterfoil.${place.route}.published`]).catch(() => undefined);
  });
  for (const subject of [`${canonical()}-key`, `${canonical()}-value`])
    await fetch(`${testStack().registry.url}/subjects/${subject}`, { method: 'DELETE' });
});

const canonical = () => `${place.prefix}.claim`;

describe('a committed reader sees each change once, in order', () => {
  test.each([
    ['before the position is looked at', 'sink:transaction-begun', 1],
    ['before the commit of the messages', 'publish:sent', 2],
    ['between the commits of messages and position', 'publish:committed', 1],
    ['between them, later', 'publish:committed', 4],
    ['before the commit of the position', 'sink:rows-written', 3],
    ['after it', 'sink:committed', 3],
  ])('killed %s', async (_, point, nth) => {
    const end = 90;
    const killed = await worker({ end, cut: 13, at: { point, nth, signal: 'SIGKILL' } }).ended;
    expect(killed).toMatchObject({ end: 'SIGKILL', last: `at ${point}` });
    // The batches are cut elsewhere than before.
    expect(await worker({ end, cut: 17 }).ended).toMatchObject({ last: 'done' });
    await expectHistory(end);
  });

  test('killed again and again', async () => {
    const end = 150;
    for (const [run, point] of [
      'publish:sent',
      'publish:committed',
      'publish:committed',
      'publish:sent',
    ].entries())
      await worker({ end, cut: 7 + 4 * run, at: { point, nth: 2, signal: 'SIGKILL' } }).ended;
    await worker({ end, cut: 10 }).ended;
    await expectHistory(end);
  });

  test.each(['publish:sent', 'publish:committed'])(
    'with a process that was taken for dead at %s',
    async (point) => {
      const end = 90;
      const zombie = worker({ end, cut: 13, at: { point, nth: 2, signal: 'SIGSTOP' } });
      await zombie.said(`at ${point}`);
      expect(await worker({ end, cut: 17 }).ended).toMatchObject({ last: 'done' });
      zombie.child.kill('SIGCONT');
      expect(await zombie.ended).toMatchObject({ last: 'STALE_WRITER' });
      await expectHistory(end);
    },
  );
});

test('a replay publishes again, from where it is told to', async () => {
  const sink = opened();
  let [claim] = await claimed(sink);
  for (const first of [0, 10, 20]) await sink.apply(batchOf(claim!, first, first + 10));
  const { topic } = place;
  await sink.rewind(place.route, [{ topic, partition: 0, next: offsetOf(20) }]);
  [claim] = await claimed(sink);
  expect(claim).toMatchObject({ next: 20n });
  await sink.apply(batchOf(claim!, 20, 30));
  const versions = (await readCommitted(canonical(), place)).map(({ version }) => version);
  expect(versions.filter((version) => version >= versionAt(20))).toHaveLength(20);
});

test('topics are compacted, have a schema with docs, and promise compatibility', async () => {
  const sink = opened();
  await sink.apply(batchOf((await claimed(sink))[0]!, 0, 10));
  const { registry } = testStack();
  const get = async (path: string) =>
    (await (await fetch(`${registry.url}${path}`)).json()) as Readonly<Record<string, string>>;
  const { schema } = await get(`/subjects/${canonical()}-value/versions/latest`);
  expect(JSON.parse(schema!)).toMatchObject({
    doc: 'A claim.',
    fields: [{ name: 'id', type: 'long' }, { name: 'amount', doc: '金额。Amount.' }, {}, {}],
  });
  expect(await get(`/config/${canonical()}-value`)).toMatchObject({
    compatibilityLevel: 'BACKWARD_TRANSITIVE',
  });
  await withAdmin(async (admin) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: canonical(), configNames: ['cleanup.policy'] }],
    });
    expect(resources[0]!.configEntries).toMatchObject([{ configValue: 'compact' }]);
  });
});

test('a change that readers cannot live with stops the route, and loses nothing', async () => {
  const before = opened();
  const [claim] = await claimed(before);
  await before.apply(batchOf(claim!, 0, 10));
  const columns = [
    ...claims.columns,
    { name: 'cost_center', type: { kind: 'text' }, nullable: false } as const,
  ];
  const changed = { ...claimShape, table: { ...claims, columns } };
  const after = messageSink(place, { shape: changed });
  sinks.push(after);
  await expect(after.planTable(claims)).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
  await expect(after.ensureTable(claims)).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
  const nullable = columns.map((column) => ({ ...column, nullable: column.name !== 'id' }));
  const mended = messageSink(place, { shape: { ...changed, table: { ...claims, columns: nullable } } });
  sinks.push(mended);
  await mended.ensureTable(claims);
  await before.apply(batchOf(claim!, 10, 20));
  await expectHistory(20);
});

test('another key is another topic', async () => {
  await opened().ensureTable(claims);
  const changed = messageSink(place, {
    shape: { ...claimShape, table: { ...claims, key: ['id', 'title'] } },
  });
  sinks.push(changed);
  await expect(changed.ensureTable(claims)).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
});

test('a registry that does not answer is waited for', async () => {
  const gate = await registryGate();
  const sink = messageSink({ ...place, registryUrl: gate.url });
  sinks.push(sink);
  gate.open = false;
  await expect(sink.ensureTable(claims)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  gate.open = true;
  await sink.apply(batchOf((await claimed(sink))[0]!, 0, 20));
  await expectHistory(20);
  gate.server.close();
});

test('a row that no message can hold is set aside, and published once when it is redriven', async () => {
  const sink = opened();
  const [claim] = await claimed(sink);
  const whole = batchOf(claim!, 0, 3);
  const unfit = whole.upserts.map((group) => ({
    ...group,
    rows: group.rows.map((row, at) => (at === 0 ? [row[0]!, '1.005', ...row.slice(2)] : row)),
  }));
  await expect(sink.apply({ ...whole, upserts: unfit })).rejects.toMatchObject({
    rejections: [{ key: rowKeyOf([idAt(0)]), version: versionAt(0), error: { code: 'ROW_REJECTED' } }],
  });
  const without = batchOf(claim!, 1, 3);
  await sink.apply({ ...without, first: offsetOf(0), letters: [letterAt(0)] });
  const [letter] = await sink.letters.list(place.route, { status: 'open' });
  expect(letter).toMatchObject({ offset: 0n, code: 'ROW_REJECTED' });
  const rows = batchOf(claim!, 0, 1);
  // A process died after the publication of the letter, before it could close it.
  const dying = publisherOf(place);
  const { messages } = messagesOf(rows, { shapeOf: () => claimShape, isRepeat: () => false });
  await dying.redrive(letter!, messages);
  await dying.close();
  expect(await sink.letters.redrive(letter!, rows, 'test')).toEqual({ withheld: [] });
  expect(await sink.letters.redrive(letter!, rows, 'test')).toBeNull();
  const versions = (await readCommitted(canonical(), place)).map(({ version }) => version);
  expect(versions.sort()).toEqual([versionAt(0), versionAt(1), versionAt(2)]);
});

function letterAt(offset: number): DeadLetter {
  return {
    ...{ route: place.route, key: rowKeyOf([idAt(offset)]), version: versionAt(offset), stage: 'apply' },
    record: {
      ...{ topic: place.topic, partition: 0, offset: offsetOf(offset), timestamp: 0 },
      ...{ key: Buffer.from('k'), value: Buffer.from('v'), headers: {} },
    },
    error: new CounterfoilError('ROW_REJECTED', 'does not fit'),
    mappingVersion: 'v1',
  };
}

function opened(): Sink {
  const sink = messageSink(place);
  sinks.push(sink);
  return sink;
}

async function claimed(sink: Sink): Promise<readonly Claim[]> {
  await sink.prepare();
  await sink.ensureTable(claims);
  return sink.claim(place.route, [{ topic: place.topic, partition: 0 }]);
}

/** The whole of it: nothing lost, nothing doubled, no row going back. */
async function expectHistory(end: number): Promise<void> {
  const messages = await readCommitted(canonical(), place);
  const versions = messages.map(({ version }) => version);
  expect(new Set(versions).size).toBe(versions.length);
  const ofRow = new Map<bigint, ReadMessage[]>();
  for (const message of messages) ofRow.set(message.id, [...(ofRow.get(message.id) ?? []), message]);
  for (let offset = 0; offset < end; offset += 1) {
    const changes = ofRow.get(idAt(offset)) ?? [];
    const order = changes.map(({ version }) => version);
    expect(order).toEqual([...order].sort());
    expect(new Set(changes.map(({ partition }) => partition)).size).toBe(1);
    const isNewest = !Array.from({ length: end - offset - 1 }, (_, at) => idAt(offset + 1 + at)).includes(
      idAt(offset),
    );
    if (!isNewest) continue;
    const last = changes.at(-1);
    expect(last).toMatchObject({ version: versionAt(offset) });
    expect(last?.value?.['title'] ?? null).toBe(rowAt(offset)?.['title'] ?? null);
    expect(last?.value === null).toBe(rowAt(offset) === null);
  }
}

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly end: number | string; readonly last: string }>;
  said(line: string): Promise<void>;
}

function worker(order: Pick<WorkerOrder, 'end' | 'cut' | 'at'>): Worker {
  const argument = JSON.stringify({ ...place, ...order });
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/integration/topics/worker.ts', argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const lines: string[] = [];
  const reading = createInterface({ input: child.stdout });
  reading.on('line', (line) => lines.push(line));
  const ended = Promise.all([once(child, 'exit'), once(reading, 'close')]).then(([[code, signal]]) => ({
    end: (signal ?? code) as number | string,
    last: lines.at(-1) ?? '',
  }));
  return {
    child,
    ended,
    said: async (line) => {
      while (!lines.includes(line)) await once(reading, 'line');
    },
  };
}

async function withAdmin<T>(
  work: (admin: ReturnType<ReturnType<typeof kafkaOfTest>['admin']>) => Promise<T>,
) {
  const admin = kafkaOfTest().admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
