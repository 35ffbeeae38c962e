import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { exitError, PartRunner, runHelper } from '../../../stack/part-runner.ts';
import type { Part } from '../../../stack/parts/part.ts';
import { isAlive } from '../../../stack/process.ts';
import { untilReady } from '../../../stack/readiness.ts';
import type { PartExit } from '../../../stack/stack-types.ts';

let directory: string;
const runners: PartRunner[] = [];
const never = new AbortController().signal;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runner-'));
  await mkdir(join(directory, 'logs'));
});

afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.kill('SIGKILL')));
  await rm(directory, { recursive: true });
});

/** A part whose program is a shell script. */
function runnerOf(
  script: string,
  probe: Part['probe'],
  onExit: (exit: PartExit) => void = () => undefined,
): PartRunner {
  const marker = `marker=${directory}`;
  const runner = new PartRunner(
    {
      name: 'kafka',
      prepare: () => Promise.resolve(),
      process: {
        command: '/bin/sh',
        args: ['-c', script, 'sh', marker],
        env: { PATH: '/usr/bin:/bin' },
        cwd: directory,
        marker,
      },
      probe,
      stopSignal: 'SIGTERM',
      stopMilliseconds: 5_000,
    },
    directory,
    onExit,
  );
  runners.push(runner);
  return runner;
}

const answers = (): Promise<void> => Promise.resolve();
const isSilent = (): Promise<void> => Promise.reject(new Error('connection refused'));

test('a part that ends at its start is named, with how, the end of its log and what to do', async () => {
  const runner = runnerOf(
    'echo starting; echo java.net.BindException: Address already in use; exit 3',
    isSilent,
  );
  await runner.spawn();
  const failure: unknown = await runner.untilReady(20_000, never).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CounterfoilError);
  expect(failure).toMatchObject({
    code: 'STACK_FAILED',
    message:
      'kafka ended with exit code 3; its last lines:\n  starting\n  java.net.BindException: Address already in use',
    remedy: expect.stringContaining('port') as string,
  });
});

test('a part is not taken for ready when another program answers on its port', async () => {
  const runner: PartRunner = runnerOf('echo cannot bind; exit 1', async () => {
    // The other program answers when ours has given up.
    if (await runner.isAlive()) throw new Error('connection refused');
  });
  await runner.spawn();
  await expect(runner.untilReady(20_000, never)).rejects.toThrow('kafka ended with exit code 1');
});

test('a part that is too slow is named', async () => {
  const runner = runnerOf('echo thinking; sleep 60; true', isSilent);
  await runner.spawn();
  await expect(runner.untilReady(300, never)).rejects.toThrow(
    'kafka did not answer within 0 s; its last lines:\n  thinking',
  );
});

test('an abort ends the wait with its own reason', async () => {
  const runner = runnerOf('sleep 60; true', isSilent);
  await runner.spawn();
  const abort = new AbortController();
  const waiting = runner.untilReady(20_000, abort.signal);
  abort.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
});

test('an accident is told, a stop is not', async () => {
  const exits: PartExit[] = [];
  let told: () => void = () => undefined;
  const accident = new Promise<void>((resolve) => (told = resolve));
  const runner = runnerOf('echo up; sleep 60; true', answers, (exit) => {
    exits.push(exit);
    told();
  });
  await runner.spawn();
  await runner.untilReady(5_000, never);
  expect(await runner.stop()).toBe(true);
  expect(await runner.stop()).toBe(false);
  expect(exits).toEqual([]);

  await runner.spawn();
  await runner.kill('SIGKILL');
  await accident;
  expect(exits).toEqual([
    expect.objectContaining({ part: 'kafka', code: null, signal: 'SIGKILL', cause: 'failed' }),
  ]);
  expect(await runner.isAlive()).toBe(false);
});

test('a process of another launcher is watched and stopped as its own', async () => {
  const first = runnerOf('sleep 60; true', answers);
  await first.spawn();
  const { process } = first.record!;
  const ended = new Promise<PartExit>((resolve) => {
    const second = runnerOf('', answers, resolve);
    second.adopt(process);
    void second.isAlive().then((alive) => {
      expect(alive).toBe(true);
      return first.kill('SIGTERM');
    });
  });
  expect(await ended).toMatchObject({ part: 'kafka', cause: 'failed' });
  expect(await isAlive(process)).toBe(false);
});

test.each([
  ['FATAL: could not write file: No space left on device', 'the disk is full'],
  ["2026 [ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use", 'its port'],
  ['java.lang.OutOfMemoryError: Java heap space', 'memory'],
  ['something else', 'see its log'],
])('what to do about: %s', (line, remedy) => {
  const exit = { part: 'postgres', code: 1, signal: null, cause: 'failed', log: [line] } as const;
  expect(exitError(exit).remedy).toContain(remedy);
});

test('a helper that fails is named with its output; an aborted one is killed', async () => {
  const request = { command: '/bin/sh', env: {}, cwd: directory, marker: '' };
  await runHelper({ ...request, args: ['-c', 'exit 0'] }, 'mariadb', never);
  await expect(
    runHelper({ ...request, args: ['-c', 'echo no space >&2; exit 2'] }, 'mariadb', never),
  ).rejects.toThrow('mariadb ended with exit code 2; its last lines:\n  no space');
  await expect(runHelper({ ...request, command: '/no/such', args: [] }, 'mariadb', never)).rejects.toThrow(
    'mariadb: cannot run /no/such',
  );
  const abort = new AbortController();
  const running = runHelper({ ...request, args: ['-c', '/bin/sleep 60; true'] }, 'mariadb', abort.signal);
  setImmediate(() => {
    abort.abort(new Error('interrupted'));
  });
  await expect(running).rejects.toThrow('interrupted');
});

test('readiness is asked for until it is there', async () => {
  let asked = 0;
  await untilReady(() => (++asked < 3 ? isSilent() : answers()), never);
  expect(asked).toBe(3);
});
