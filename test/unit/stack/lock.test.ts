import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { acquireLock, tryLock, withLock } from '../../../stack/lock.ts';

const name = (): string => `test ${process.pid.toString()} ${Math.random().toString()}`;
const nobody = (): void => undefined;

test('only one holds a lock; a release lets the next one in', async () => {
  const lock = name();
  const first = await tryLock(lock);
  expect(first).not.toBeNull();
  expect(await tryLock(lock)).toBeNull();
  await first?.release();
  const second = await tryLock(lock);
  expect(second).not.toBeNull();
  await second?.release();
});

test('work under one lock never overlaps', async () => {
  const lock = name();
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(lock, nobody, undefined, work)));
  expect(most).toBe(1);
});

test('a lock is free again when its work throws', async () => {
  const lock = name();
  const failing = withLock(lock, nobody, undefined, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const next = await tryLock(lock);
  expect(next).not.toBeNull();
  await next?.release();
});

test('whoever waits is told so once, and gets the lock of an owner that is killed', async () => {
  const lock = name();
  const module = fileURLToPath(new URL('../../../stack/lock.ts', import.meta.url));
  const script = `const { acquireLock } = await import(${JSON.stringify(module)});
    await acquireLock(${JSON.stringify(lock)}, () => {});
    console.log('held');
    setInterval(() => {}, 60000);`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');
  const waiting: string[] = [];
  const acquired = acquireLock(lock, () => {
    waiting.push('told');
    owner.kill('SIGKILL');
  });
  const held = await acquired;
  expect(waiting).toEqual(['told']);
  await held.release();
});

test('an abort ends the wait', async () => {
  const lock = name();
  const held = await tryLock(lock);
  const abort = new AbortController();
  const waiting = acquireLock(
    lock,
    () => {
      abort.abort(new Error('enough'));
    },
    abort.signal,
  );
  await expect(waiting).rejects.toThrow('enough');
  await held?.release();
});
