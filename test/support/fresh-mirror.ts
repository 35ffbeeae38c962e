import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pRetry from 'p-retry';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../app/config/load.ts';
import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { checkRoutes } from '../../app/runtime/check-routes.ts';
import { connectOf } from '../../app/runtime/connect.ts';
import { routesOf } from '../../app/runtime/routes.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import type { Config } from '../../app/config/schema.ts';
import type { NamedDatabase } from '../../app/init/database-url.ts';
import { runInit } from '../../app/init/init.ts';
import type { InitPlan } from '../../app/init/plan.ts';
import { initScripts } from '../../app/init/statements.ts';
import { Pipeline } from './pipeline.ts';
import { testStack, uniqueName } from './stack-file.ts';

/** A database of its own, seen by an administrator. */
interface AdminDatabase {
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Two new databases and the configuration that `counterfoil init` makes of them, its statements run as it says. */
export interface FreshMirror {
  /** Of both databases, and what the names of the product's users begin with. */
  readonly name: string;
  readonly plan: InitPlan;
  readonly source: AdminDatabase;
  readonly target: AdminDatabase;
  readonly configFile: string;
  /** Changes the configuration file; its plain value is given. */
  configure(change: (settings: Settings) => void): Config;
  /** Starts capturing and mirroring, as it is configured now. */
  start(): Promise<Pipeline>;
  /** The verdict on its one route. */
  check(deadlineSeconds: number): Promise<CheckReport>;
  /** Fails unless the check says match. */
  expectMatch(deadlineSeconds?: number): Promise<void>;
  /** Ends mirroring and capturing. */
  stop(): Promise<void>;
  /** Drops the databases. */
  close(): Promise<void>;
}

/** The plain value of a configuration file, as far as tests change it. */
export interface Settings {
  sources: Record<string, Record<string, unknown>>;
  targets: Record<string, Record<string, unknown>>;
  routes: Record<string, unknown>[];
  [section: string]: unknown;
}

/** `tables` are the statements that fill the source; their tables need no namespace. */
export async function freshMirror(
  from: 'mariadb' | 'postgresql',
  tables: readonly string[],
): Promise<FreshMirror> {
  const name = uniqueName('cfm');
  const into = from === 'mariadb' ? 'postgresql' : 'mariadb';
  const source = await createDatabase(from, name);
  for (const statement of tables) await source.query(statement);
  const target = await createDatabase(into, name);
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-mirror-'));
  const configFile = join(folder, 'counterfoil.yaml');
  const { kafka, connect, registry } = testStack();
  const plan = await runInit({
    file: configFile,
    force: false,
    source: addressOf(from, name),
    target: addressOf(into, into === 'postgresql' ? name : ''),
    namespace: undefined,
    services: {
      brokers: [kafka.bootstrap],
      connectUrl: connect.url,
      plugin: true,
      registryUrl: registry.url,
      converterUrl: registry.converterUrl,
    },
  });
  // Users and the product's own namespace belong to the whole server: here each test has its own.
  const own = (text: string) =>
    text.replaceAll('counterfoil_', `${name}_`).replaceAll(/\bcounterfoil\b(?!\.schema)/g, `${name}_own`);
  const password = (variable: string) => `pw-${variable.toLowerCase()}`;
  const [forSource, forTarget] = initScripts(plan).map(({ statements }) =>
    statements.map((statement) =>
      own(statement).replace(/<([A-Z_0-9]+)>/, (_, variable: string) => password(variable)),
    ),
  );
  for (const statement of forSource ?? []) await source.query(statement);
  for (const statement of forTarget ?? []) await target.query(statement);
  const written = readFileSync(configFile, 'utf8').replaceAll(/\$\{([A-Z_0-9]+)\}/g, (_, variable: string) =>
    password(variable),
  );
  const settings = parse(own(written)) as Settings;
  const configure = (change: (settings: Settings) => void) => {
    change(settings);
    writeFileSync(configFile, stringify(settings));
    return loadConfig(configFile, {});
  };
  configure((each) => {
    for (const target of Object.values(each.targets)) target['namespace'] = `${name}_own`;
    each['http'] = { port: 0 };
    each['check'] = { intervalSeconds: 0 };
    each['consumer'] = { sessionTimeoutMs: 6_000 };
    if (from === 'mariadb')
      Object.assign(each.sources[plan.sourceName]!, {
        serverId: 10_000 + Math.floor(Math.random() * 1e9),
        // Other tests on this server create tables that Debezium cannot parse.
        connector: { 'schema.history.internal.skip.unparseable.ddl': 'true' },
      });
  });
  async function check(deadlineSeconds: number): Promise<CheckReport> {
    const config = loadConfig(configFile, {});
    const { signal } = new AbortController();
    const [report] = await checkRoutes(config, await routesOf(config), { signal, deadlineSeconds });
    if (report === undefined) throw new Error('the configuration has no route');
    return report;
  }
  return {
    ...{ name, plan, source, target, configFile, configure },
    async start() {
      const config = loadConfig(configFile, {});
      await applyCapture(config);
      await untilCapturing(config, new AbortController().signal);
      const pipeline = new Pipeline(configFile);
      await pipeline.untilReadiness(({ status }) => status === 200);
      return pipeline;
    },
    check,
    async expectMatch(deadlineSeconds = 120) {
      const { verdict, reason } = await check(deadlineSeconds);
      expect({ verdict, reason }).toEqual({ verdict: 'match', reason: null });
    },
    async stop() {
      await Pipeline.killAll();
      await connectOf(loadConfig(configFile, {})).remove(plan.sourceName);
    },
    async close() {
      await source.close();
      await target.close();
      await dropAll(name);
      rmSync(folder, { recursive: true });
    },
  };
}

function addressOf(kind: 'mariadb' | 'postgresql', database: string): NamedDatabase {
  const { mariadb, postgres } = testStack();
  const { host, port, user, password } = kind === 'mariadb' ? mariadb : postgres;
  return { kind, host, port, user, password, database };
}

async function createDatabase(kind: 'mariadb' | 'postgresql', name: string): Promise<AdminDatabase> {
  const { host, port, user, password } = addressOf(kind, name);
  if (kind === 'mariadb') {
    const connection = await mysql.createConnection({
      ...{ host, port, user, password },
      multipleStatements: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
    });
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4; USE ${name}`);
    return {
      async query(sql) {
        const [rows] = await connection.query<mysql.RowDataPacket[]>(sql);
        return Array.isArray(rows) ? rows : [];
      },
      close: () => connection.end(),
    };
  }
  await asPostgres('postgres', (server) => server.query(`CREATE DATABASE ${name}`));
  const client = new pg.Client({ host, port, user, password, database: name });
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    close: () => client.end(),
  };
}

async function asPostgres<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { host, port, user, password } = testStack().postgres;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function dropAll(name: string): Promise<void> {
  await asPostgres('postgres', async (server) => {
    // A backend takes a moment to end, and its connector may come back once.
    await pRetry(
      async () => {
        for (const work of ['pg_terminate_backend(active_pid)', 'pg_drop_replication_slot(slot_name)'])
          await server.query(`SELECT ${work} FROM pg_replication_slots WHERE database = $1`, [name]);
      },
      { retries: 50, minTimeout: 100, maxTimeout: 500 },
    );
    await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    for (const role of ['capture', 'sink', 'check'])
      await server.query(`DROP ROLE IF EXISTS ${name}_${role}`);
  });
  const { host, port, user, password } = testStack().mariadb;
  const connection = await mysql.createConnection({ host, port, user, password, multipleStatements: true });
  for (const database of [name, `${name}_own`, `${name}_mirror`, `public_mirror`])
    await connection.query(`DROP DATABASE IF EXISTS ${database}`);
  for (const role of ['capture', 'sink', 'check'])
    await connection.query(`DROP USER IF EXISTS '${name}_${role}'@'%'`);
  await connection.end();
}
