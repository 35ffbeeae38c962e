import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../app/config/load.ts';
import { packFolder } from '../../app/packs/load.ts';
import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { checkRoutes } from '../../app/runtime/check-routes.ts';
import { connectOf } from '../../app/runtime/connect.ts';
import { routesOf } from '../../app/runtime/routes.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { Pipeline } from './pipeline.ts';
import { testStack, uniqueName } from './stack-file.ts';

type Settings = Record<string, unknown>;

/** The plain value of an example's configuration, as far as tests change it. */
export interface ExampleConfig extends Record<string, unknown> {
  sources: Record<string, Settings>;
  targets: Record<string, Settings>;
  packs: Record<string, Settings>;
  routes: Settings[];
  postings?: Settings[];
  feeds?: Settings[];
}

/** The example of a pack on the stack of the tests, in databases of its own. */
export interface RunningExample {
  /** Of the database of finance. */
  readonly name: string;
  readonly finance: pg.Client;
  readonly oa: mysql.Connection;
  /** Its configuration. */
  readonly file: string;
  /** Starts capturing and the pipeline. */
  start(): Promise<void>;
  /**
   * Waits until all that was written is applied and proven equal, and every document that it touched is looked at.
   * `watched` copies have rows by now, which postings watch from a while after their first one on.
   */
  settle(watched?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * `databases` are those of MariaDB that the example names, each with the name it has here; `own` is what a source is called
 * here.
 */
export async function runExample(
  pack: string,
  databases: Readonly<Record<string, string>>,
  change: (config: ExampleConfig, own: (source: string) => string) => void = () => undefined,
): Promise<RunningExample> {
  const name = uniqueName('pack').replaceAll('_', '').slice(0, 14);
  const stack = testStack();
  const server = await connected(stack.postgres);
  await server.query(`CREATE DATABASE ${name}`);
  const finance = await connected({ ...stack.postgres, database: name });
  const oa = await mysql.createConnection({
    ...{ ...stack.mariadb, multipleStatements: true, supportBigNumbers: true },
    ...{ bigNumberStrings: true, dateStrings: true },
  });
  await finance.query(`
    CREATE SCHEMA counterfoil;
    CREATE TABLE counterfoil.heartbeat (id integer PRIMARY KEY, beat timestamptz NOT NULL);
    CREATE PUBLICATION ${name} FOR ALL TABLES`);
  for (const database of Object.values(databases))
    await oa.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-pack-'));
  const file = join(folder, 'counterfoil.yaml');

  const example = readFileSync(join(packFolder(pack), 'counterfoil.yaml'), 'utf8');
  const renamed = Object.entries(databases).reduce(
    (text, [from, to]) =>
      text.replaceAll(new RegExp(`\\b${from}(?=\\.)|(?<=databases?: \\[?)${from}\\b`, 'g'), to),
    example.replaceAll(/\$\{\w+\}/g, 'secret'),
  );
  const config = parse(renamed) as ExampleConfig;
  change(config, (source) => ownName(name, source));
  writeFileSync(file, stringify(onStack(config, name)), { mode: 0o600 });

  return {
    ...{ name, finance, oa, file },
    async start() {
      const loaded = loadConfig(file, {});
      await applyCapture(loaded);
      await untilCapturing(loaded, new AbortController().signal);
      const pipeline = new Pipeline(file);
      await pipeline.untilReadiness(({ status }) => status === 200);
    },
    async settle(watched = 0) {
      const loaded = loadConfig(file, {});
      const { signal } = new AbortController();
      const reports = await checkRoutes(loaded, await routesOf(loaded), { signal, deadlineSeconds: 180 });
      for (const { route, verdict, reason, tables } of reports)
        expect({ route, verdict, reason, off: tables.filter((table) => table.verdict !== 'match') }).toEqual({
          ...{ route, verdict: 'match', reason: null, off: [] },
        });
      if (watched === 0) return;
      for (;;) {
        const { rows } = await finance.query<{ watching: string; pending: string }>(
          `SELECT (SELECT count(DISTINCT tgrelid) FROM pg_trigger WHERE tgname LIKE 'counterfoil_note_update%') AS watching,
             (SELECT count(*) FROM counterfoil.pending_document) AS pending`,
        );
        const [now] = rows;
        if (now?.pending === '0' && Number(now.watching) === watched) return;
      }
    },
    async close() {
      await Pipeline.killAll();
      const loaded = loadConfig(file, {});
      for (const source of Object.keys(loaded.sources)) await connectOf(loaded).remove(source);
      for (const database of [...Object.values(databases), `${name}_own`])
        await oa.query(`DROP DATABASE IF EXISTS ${database}`);
      await Promise.all([oa.end(), finance.end()]);
      await dropDatabase(server, name);
      await server.end();
      await removeTopics(name);
      rmSync(folder, { recursive: true });
    },
  };
}

/** What the example has as addresses, users and names becomes what they are here. */
function onStack(config: ExampleConfig, name: string): ExampleConfig {
  const { kafka, connect, registry, mariadb, postgres } = testStack();
  const addresses = {
    mariadb: { host: mariadb.host, port: mariadb.port },
    postgresql: { host: postgres.host, port: postgres.port, database: name },
  };
  const users = { mariadb, postgresql: postgres };
  const placed = (part: Settings, roles: readonly string[]): Settings => {
    const kind = part['kind'] as keyof typeof addresses;
    const { user, password } = users[kind];
    return {
      ...part,
      ...addresses[kind],
      ...Object.fromEntries(roles.map((role) => [role, { user, password }])),
    };
  };
  const own = (of: unknown) => ownName(name, String(of));
  return {
    ...config,
    ...{ kafka: { brokers: [kafka.bootstrap] }, connect: { url: connect.url, plugin: true } },
    registry: { url: registry.url, converterUrl: registry.converterUrl },
    sources: Object.fromEntries(
      Object.entries(config.sources).map(([source, settings]) => [
        own(source),
        {
          ...placed(settings, ['capture', 'check']),
          ...(settings['kind'] === 'mariadb'
            ? {
                serverId: 10_000 + Math.floor(Math.random() * 1e9),
                // Other tests on this server create tables that Debezium cannot parse.
                connector: { 'schema.history.internal.skip.unparseable.ddl': 'true' },
              }
            : { slot: name, publication: name }),
        },
      ]),
    ),
    targets: Object.fromEntries(
      Object.entries(config.targets).map(([target, settings]) => [
        target,
        isMessaged(settings)
          ? settings
          : {
              ...placed(settings, ['sink', 'check']),
              // A database of MariaDB is the whole server's.
              ...(settings['kind'] === 'mariadb' ? { namespace: `${name}_own` } : {}),
            },
      ]),
    ),
    routes: config.routes.map((route) => ({
      ...route,
      name: own(route['name']),
      source: own(route['source']),
    })),
    ...(config.postings === undefined
      ? {}
      : { postings: config.postings.map((posting) => ({ ...posting, route: own(posting['route']) })) }),
    ...(config.feeds === undefined
      ? {}
      : {
          feeds: config.feeds.map((feed) => ({
            ...feed,
            name: own(feed['name']),
            routes: (feed['routes'] as readonly unknown[]).map(own),
          })),
        }),
    ...{ http: { port: 0 }, check: { intervalSeconds: 0 }, consumer: { sessionTimeoutMs: 6_000 } },
  };
}

function isMessaged({ kind }: Settings): boolean {
  return kind === 'http' || kind === 'kafka';
}

function ownName(name: string, of: string): string {
  return `${name}-${of}`;
}

async function connected(address: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(address);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function dropDatabase(server: pg.Client, name: string): Promise<void> {
  const slots = 'FROM pg_replication_slots WHERE database = $1';
  await server.query(`SELECT pg_terminate_backend(active_pid) ${slots} AND active`, [name]);
  await server.query(`SELECT pg_drop_replication_slot(slot_name) ${slots}`, [name]);
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
}

async function removeTopics(name: string): Promise<void> {
  const admin = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'pack-test' }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.includes(`${name}-`));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}
