import { readFileSync } from 'node:fs';
import { Receiver } from '../../../support/receiver.ts';
import { batch, claim } from './messages.ts';
import { closeAll, OAUTH, subject, untilPublished } from './subject.ts';

// How a receiver is reached: credentials, TLS, and what happens when it is not there. Against a real server.
afterEach(closeAll);

describe('credentials', () => {
  test.each(['basic', 'form'] as const)('are changed for a token, said by %s', async (clientAuth) => {
    const receiver = await Receiver.start({ oauth: OAUTH });
    const auth = { kind: 'oauth2', endpoint: `${receiver.url}/token`, clientAuth, ...OAUTH } as const;
    const { publisher } = await subject({ oauth: OAUTH }, { auth }, receiver);
    await publisher.publish(batch([claim(1, 1)]));
    expect(receiver.taken[0]!.headers.authorization).toBe('Bearer token-1');
  });

  test('one token is asked for, however many messages need it, and a new one before it expires', async () => {
    const { receiver, publisher } = await subject({ oauth: { ...OAUTH, lifetime: 2 } }, { concurrency: 8 });
    await publisher.publish(batch(Array.from({ length: 8 }, (_, id) => claim(id, 1))));
    expect(receiver.tokensGranted).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await publisher.publish(batch([claim(1, 2)], 1));
    expect(receiver.tokensGranted).toBe(2);
  });

  test('that have expired are renewed once', async () => {
    const { receiver, publisher, receptions } = await subject({ oauth: OAUTH });
    await publisher.publish(batch([claim(1, 1)]));
    receiver.expireTokens();
    await publisher.publish(batch([claim(1, 2)], 1));
    expect(receptions()).toEqual(['applied', 'unauthorized', 'applied']);
    expect(receiver.tokensGranted).toBe(2);
  });

  test('that are refused again are a fault of the configuration', async () => {
    const { publisher, receptions, receiver } = await subject({ oauth: OAUTH, refuse: () => 401 });
    await expect(publisher.publish(batch([claim(1, 1)]))).rejects.toMatchObject({
      code: 'TARGET_MISCONFIGURED',
    });
    expect(receptions()).toEqual(['unauthorized', 'unauthorized']);
    receiver.options = { oauth: OAUTH };
    await publisher.publish(batch([claim(1, 1)]));
  });

  test('that the token endpoint does not know are said with its own code, and without them', async () => {
    const receiver = await Receiver.start({ oauth: OAUTH });
    const auth = { kind: 'oauth2', endpoint: `${receiver.url}/token`, clientAuth: 'form' } as const;
    const wrong = { ...auth, clientId: 'counterfoil', clientSecret: 'wrong-secret' };
    const { publisher, receptions } = await subject({ oauth: OAUTH }, { auth: wrong }, receiver);
    const failure: unknown = await publisher.publish(batch([claim(1, 1)])).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'TARGET_MISCONFIGURED',
      message: `the token endpoint at localhost:${receiver.port} grants no token (invalid_client)`,
    });
    expect(JSON.stringify(failure)).not.toContain('wrong-secret');
    expect(receptions()).toEqual([]);
  });

  test.each([
    [{ kind: 'basic', user: 'u', password: 'p' } as const, 'Basic dTpw'],
    [{ kind: 'bearer', token: 'abc' } as const, 'Bearer abc'],
    [{ kind: 'none' } as const, undefined],
  ])('may be fixed', async (auth, expected) => {
    const { receiver, publisher } = await subject({}, { auth });
    await publisher.publish(batch([claim(1, 1)]));
    expect(receiver.taken[0]!.headers.authorization).toBe(expected);
  });
});

describe('a receiver that fails', () => {
  test('is left alone, and asked by single requests until it is back', async () => {
    const { receiver, publisher, events } = await subject(
      { fault: () => 'error-unheard' },
      { breaker: { failures: 5, firstMs: 2_000, maxMs: 2_000 } },
    );
    const messages = Array.from({ length: 200 }, (_, id) => claim(id, 1));
    const attempt = () => publisher.publish(batch(messages));
    await expect(attempt()).rejects.toMatchObject({ code: 'TARGET_UNAVAILABLE' });
    expect(receiver.requests).toBeLessThan(12);
    const before = receiver.requests;
    await expect(attempt()).rejects.toThrow(
      /left alone for [12] s after \d+ failures in a row, the last: .* answers 503/,
    );
    expect(receiver.requests).toBe(before);
    receiver.options = {};
    await untilPublished(publisher, [messages]);
    expect(receiver.taken).toHaveLength(200);
    const states = events.flatMap((event) => (event.type === 'breaker-state' ? [event.state] : []));
    expect(states.slice(0, 2)).toEqual(['closed', 'open']);
    expect(states.slice(-2)).toEqual(['probing', 'closed']);
  });

  test('and asks for a pause gets it: a short one is waited for, a long one is said at once', async () => {
    let throttled = 1;
    const { receiver, publisher, receptions } = await subject({
      ...{ retryAfter: '1', fault: () => (throttled-- > 0 ? 'throttle' : null) },
    });
    const started = performance.now();
    await publisher.publish(batch([claim(1, 1)]));
    expect(performance.now() - started).toBeGreaterThan(950);
    expect(receptions()).toEqual(['throttled', 'applied']);

    receiver.options = { retryAfter: '60', fault: () => 'throttle' };
    await expect(publisher.publish(batch([claim(1, 2)], 1))).rejects.toMatchObject({
      ...{
        code: 'TARGET_UNAVAILABLE',
        message: expect.stringMatching(/asks to be left alone for (59|60) s/) as string,
      },
    });
    const before = receiver.requests;
    await expect(publisher.publish(batch([claim(1, 2)], 1))).rejects.toThrow('asks to be left alone');
    expect(receiver.requests).toBe(before);
  });

  test('is shut down, and comes back on its port', async () => {
    const { receiver, publisher } = await subject();
    await publisher.publish(batch([claim(1, 1)]));
    const { port } = receiver;
    await receiver.close();
    await expect(publisher.publish(batch([claim(1, 2)], 1))).rejects.toMatchObject({
      code: 'TARGET_UNAVAILABLE',
    });
    await receiver.listen(port);
    await untilPublished(publisher, [[claim(1, 2)], 1]);
    expect(receiver.taken).toHaveLength(2);
  });
});

describe('TLS', () => {
  const [cert, key, other] = ['server.pem', 'server.key', 'other.pem'].map((file) =>
    readFileSync(`test/support/tls/${file}`, 'utf8'),
  ) as [string, string, string];

  test('goes to a receiver that is trusted', async () => {
    const { receiver, publisher } = await subject(
      { tls: { cert, key } },
      { tls: { ca: cert, rejectUnauthorized: true } },
    );
    await publisher.publish(batch([claim(1, 1)]));
    expect(receiver.taken).toHaveLength(1);
  });

  test.each([
    ['a certificate that another has signed', { ca: other, rejectUnauthorized: true }],
    ['a certificate that nobody known has signed', undefined],
  ])('refuses %s, and says so', async (_, tls) => {
    const { publisher } = await subject({ tls: { cert, key } }, { tls });
    await expect(publisher.publish(batch([claim(1, 1)]))).rejects.toMatchObject({
      code: 'TARGET_MISCONFIGURED',
    });
  });
});
