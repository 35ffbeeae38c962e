import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import { Breaker } from '../../../../sinks/http/breaker.ts';

let clock = 0;
let states: string[];
let breaker: Breaker;

beforeEach(() => {
  clock = 0;
  states = [];
  breaker = new Breaker(
    'gateway',
    { failures: 3, firstMs: 1_000, maxMs: 3_000 },
    (state, reason) => states.push(reason === null ? state : `${state}: ${reason}`),
    () => clock,
  );
});

const fails = (why = 'gateway answers 500') =>
  breaker.guard(() => Promise.reject(new CounterfoilError('TARGET_UNAVAILABLE', why))).catch(String);
async function failThrice(): Promise<void> {
  await fails();
  await fails();
  await fails();
}
const answers = () => breaker.guard(() => Promise.resolve('answer'));

test('opens after so many failures in a row, and not before', async () => {
  await fails();
  await fails();
  await expect(answers()).resolves.toBe('answer');
  await fails();
  await fails();
  expect(states).toEqual(['closed']);
  await fails('gateway answers 503');
  expect(states).toEqual(['closed', 'open: gateway answers 503']);
  let requests = 0;
  const request = () => Promise.resolve((requests += 1));
  await expect(breaker.guard(request)).rejects.toMatchObject({
    code: 'TARGET_UNAVAILABLE',
    message: 'gateway is left alone for 1 s after 3 failures in a row, the last: gateway answers 503',
  });
  expect(requests).toBe(0);
});

test('an answer that is an error of its message is a sign of life', async () => {
  await fails();
  await fails();
  const refused = new CounterfoilError('TARGET_MISCONFIGURED', 'no');
  await expect(breaker.guard(() => Promise.reject(refused))).rejects.toBe(refused);
  await fails();
  expect(breaker.closed).toBe(true);
});

test('one request at a time probes, in growing intervals, until one succeeds', async () => {
  await failThrice();
  // 1 s, 2 s, and never more than 3 s.
  for (const pause of [1_000, 2_000, 3_000, 3_000]) {
    clock += pause - 1;
    await expect(answers()).rejects.toMatchObject({ code: 'TARGET_UNAVAILABLE' });
    clock += 1;
    await fails();
  }
  clock += 3_000;
  let succeed: () => void = () => undefined;
  const probe = breaker.guard(() => new Promise<void>((resolve) => (succeed = resolve)));
  await expect(answers()).rejects.toThrow('gateway is being probed');
  succeed();
  await probe;
  await expect(answers()).resolves.toBe('answer');
  expect(states.slice(-2)).toEqual(['probing: gateway answers 500', 'closed']);

  // After a recovery it begins with the shortest pause again.
  await failThrice();
  clock += 1_000;
  await expect(answers()).resolves.toBe('answer');
});

test('requests that were under way when it opened do not make the pause longer', async () => {
  const errors: ((error: Error) => void)[] = [];
  const underWay = Array.from({ length: 8 }, () =>
    breaker.guard(() => new Promise((_, reject) => errors.push(reject))).catch(String),
  );
  for (const fail of errors) fail(new CounterfoilError('TARGET_UNAVAILABLE', 'reset'));
  await Promise.all(underWay);
  expect(states).toEqual(['closed', 'open: reset']);
  clock += 1_000;
  await expect(answers()).resolves.toBe('answer');
});
