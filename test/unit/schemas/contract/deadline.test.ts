import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withDeadline } from '../../../../schemas/contract/deadline.ts';

const never = new AbortController().signal;

/** Looks now and then, as those do who wait for something that tells nobody. */
async function untilAborted(signal: AbortSignal, between: () => void = () => undefined): Promise<unknown> {
  while (!signal.aborted) {
    between();
    await sleep(5, undefined, { signal }).catch(() => undefined);
  }
  return signal.reason;
}

test('work that looks now and then is told when its time is over, although nobody holds the signals but it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await expect(withDeadline(never, 50, (until) => untilAborted(until, collect))).resolves.toMatchObject({
    name: 'TimeoutError',
  });
});

test('it is told when the one who ordered it gives up, with the reason', async () => {
  const order = new AbortController();
  const work = withDeadline(order.signal, 60_000, (until) => untilAborted(until));
  order.abort('enough');
  await expect(work).resolves.toBe('enough');
});

test('what the work throws is thrown, and what it has is handed on', async () => {
  await expect(withDeadline(never, 60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withDeadline(never, 60_000, () => Promise.resolve(7))).resolves.toBe(7);
});
