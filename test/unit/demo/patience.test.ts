import { jest } from '@jest/globals';
import { persist, type Patience } from '../../../stack/demo/activity/patience.ts';
import { failureOf } from '../../../stack/demo/activity/transient.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';

const patience = (over: Partial<Patience> = {}): Patience => ({
  database: 'the OA database',
  patienceMs: 5_000,
  unavailable: 'SOURCE_UNAVAILABLE',
  signal: new AbortController().signal,
  ...over,
});
const driverError = (code: string): Error =>
  Object.assign(new Error("Duplicate entry '张三' for key"), { code });

/** Fails with these codes, one a call, then succeeds; remembers what it was told. */
function flaky(...codes: string[]): { attempt: (uncertain: boolean) => Promise<string>; told: boolean[] } {
  const told: boolean[] = [];
  return {
    told,
    attempt: (uncertain) => {
      told.push(uncertain);
      const code = codes[told.length - 1];
      return code === undefined ? Promise.resolve('done') : Promise.reject(driverError(code));
    },
  };
}

test('a conflict is tried again on the same connection', async () => {
  const { attempt, told } = flaky('ER_LOCK_DEADLOCK', '40001');
  const disconnect = jest.fn();
  expect(await persist(attempt, disconnect, patience(), 'x')).toEqual({ result: 'done', retries: 2 });
  expect(told).toEqual([false, false, false]);
  expect(disconnect).not.toHaveBeenCalled();
});

test('a lost connection is replaced, and the next attempt knows that the last may have been committed', async () => {
  const { attempt, told } = flaky('ECONNRESET', '57P01', 'ER_LOCK_DEADLOCK');
  const disconnect = jest.fn();
  expect(await persist(attempt, disconnect, patience(), 'x')).toEqual({ result: 'done', retries: 3 });
  expect(told).toEqual([false, true, true, true]);
  expect(disconnect).toHaveBeenCalledTimes(2);
});

test('a refusal is final and does not repeat what the database said about values', async () => {
  const { attempt, told } = flaky('ER_BAD_FIELD_ERROR');
  const failure = persist(attempt, () => undefined, patience(), 'action 3 (submit)').catch(
    (error: unknown) => error,
  );
  const error = (await failure) as CounterfoilError;
  expect(error.code).toBe('INTERNAL');
  expect(error.message).toBe('the OA database refused action 3 (submit) (ER_BAD_FIELD_ERROR)');
  expect(error.cause).toBeUndefined();
  expect(told).toHaveLength(1);
});

test('a duplicate is a refusal, unless the row may be our own from a commit out of sight', async () => {
  await expect(persist(flaky('ER_DUP_ENTRY').attempt, () => undefined, patience(), 'x')).rejects.toThrow(
    'refused',
  );
  const { result } = await persist(flaky('EPIPE', '23505').attempt, () => undefined, patience(), 'x');
  expect(result).toBe('done');
});

test('patience ends', async () => {
  const away = () => Promise.reject(driverError('ECONNREFUSED'));
  const failure = persist(away, () => undefined, patience({ patienceMs: 30 }), 'action 3 (submit)');
  await expect(failure).rejects.toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    remedy: expect.stringContaining('runs') as string,
  });
});

test('an abort ends the wait at once', async () => {
  const stop = new AbortController();
  const attempt = () => {
    stop.abort();
    return Promise.reject(driverError('ECONNREFUSED'));
  };
  await expect(persist(attempt, () => undefined, patience({ signal: stop.signal }), 'x')).rejects.toThrow(
    'did not take x',
  );
});

test('our own errors pass unchanged', async () => {
  const own = new CounterfoilError('TARGET_MISCONFIGURED', 'no accounting period is open');
  await expect(
    persist(
      () => Promise.reject(own),
      () => undefined,
      patience(),
      'x',
    ),
  ).rejects.toBe(own);
});

test.each([
  [driverError('08006'), 'connection'],
  [driverError('57P03'), 'connection'],
  [driverError('40P01'), 'conflict'],
  [driverError('42P01'), 'fatal'],
  [new Error('Connection terminated unexpectedly'), 'connection'],
  [new Error("Can't add new command when connection is in closed state"), 'connection'],
  [new Error('something else'), 'fatal'],
  ['a text', 'fatal'],
  [{ code: 42 }, 'fatal'],
])('%p is judged %s', (error, failure) => {
  expect(failureOf(error)).toBe(failure);
});
