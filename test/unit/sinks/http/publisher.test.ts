import fc from 'fast-check';
import { RowRejectedError } from '../../../../schemas/contract/row-rejected.ts';
import { FAULTS } from '../../../support/receiver.ts';
import type { Fault, ReceiverOptions } from '../../../support/receiver.ts';
import { batch, claim, claims } from './messages.ts';
import { closeAll, OAUTH, paths, subject, untilPublished } from './subject.ts';

// Against a real server that fails as servers do.
afterEach(closeAll);

test('messages of a batch go out, several at once, and each once', async () => {
  const { receiver, publisher } = await subject();
  const messages = Array.from({ length: 20 }, (_, id) => claim(id, 5));
  await publisher.publish(batch([...messages, { ...claim(99, 6), body: null }]));
  expect(paths(receiver)).toHaveLength(21);
  expect(receiver.documents.size).toBe(20);
  expect(JSON.parse(receiver.documents.get('/claims/3')!.body)).toMatchObject({ data: { amount: '0.05' } });
});

test('a fault is tried again in place, with the same key and bytes', async () => {
  let left = 1;
  const { receiver, publisher, receptions } = await subject({
    fault: () => (left-- > 0 ? 'reset' : null),
  });
  await publisher.publish(batch([claim(1, 1)]));
  expect(receptions()).toEqual(['unavailable', 'applied']);
  expect(receiver).toMatchObject({ repeated: 1, violations: [] });
  expect(receiver.taken).toHaveLength(1);
});

test.each(FAULTS)('nothing is lost, doubled or reordered by %s', async (fault) => {
  // Not for ever: three senders in step, whose tokens expire with each third request, would never get through.
  let requests = 0;
  const failing = () => requests < 60 && requests++ % 3 === 0;
  const { receiver, publisher } = await subject(
    { oauth: OAUTH, lateMs: 300, fault: () => (failing() ? fault : null) },
    { timeoutMs: 100 },
  );
  for (const version of [1, 2, 3])
    await untilPublished(publisher, [[1, 2, 3, 4, 5].map((id) => claim(id, version)), version]);
  expect(receiver).toMatchObject({ violations: [], outdated: 0 });
  expect(receiver.taken).toHaveLength(15);
  for (const id of [1, 2, 3, 4, 5])
    expect(JSON.parse(receiver.documents.get(`/claims/${id}`)!.body)).toMatchObject({
      data: { amount: '0.03' },
    });
});

test('what has arrived of a batch is not sent again when the batch is', async () => {
  const { receiver, publisher } = await subject({
    fault: ({ path }) => (path === '/claims/2' ? 'error' : null),
  });
  const messages = [claim(1, 1), claim(2, 1), claim(3, 1)];
  await expect(publisher.publish(batch(messages))).rejects.toMatchObject({ code: 'TARGET_UNAVAILABLE' });
  receiver.options = {};
  const before = receiver.requests;
  await untilPublished(publisher, [messages]);
  expect(receiver.requests - before).toBe(1);
  // Published once more because the position could not be moved: nothing is sent at all.
  await publisher.publish(batch(messages));
  expect(receiver.requests - before).toBe(1);
});

test('a process that knows nothing of the one before sends what the receiver has already, and it is taken once', async () => {
  const first = await subject();
  await first.publisher.publish(batch([claim(1, 1), claim(2, 1)]));
  const second = await subject({}, {}, first.receiver);
  await second.publisher.publish(batch([claim(1, 1), claim(2, 1)]));
  expect(first.receiver).toMatchObject({ repeated: 2, violations: [] });
  expect(first.receiver.taken).toHaveLength(2);
});

describe('a refusal', () => {
  const refusing = (...statuses: readonly [path: string, status: number][]): ReceiverOptions => ({
    refuse: ({ path }) => new Map(statuses).get(path) ?? null,
  });

  test('sets its message aside, with the status and without what was sent or answered', async () => {
    const { receiver, publisher } = await subject(refusing(['/claims/2', 422]));
    const failure: unknown = await publisher
      .publish(batch([claim(1, 1, 1_234), claim(2, 1, 1_234), claim(3, 1)]))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RowRejectedError);
    const { rejections } = failure as RowRejectedError;
    expect(rejections.map(({ key }) => key)).toEqual([claim(2, 1).key]);
    expect(rejections[0]!.error).toMatchObject({
      ...{ code: 'ROW_REJECTED', message: 'the receiver refused a message of ap.claim (HTTP 422)' },
    });
    // The others have arrived, and are not sent again with what is left of the batch.
    expect(paths(receiver)).toEqual(['/claims/1', '/claims/3']);
    await publisher.publish(batch([claim(1, 1, 1_234), claim(3, 1)]));
    expect(receiver.requests).toBe(3);
  });

  test('is a message that cannot be written, too', async () => {
    const { receiver, publisher } = await subject();
    const bad = { ...claim(1, 1), body: { cells: { id: 1n, amount: Number.NaN }, nested: {} } };
    await expect(publisher.publish(batch([bad, claim(2, 1)]))).rejects.toBeInstanceOf(RowRejectedError);
    expect(paths(receiver)).toEqual(['/claims/2']);
  });

  test.each([403, 404])('of %s of all messages is a fault of the configuration', async (status) => {
    const { receiver, publisher } = await subject({ refuse: () => status });
    const messages = Array.from({ length: 500 }, (_, id) => claim(id, 1));
    await expect(publisher.publish(batch(messages))).rejects.toMatchObject({
      code: 'TARGET_MISCONFIGURED',
      message: `the endpoint of ap.claim takes no message (HTTP ${status})`,
    });
    expect(receiver.requests).toBeLessThan(20);
    receiver.options = {};
    await publisher.publish(batch(messages));
    expect(receiver.taken).toHaveLength(500);
  });

  test('of 404 among messages that are taken is the message’s own', async () => {
    const { publisher } = await subject(refusing(['/claims/2', 404]), { concurrency: 1 });
    await expect(publisher.publish(batch([claim(2, 1), claim(1, 1)]))).rejects.toBeInstanceOf(
      RowRejectedError,
    );
    // And it is believed afterwards, also of a message that comes alone, up to a point.
    for (let at = 1; at < 10; at += 1)
      await expect(publisher.publish(batch([claim(2, at)], at))).rejects.toBeInstanceOf(RowRejectedError);
    for (let at = 10; at < 13; at += 1)
      await expect(publisher.publish(batch([claim(2, 10)], 10))).rejects.toMatchObject({
        code: 'TARGET_MISCONFIGURED',
      });
    // A message that is taken proves the address again.
    await expect(publisher.publish(batch([claim(2, 10), claim(3, 1)], 10))).rejects.toBeInstanceOf(
      RowRejectedError,
    );
  });

  test('of a delete of what is not there is none', async () => {
    const { publisher, receptions } = await subject({ refuse: () => 404 });
    await publisher.publish(batch([{ ...claim(1, 1), body: null }]));
    expect(receptions()).toEqual(['known']);
  });

  test.each([301, 405, 415])('of %s never blames a message', async (status) => {
    const { publisher } = await subject(refusing(['/claims/2', status]));
    await expect(publisher.publish(batch([claim(1, 1), claim(2, 1)]))).rejects.toMatchObject({
      code: 'TARGET_MISCONFIGURED',
    });
  });
});

test('a table without an endpoint is a fault of the configuration, found before anything is sent', async () => {
  const { publisher } = await subject({}, { endpoints: [] });
  await expect(publisher.ensure(claims)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  await expect(publisher.plan(claims)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});

test('whatever fails when, the receiver ends with the newest of each key, having taken each change once', async () => {
  const faults = fc.array(fc.option(fc.constantFrom<Fault>(...FAULTS), { freq: 2 }), { maxLength: 40 });
  const history = fc.array(
    fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 5 }), gone: fc.boolean() }), {
      ...{ minLength: 1, maxLength: 5, selector: ({ id }) => id },
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(faults, history, async (plan, batches) => {
      const left = [...plan];
      const { receiver, publisher } = await subject(
        { oauth: OAUTH, lateMs: 60, fault: () => left.shift() ?? null },
        { timeoutMs: 40, breaker: { failures: 5, firstMs: 5, maxMs: 20 } },
      );
      const newest = new Map<string, boolean>();
      let changes = 0;
      for (const [at, rows] of batches.entries()) {
        const messages = rows.map(({ id, gone }) => {
          const upsert = claim(id, at + 1);
          return gone ? { ...upsert, body: null } : upsert;
        });
        await untilPublished(publisher, [messages, at]);
        changes += rows.length;
        for (const { id, gone } of rows) newest.set(`/claims/${id}`, !gone);
      }
      expect(receiver).toMatchObject({ violations: [], outdated: 0 });
      expect(receiver.taken).toHaveLength(changes);
      expect([...receiver.documents.keys()].sort()).toEqual(
        [...newest].flatMap(([path, there]) => (there ? [path] : [])).sort(),
      );
    }),
    { numRuns: 30 },
  );
}, 120_000);
