import { mkdir, mkdtemp, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLogs, removeStack, stackStatus, stopStack } from '../../../stack/commands.ts';
import { DEFAULT_PORTS } from '../../../stack/ports.ts';
import { identify, isAlive, startProcess, type ProcessIdentity } from '../../../stack/process.ts';
import { addressesOf } from '../../../stack/stack-parts.ts';
import { readState, writeState, type StackState } from '../../../stack/state.ts';
import type { PartName, StackEvent } from '../../../stack/stack-types.ts';
import { PART_NAMES } from '../../../stack/stack-types.ts';

let directory: string;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'commands-')));
  await mkdir(join(directory, 'logs'));
});

afterEach(async () => {
  await removeStack(directory, { sharedFolder: join(directory, 'shared') });
});

/** A stack whose parts are processes that do nothing. */
async function stackOf(change: Partial<StackState> = {}): Promise<StackState> {
  const entries = await Promise.all(
    PART_NAMES.map(async (part) => {
      const process = await sleeper(part);
      return [part, { process, stopSignal: 'SIGTERM', stopMilliseconds: 5_000 }] as const;
    }),
  );
  const state: StackState = {
    version: 1,
    name: 'test',
    phase: 'running',
    mode: 'detached',
    launcher: await identify(process.pid, ''),
    startedAt: '2026-01-01T00:00:00.000Z',
    ports: DEFAULT_PORTS,
    addresses: addressesOf(DEFAULT_PORTS, { mariadb: 'm', postgres: 'p' }),
    parts: Object.fromEntries(entries),
    ...change,
  };
  await writeState(directory, state);
  return state;
}

async function sleeper(part: PartName): Promise<ProcessIdentity> {
  const marker = `60.${Math.floor(Math.random() * 1e9).toString()}`;
  const request = { command: '/bin/sleep', args: [marker], env: {}, cwd: directory, marker };
  return (await startProcess(request, join(directory, 'logs', `${part}.log`))).identity;
}

const deadLauncher = { pid: 1, startTicks: 1, bootId: 'another', marker: '' };

test.each([
  ['running', {}],
  ['starting', { phase: 'starting' }],
  ['stopping', { phase: 'stopping' }],
  ['running', { mode: 'attached' }],
  ['abandoned', { mode: 'attached', launcher: deadLauncher }],
  ['running', { mode: 'detached', launcher: deadLauncher }],
  ['abandoned', { phase: 'starting', launcher: deadLauncher }],
] as const)('a stack is %s with %j', async (condition, change) => {
  await stackOf(change);
  expect((await stackStatus(directory)).condition).toBe(condition);
});

test('a stack that lost a part is degraded, and says which', async () => {
  const { parts } = await stackOf();
  process.kill(parts.registry!.process.pid, 'SIGKILL');
  while (await isAlive(parts.registry!.process)) await new Promise(setImmediate);
  const status = await stackStatus(directory);
  expect(status.condition).toBe('degraded');
  expect(status.parts.filter((part) => !part.alive).map((part) => part.part)).toEqual(['registry']);
  expect(status.addresses?.kafka.bootstrap).toBe('127.0.0.1:19092');
});

test('a folder without a stack has none, and there is nothing to stop', async () => {
  expect((await stackStatus(directory)).condition).toBe('absent');
  expect((await stackStatus(join(directory, 'nowhere'))).condition).toBe('absent');
  expect(await stopStack(directory)).toBe(false);
  expect(await stopStack(join(directory, 'nowhere'))).toBe(false);
});

test('a stop ends every part in order and is remembered', async () => {
  const { parts } = await stackOf();
  const events: StackEvent[] = [];
  expect(await stopStack(directory, { report: (event) => events.push(event) })).toBe(true);
  for (const part of PART_NAMES) expect(await isAlive(parts[part]!.process)).toBe(false);
  const order = events.flatMap((event) => (event.type === 'part-stopped' ? [event.part] : []));
  expect(order[0]).toBe('connect');
  expect(order.at(-1)).toBe('kafka');
  // Nothing else is told: what an order to stop has stopped was not left behind by anybody.
  expect(events).toHaveLength(order.length);
  expect((await stackStatus(directory)).condition).toBe('absent');
  expect((await stackStatus(directory)).addresses).toBeNull();
});

test('removing deletes the folder with all data', async () => {
  await stackOf();
  await removeStack(directory);
  await expect(stat(directory)).rejects.toThrow('ENOENT');
});

test('the state is for its owner’s eyes, and an unreadable one is none', async () => {
  await stackOf({ phase: 'stopped', parts: {} });
  expect((await stat(join(directory, 'state.json'))).mode & 0o777).toBe(0o600);
  for (const text of ['', '{"version":1', '{"version":99}', 'null']) {
    await writeFile(join(directory, 'state.json'), text);
    expect(await readState(directory)).toBeNull();
  }
});

test('logs of a part, of its run before, and of a part there is not', async () => {
  await writeFile(join(directory, 'logs/kafka.log'), 'a\nb\nc\n');
  await writeFile(join(directory, 'logs/kafka.log.previous'), 'old\n');
  expect(await readLogs(directory, 'kafka', 2)).toEqual(['b', 'c']);
  expect(await readLogs(directory, 'kafka', 2, true)).toEqual(['old']);
  await expect(readLogs(directory, 'oracle' as PartName, 2)).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    remedy: 'choose one of kafka, registry, connect, mariadb, postgres',
  });
});
