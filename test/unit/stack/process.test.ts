import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  identify,
  isAlive,
  killTree,
  lastLines,
  signalProcess,
  startProcess,
  stopProcess,
  type ProcessIdentity,
  type StartedProcess,
} from '../../../stack/process.ts';
import { stopUnrecorded } from '../../../stack/leftovers.ts';

let folder: string;
const started: ProcessIdentity[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'process-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map(killTree));
  await rm(folder, { recursive: true });
});

/** A shell that runs `script`; its marker is an argument of its own, which it keeps as long as it does not `exec`. */
async function shell(script: string, log = 'out.log'): Promise<StartedProcess> {
  const marker = `marker=${folder}`;
  const process = await startProcess(
    {
      command: '/bin/sh',
      args: ['-c', script, 'sh', marker],
      env: { PATH: '/usr/bin:/bin' },
      cwd: folder,
      marker,
    },
    join(folder, log),
  );
  started.push(process.identity);
  return process;
}

/** A program that runs until it is ended, known by its one argument. */
async function sleeper(): Promise<StartedProcess> {
  const marker = `60.${Math.floor(Math.random() * 1e9).toString()}`;
  const request = { command: '/bin/sleep', args: [marker], env: {}, cwd: folder, marker };
  const process = await startProcess(request, join(folder, 'sleep.log'));
  started.push(process.identity);
  return process;
}

/** Waits for a line in the log: the signal that a script has come so far. */
async function logged(text: string, log = 'out.log'): Promise<void> {
  while (!(await readFile(join(folder, log), 'utf8')).includes(text)) await new Promise(setImmediate);
}

test('a process is alive until it ends, and its exit is told', async () => {
  const { identity, exited } = await sleeper();
  expect(await isAlive(identity)).toBe(true);
  expect(await stopProcess(identity, 'SIGTERM', 5_000)).toBe('stopped');
  expect(await exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(await isAlive(identity)).toBe(false);
});

test('a process that ends at once is told, not lost', async () => {
  const { exited } = await shell('exit 7');
  expect(await exited).toEqual({ code: 7, signal: null });
});

test.each([
  ['started at another time (the pid was given anew)', { startTicks: 1 }],
  ['of another boot', { bootId: 'another' }],
  ['with another command line', { marker: 'something else' }],
])('a process %s is never touched', async (_, change) => {
  const { identity } = await sleeper();
  const other = { ...identity, ...change };
  expect(await isAlive(other)).toBe(false);
  await signalProcess(other, 'SIGKILL');
  await killTree(other);
  expect(await stopProcess(other, 'SIGKILL', 100)).toBe('stopped');
  expect(await isAlive(identity)).toBe(true);
});

test('a process that ignores the signal is killed after its limit, with its children in other sessions', async () => {
  const { identity } = await shell('trap "" TERM; setsid sleep 61 & echo $! > child; echo ready; wait');
  await logged('ready');
  const child = await identify(Number(await readFile(join(folder, 'child'), 'utf8')), 'sleep');
  expect(await isAlive(child)).toBe(true);
  expect(await stopProcess(identity, 'SIGTERM', 200)).toBe('killed');
  expect(await isAlive(identity)).toBe(false);
  expect(await isAlive(child)).toBe(false);
});

test('a program that cannot be started is named', async () => {
  const request = { command: '/no/such/program', args: [], env: {}, cwd: folder, marker: '' };
  await expect(startProcess(request, join(folder, 'x.log'))).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: expect.stringContaining('/no/such/program') as string,
  });
});

test('the log of the run before is kept', async () => {
  await (
    await shell('echo first')
  ).exited;
  await (
    await shell('echo second')
  ).exited;
  expect(await lastLines(join(folder, 'out.log'), 5)).toEqual(['second']);
  expect(await lastLines(join(folder, 'out.log.previous'), 5)).toEqual(['first']);
});

test('the last lines of a long log, and of none', async () => {
  const file = join(folder, 'long.log');
  await writeFile(file, Array.from({ length: 100_000 }, (_, n) => `line ${n.toString()}\n`).join(''));
  expect(await lastLines(file, 2)).toEqual(['line 99998', 'line 99999']);
  expect(await lastLines(join(folder, 'none.log'), 2)).toEqual([]);
});

test('processes in no state are found by a whole argument, never by a part of one', async () => {
  const { identity } = await sleeper();
  expect(await stopUnrecorded([identity.marker.slice(0, -1)])).toBe(0);
  expect(await isAlive(identity)).toBe(true);
  expect(await stopUnrecorded([identity.marker])).toBe(1);
  expect(await isAlive(identity)).toBe(false);
});
