import { createTopic } from '../support/topics.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { RecordSource, SessionEnd } from '../../schemas/contract/ports.ts';
import { Route } from '../support/recording-route.ts';
import { uniqueName } from '../support/stack-file.ts';
import { TopicBench } from '../support/topic-bench.ts';

const bench = new TopicBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

async function inTransaction(
  topic: string,
  values: readonly string[],
  end: 'commit' | 'abort',
): Promise<void> {
  const producer = bench.kafka.producer({
    transactionalId: uniqueName('tx'),
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ value })) });
  await transaction[end]();
  await producer.disconnect();
}

/** Deletes what is before `offset`, as retention would. */
async function expire(topic: string, offset: string): Promise<void> {
  await bench.admin.fetchTopicOffsets(topic); // kafkajs knows no leader before it has asked for something
  await bench.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
}

/** The end once it is `expected`: markers are written after the commit returns. */
async function reachEnd(topic: string, expected: bigint): Promise<bigint> {
  let end: bigint;
  do end = await endOf(topic);
  while (end < expected);
  return end;
}

async function endOf(topic: string): Promise<bigint> {
  return (await bench.reader.ranges(topic))[0]!.high;
}

/** Runs sessions while `body` works, then stops; gives how the last one ended. */
async function whileRunning(
  source: RecordSource,
  route: Route,
  body: () => Promise<void>,
): Promise<SessionEnd> {
  const abort = new AbortController();
  const loop = (async () => {
    let end: SessionEnd;
    do end = await source.run(route, abort.signal);
    while (end === 'topics-changed');
    return end;
  })();
  await Promise.race([body(), loop]);
  abort.abort();
  return loop;
}

test('reads from the beginning, then from the position of the target, whatever the group offset says', async () => {
  const topic = await bench.newTopic();
  const source = bench.sourceOf([topic]);
  await bench.produce(topic, ['a', 'b', 'c']);
  const route = new Route();
  await whileRunning(source, route, () => route.until(() => route.values.length === 3));
  expect(route.values).toEqual(['a', 'b', 'c']);

  // The target was restored to an earlier state; the group's offset in Kafka is ahead of it.
  route.values.length = 0;
  route.positions.set(`${topic}/0`, 1n as Offset);
  await whileRunning(source, route, () => route.until(() => route.values.length === 2));
  expect(route.values).toEqual(['b', 'c']);
});

test('markers and aborted records are no rows, and the position moves over them to the very end', async () => {
  const topic = await bench.newTopic();
  await inTransaction(topic, ['kept'], 'commit');
  await inTransaction(topic, ['never', 'seen'], 'abort');
  const end = await reachEnd(topic, 5n); // three records and two markers
  const route = new Route();
  await whileRunning(bench.sourceOf([topic]), route, () =>
    route.until(() => route.positions.get(`${topic}/0`) === end),
  );
  expect(route.values).toEqual(['kept']);

  // A transaction that is aborted while the route has nothing else to read.
  const source = bench.sourceOf([topic]);
  await whileRunning(source, route, async () => {
    await inTransaction(topic, ['nothing'], 'abort');
    const later = await reachEnd(topic, end + 2n);
    await route.until(() => route.positions.get(`${topic}/0`) === later);
  });
  expect(route.values).toEqual(['kept']);
});

test('a topic that was re-created and has grown beyond the position stops the route; the same topic does not', async () => {
  const topic = await bench.newTopic();
  await bench.produce(topic, ['0', '1', '2']);
  const route = new Route();
  await whileRunning(bench.sourceOf([topic]), route, () => route.until(() => route.values.length === 3));
  await bench.produce(topic, ['3']);
  await whileRunning(bench.sourceOf([topic]), route, () => route.until(() => route.values.length === 4));

  await bench.admin.deleteTopics({ topics: [topic] });
  while ((await bench.admin.listTopics()).includes(topic));
  await createTopic(bench.admin, topic);
  await bench.produce(topic, ['a', 'b', 'c', 'd', 'e', 'f']);
  await expect(
    whileRunning(bench.sourceOf([topic]), route, () => new Promise(() => undefined)),
  ).rejects.toMatchObject({
    code: 'POSITION_LOST',
    message: expect.stringContaining('offsets 0 to 3') as string,
  });
  expect(route.values).toEqual(['0', '1', '2', '3']);
});

test('records that Kafka no longer holds stop the route, with the missing range', async () => {
  const topic = await bench.newTopic();
  await bench.produce(topic, ['0', '1', '2', '3', '4']);
  await expire(topic, '3');
  const route = new Route();
  route.positions.set(`${topic}/0`, 1n as Offset);
  await expect(
    whileRunning(bench.sourceOf([topic]), route, () => new Promise(() => undefined)),
  ).rejects.toMatchObject({
    code: 'POSITION_LOST',
    message: `offsets 1 to 2 of ${topic}/0 are no longer in Kafka and have not been applied`,
  });
  expect(route.values).toEqual([]);
});

test('records that are lost while the route is busy elsewhere are noticed as well', async () => {
  const topic = await bench.newTopic();
  await bench.produce(topic, ['0']);
  const route = new Route();
  const failed = whileRunning(bench.sourceOf([topic]), route, async () => {
    await route.until(() => route.values.length === 1);
    let open: () => void = () => undefined;
    route.gate = new Promise((resolve) => (open = resolve));
    await bench.produce(topic, ['1']);
    while (route.batches === 1) await new Promise((resolve) => setImmediate(resolve));
    await bench.produce(topic, ['2', '3']);
    await expire(topic, '4');
    open();
    await new Promise(() => undefined);
  });
  await expect(failed).rejects.toThrow('offsets 2 to 3');
  expect(route.values).toEqual(['0', '1']);
});

test('what is read while the end is being asked for is not taken for a topic that was cut', async () => {
  const topic = await bench.newTopic();
  await bench.produce(topic, ['a']);
  const route = new Route();
  let looks = 0;
  const slow: TopicReader = {
    ...bench.reader,
    ranges: async (name) => {
      const answer = await bench.reader.ranges(name);
      if (route.values.length === 0) return answer; // not yet past the claim
      looks++;
      await bench.produce(name, [`b${looks}`]);
      await route.until(() => route.values.includes(`b${looks}`));
      return answer;
    },
  };
  await whileRunning(bench.sourceOf([topic], { reader: slow }), route, () => route.until(() => looks >= 2));
  expect(route.values.slice(0, 2)).toEqual(['a', 'b1']);
});

test('a topic that was re-created is not taken for the one it replaces', async () => {
  const topic = await bench.newTopic();
  await bench.produce(topic, ['x']);
  const route = new Route();
  route.positions.set(`${topic}/0`, 4_711n as Offset);
  await expect(
    whileRunning(bench.sourceOf([topic]), route, () => new Promise(() => undefined)),
  ).rejects.toThrow(
    `${topic}/0 ends at offset 1, before the applied position 4711: it was re-created or cut`,
  );
});

test('a topic that appears later is read without a restart', async () => {
  const first = await bench.newTopic();
  const topics = [first];
  const source = bench.sourceOf([], { accepts: (topic) => topics.includes(topic) });
  await bench.produce(first, ['first']);
  const route = new Route();
  await whileRunning(source, route, async () => {
    await route.until(() => route.values.includes('first'));
    const second = await bench.newTopic();
    await bench.produce(second, ['second']);
    topics.push(second);
    await route.until(() => route.values.includes('second'));
  });
  expect(route.values).toEqual(['first', 'second']);
});

test('two members share the partitions, each record is handled once, and one takes over from the other', async () => {
  const topic = await bench.newTopic(4);
  const groupId = uniqueName('group');
  const shared = new Map<string, Offset>();
  const routes = [new Route(), new Route()].map((route) => Object.assign(route, { positions: shared }));
  const sources = routes.map(() => bench.sourceOf([topic], { groupId }));
  const total = () => routes.flatMap(({ values }) => values);
  const expected: string[] = [];
  const produceTo = async (round: string) => {
    const producer = bench.kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: 40 }, (_, i) => ({ partition: i % 4, value: `${round}${i}` }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    expected.push(...messages.map(({ value }) => value));
  };
  const all = () => Promise.any(routes.map((route) => route.until(() => total().length === expected.length)));

  const second = new AbortController();
  await whileRunning(sources[0]!, routes[0]!, async () => {
    await produceTo('a');
    await all();
    const other = sources[1]!.run(routes[1]!, second.signal);
    while (routes[1]!.values.length === 0) {
      await produceTo('b');
      await all();
    }
    second.abort();
    await other;
    await produceTo('c');
    await all();
  });
  expect(total().sort()).toEqual(expected.sort());
});
