import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackMarkers } from '../../../stack/leftovers.ts';
import type { Part, PartContext } from '../../../stack/parts/part.ts';
import { DEFAULT_PORTS } from '../../../stack/ports.ts';
import { isReachableByOthers, postgresDataFolders } from '../../../stack/postgres-place.ts';
import type { SpawnRequest } from '../../../stack/process.ts';
import { addressesOf, partNamed, stackPasswords, STOP_ORDER } from '../../../stack/stack-parts.ts';
import { PART_NAMES } from '../../../stack/stack-types.ts';

let directory: string;
let helpers: SpawnRequest[];
let context: PartContext;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parts-'));
  helpers = [];
  for (const folder of ['config', 'data']) await mkdir(join(directory, folder));
  const cache = '/cache/stack-1';
  context = {
    stackName: 'demo',
    directory,
    postgresData: join(directory, 'data/postgres'),
    postgresHome: `${cache}/postgres`,
    postgresUser: undefined,
    artifacts: {
      home: cache,
      kafkaLibs: `${cache}/kafka/libs`,
      plugins: `${cache}/plugins`,
      registry: `${cache}/registry`,
      postgres: `${cache}/postgres`,
      mariadb: `${cache}/mariadb`,
      sharedClasses: `${cache}/shared-classes`,
    },
    jdk: { home: '/jdk', version: '25' },
    ports: DEFAULT_PORTS,
    addresses: addressesOf(DEFAULT_PORTS, { mariadb: 'mpw', postgres: 'ppw' }),
    durable: true,
    asRoot: false,
    addPlugins: () => Promise.resolve(),
    run(request) {
      helpers.push(request);
      return Promise.resolve();
    },
  };
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function prepared(name: Part['name'], change: Partial<PartContext> = {}): Promise<Part> {
  const part = partNamed(name, { ...context, ...change });
  await part.prepare();
  return part;
}

const config = (name: string): Promise<string> => readFile(join(directory, 'config', name), 'utf8');

test('every part is stopped, Connect before all others and Kafka after them', () => {
  expect(STOP_ORDER.flat().sort()).toEqual([...PART_NAMES].sort());
  expect(STOP_ORDER[0]).toEqual(['connect']);
  expect(STOP_ORDER.at(-1)).toEqual(['kafka']);
});

test('every process and helper can be told by one of the markers of its stack', async () => {
  const markers = stackMarkers(directory, '/var/lib/counterfoil');
  const parts = await Promise.all(PART_NAMES.map((name) => prepared(name)));
  for (const { args, marker } of [...parts.map((part) => part.process), ...helpers]) {
    expect(markers).toContain(marker);
    expect(args).toContain(marker);
  }
  expect(helpers).toHaveLength(3);
});

test('nothing listens but on this machine', async () => {
  await Promise.all(PART_NAMES.map((name) => prepared(name)));
  const registry = partNamed('registry', context).process.args.join('\n');
  const texts = [
    ...(await Promise.all(['kafka.properties', 'connect.properties', 'mariadb.cnf'].map(config))),
    await readFile(join(directory, 'data/postgres/counterfoil.conf'), 'utf8'),
    registry,
  ].join('\n');
  const hosts = texts.matchAll(/(?:listen_addresses|bind-address|[\w.]*host(?:\.name)?)\s*=\s*'?([^\s']+)/g);
  const listeners = texts.matchAll(/(?:PLAINTEXT|CONTROLLER|http):\/\/([^:]*):/g);
  const all = [...hosts, ...listeners].map((match) => match[1]);
  expect(all.length).toBeGreaterThan(8);
  expect(new Set(all)).toEqual(new Set(['127.0.0.1']));
});

test('Kafka is formatted once', async () => {
  await prepared('kafka');
  expect(helpers[0]?.args).toContain('kafka.tools.StorageTool');
  await writeFile(join(directory, 'data/kafka/meta.properties'), '');
  await prepared('kafka');
  expect(helpers).toHaveLength(1);
});

test('Connect frames keys and values as Confluent does, exactly once', async () => {
  await prepared('connect');
  const lines = (await config('connect.properties')).split('\n');
  for (const side of ['key.converter', 'value.converter']) {
    expect(lines).toContain(`${side}=io.apicurio.registry.utils.converter.AvroConverter`);
    expect(lines).toContain(`${side}.apicurio.registry.url=http://127.0.0.1:18081/apis/registry/v2`);
    expect(lines).toContain(`${side}.apicurio.registry.as-confluent=true`);
    expect(lines).toContain(`${side}.apicurio.registry.use-id=contentId`);
    expect(lines).toContain(`${side}.apicurio.registry.headers.enabled=false`);
  }
  expect(lines).toContain('exactly.once.source.support=enabled');
});

test.each([
  [true, 'sync_binlog=1', 'innodb_flush_log_at_trx_commit=1'],
  [false, 'sync_binlog=0', 'innodb_flush_log_at_trx_commit=0'],
])('MariaDB keeps whole rows in its binlog; durable: %s', async (durable, ...commit) => {
  await prepared('mariadb', { durable });
  const lines = (await config('mariadb.cnf')).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'binlog_row_image=FULL',
      'binlog_row_metadata=FULL',
      'default-time-zone=+08:00',
      'character-set-server=utf8mb4',
      ...commit,
    ]),
  );
});

test('MariaDB is installed into its place at one stroke, once, and the passwords are not left in a file', async () => {
  await prepared('mariadb', {
    async run(request) {
      helpers.push(request);
      const accounts = await config('mariadb-accounts.sql');
      expect(accounts).toContain("DELETE FROM mysql.global_priv WHERE User = ''");
      await mkdir(join(directory, 'data/mariadb.new/mysql'));
    },
  });
  await expect(config('mariadb-accounts.sql')).rejects.toThrow('ENOENT');
  await prepared('mariadb');
  expect(helpers).toHaveLength(1);
});

test('an installation that was interrupted is begun anew', async () => {
  await mkdir(join(directory, 'data/postgres.new/base'), { recursive: true });
  await prepared('postgres', {
    async run(request) {
      helpers.push(request);
      await expect(readFile(join(directory, 'data/postgres.new/base'))).rejects.toThrow('ENOENT');
      await writeFile(join(directory, 'data/postgres.new/PG_VERSION'), '17');
    },
  });
  await prepared('postgres');
  expect(helpers).toHaveLength(1);
});

test('PostgreSQL decodes logically, and forgets the pid of a server that was killed', async () => {
  await mkdir(context.postgresData);
  await writeFile(join(context.postgresData, 'PG_VERSION'), '17');
  const pidFile = join(context.postgresData, 'postmaster.pid');
  // This very process has the pid now, and is no PostgreSQL.
  await writeFile(pidFile, `${process.pid.toString()}\n${context.postgresData}\n`);
  await prepared('postgres', { durable: false });
  await expect(readFile(pidFile)).rejects.toThrow('ENOENT');
  const settings = await readFile(join(context.postgresData, 'counterfoil.conf'), 'utf8');
  expect(settings).toContain('wal_level = logical');
  expect(settings).toContain('fsync = off');
});

test('root has MariaDB run as root, which it refuses unasked', () => {
  expect(partNamed('mariadb', { ...context, asRoot: true }).process.args).toContain('--user=root');
  expect(partNamed('mariadb', context).process.args).not.toContain('--user=root');
});

test('passwords are made once, and only the owner can read them', async () => {
  const made = await stackPasswords(directory);
  expect(await stackPasswords(directory)).toEqual(made);
  expect(made.mariadb).not.toBe(made.postgres);
  expect((await stat(join(directory, 'passwords.json'))).mode & 0o777).toBe(0o600);
});

test('a folder is reachable only when all on the way to it are', async () => {
  await mkdir(join(directory, 'closed'), { mode: 0o700 });
  await mkdir(join(directory, 'closed/open'), { mode: 0o755 });
  expect(await isReachableByOthers(join(directory, 'closed/open'))).toBe(false);
  expect(await isReachableByOthers('/usr/bin')).toBe(true);
  const [own, shared] = postgresDataFolders(directory, '/shared');
  expect(own).toBe(join(directory, 'data/postgres'));
  expect(shared).toMatch(/^\/shared\/stack-[0-9a-f]{12}\/postgres$/);
});
