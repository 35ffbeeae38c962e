import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { removeStack, stackStatus } from '../../stack/commands.ts';
import { startStack } from '../../stack/launcher.ts';
import type { RunningStack } from '../../stack/running-stack.ts';
import type { PartExit, StackAddresses, StackEvent } from '../../stack/stack-types.ts';

// One story, in order: starting is dear, so the steps share what runs.
const directory = fileURLToPath(
  new URL(`../../.counterfoil/test-${process.pid.toString()}`, import.meta.url),
);
const options = { directory, environment: process.env, durable: false } as const;
const LIMIT = 240_000;

let launcher: ChildProcess;
let lines: Interface;
let addresses: StackAddresses;
let stack: RunningStack | undefined;
let schemaId: number;

beforeAll(async () => {
  const script = fileURLToPath(new URL('./stack-launcher.ts', import.meta.url));
  launcher = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  lines = createInterface({ input: launcher.stdout! });
  ({ addresses } = await nextLine<{ addresses: StackAddresses }>());
}, LIMIT);

afterAll(async () => {
  launcher.kill('SIGKILL');
  await removeStack(directory);
}, LIMIT);

test('says what runs, and a second start finds it running', async () => {
  const status = await stackStatus(directory);
  expect(status.condition).toBe('running');
  expect(status.parts.map((part) => part.alive)).toEqual([true, true, true, true, true]);
  const second = await startStack(options);
  expect(second.alreadyRunning).toBe(true);
  expect(second.addresses).toEqual(addresses);
});

test('offers the connectors, and a registry that speaks both of its languages', async () => {
  const plugins = (await json(`${addresses.connect.url}/connector-plugins`)) as { class: string }[];
  expect(plugins.map((plugin) => plugin.class)).toEqual(
    expect.arrayContaining([
      'io.debezium.connector.mariadb.MariaDbConnector',
      'io.debezium.connector.mysql.MySqlConnector',
      'io.debezium.connector.postgresql.PostgresConnector',
    ]),
  );
  schemaId = await registerSchema();
  expect(await schemaOf(schemaId)).toBe('"string"');
  expect(await json(`${addresses.registry.converterUrl}/ids/contentIds/${schemaId.toString()}`)).toBe(
    'string',
  );
  await sql('CREATE DATABASE kept');
  expect(await sql('SELECT user FROM mysql.user WHERE user = ""')).toEqual([]);
});

test('names the part that dies, with the end of its log, and can start it again alone', async () => {
  const handle = await startStack(options);
  const told = nextLine<PartExit>();
  await handle.killPart('mariadb');
  const exit = await told;
  expect(exit).toMatchObject({ part: 'mariadb', signal: 'SIGKILL', cause: 'failed' });
  expect(exit.log.join('\n')).toContain('ready for connections');
  expect((await stackStatus(directory)).condition).toBe('degraded');

  await handle.killPart('postgres');
  await Promise.all([handle.restartPart('mariadb'), handle.restartPart('postgres')]);
  expect((await stackStatus(directory)).condition).toBe('running');
  expect(await sql('SHOW DATABASES LIKE "kept"')).toHaveLength(1);
}, 60_000);

test(
  'cleans up what a killed launcher left, and starts again with all data on the same ports',
  async () => {
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    expect((await stackStatus(directory)).condition).toBe('abandoned');
    const before = new Set((await stackStatus(directory)).parts.map((part) => part.pid));

    const events: StackEvent[] = [];
    stack = await startStack({ ...options, report: (event) => events.push(event) });
    expect(events.find((event) => event.type === 'cleaned-up')?.parts).toHaveLength(5);
    expect(stack.alreadyRunning).toBe(false);
    expect(stack.addresses).toEqual(addresses);
    const { parts } = await stackStatus(directory);
    expect(parts.filter((part) => part.pid === null || before.has(part.pid))).toEqual([]);
    expect(await sql('SHOW DATABASES LIKE "kept"')).toHaveLength(1);
    expect(await schemaOf(schemaId)).toBe('"string"');
  },
  LIMIT,
);

test(
  'leaves no process behind, stopped or interrupted in the middle of a start',
  async () => {
    await stack?.stop();
    expect(await processesOfTheStack()).toEqual([]);
    expect((await stackStatus(directory)).condition).toBe('absent');

    const interrupt = new AbortController();
    const started = startStack({
      ...options,
      signal: interrupt.signal,
      report: (event) => {
        if (event.type === 'part-ready') interrupt.abort(new Error('interrupted'));
      },
    });
    await expect(started).rejects.toThrow('interrupted');
    expect(await processesOfTheStack()).toEqual([]);
  },
  LIMIT,
);

async function nextLine<T>(): Promise<T> {
  const [line] = (await once(lines, 'line')) as [string];
  return JSON.parse(line) as T;
}

async function sql(statement: string): Promise<unknown> {
  const connection = await mysql.createConnection({ ...addresses.mariadb });
  try {
    return (await connection.query(statement))[0];
  } finally {
    await connection.end();
  }
}

async function registerSchema(): Promise<number> {
  const response = await fetch(`${addresses.registry.url}/subjects/kept-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: '"string"' }),
  });
  return ((await response.json()) as { id: number }).id;
}

async function schemaOf(id: number): Promise<string> {
  return ((await json(`${addresses.registry.url}/schemas/ids/${id.toString()}`)) as { schema: string })
    .schema;
}

async function json(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

/** Command lines that name the stack's folder, this test's own aside. */
async function processesOfTheStack(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter(
    (name) => /^\d+$/.test(name) && name !== process.pid.toString(),
  );
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.filter((command) => command.includes(directory));
}
