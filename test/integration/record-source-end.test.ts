import type { Consumer } from 'kafkajs';
import { membersOf } from '../../connectors/kafka/group-members.ts';
import { Route } from '../support/recording-route.ts';
import { uniqueName } from '../support/stack-file.ts';
import { newKafka, TopicBench } from '../support/topic-bench.ts';

const bench = new TopicBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

test('stopping finishes the batch in hand', async () => {
  const topic = await bench.newTopic();
  await bench.produce(topic, ['in hand']);
  const route = new Route();
  let open: () => void = () => undefined;
  route.gate = new Promise((resolve) => (open = resolve));
  const abort = new AbortController();
  const run = bench.sourceOf([topic]).run(route, abort.signal);
  while (route.batches === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  open();
  await expect(run).resolves.toBe('stopped');
  expect(route.values).toEqual(['in hand']);
  expect(route.positions.get(`${topic}/0`)).toBe(1n);
});

test('a member that waits to join is stopped at once, and leaves when it has joined after all', async () => {
  const topic = await bench.newTopic();
  const groupId = uniqueName('group');
  await bench.produce(topic, ['holds up the group']);
  const busy = bench.kafka.consumer({
    ...{ groupId, sessionTimeout: 60_000, rebalanceTimeout: 60_000 },
    partitionAssigners: [membersOf('test')],
  });
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  await busy.connect();
  await busy.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const eachMessage = () => {
      resolve();
      return gate;
    };
    busy.run({ eachMessage }).catch(reject);
  });
  const members = async () => (await bench.admin.describeGroups([groupId])).groups[0]!;

  const abort = new AbortController();
  const run = bench.sourceOf([topic], { groupId }).run(new Route(), abort.signal);
  while ((await members()).state !== 'PreparingRebalance');
  const asked = Date.now();
  abort.abort();
  await expect(run).resolves.toBe('stopped');
  expect(Date.now() - asked).toBeLessThan(8_000);

  open();
  let group: Awaited<ReturnType<typeof members>>;
  do group = await members();
  while (group.state !== 'Stable' || group.members.length !== 1);
  await busy.disconnect();
}, 90_000);

test('who does other work under the name of a group is refused, and takes no partition from it', async () => {
  const topic = await bench.newTopic();
  const groupId = uniqueName('group');
  await bench.produce(topic, ['a']);
  const route = new Route();
  const abort = new AbortController();
  const run = bench.sourceOf([topic], { groupId }).run(route, abort.signal);
  await route.until(() => route.values.includes('a'));
  const other = bench.sourceOf([await bench.newTopic()], { groupId, identity: 'other work' });
  await expect(other.run(new Route(), abort.signal)).rejects.toMatchObject({
    code: 'GROUP_CONFLICT',
    message: expect.stringContaining(groupId) as string,
  });
  await bench.produce(topic, ['b']);
  await route.until(() => route.values.includes('b'));
  abort.abort();
  await run;
});

test('a consumer that does not end is left behind, once the batch in hand is finished', async () => {
  const topic = await bench.newTopic();
  await bench.produce(topic, ['in hand']);
  const consumers: Consumer[] = [];
  const stuck = newKafka();
  stuck.consumer = (settings) => {
    const consumer = bench.kafka.consumer(settings);
    consumers.push(consumer);
    return { ...consumer, disconnect: () => new Promise<void>(() => undefined) };
  };
  const route = new Route();
  let open: () => void = () => undefined;
  route.gate = new Promise((resolve) => (open = resolve));
  const abort = new AbortController();
  let over = false;
  const run = bench
    .sourceOf([topic], { kafka: stuck })
    .run(route, abort.signal)
    .finally(() => (over = true));
  while (route.batches === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  // The batch is not given up, however long it takes.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(over).toBe(false);
  open();
  await expect(run).resolves.toBe('stopped');
  expect(route.values).toEqual(['in hand']);
  for (const consumer of consumers) await consumer.disconnect();
});
