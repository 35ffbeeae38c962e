import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../../app/config/load.ts';
import type { Config, ConfigInput } from '../../../app/config/schema.ts';
import { applyCapture, untilCapturing } from '../../../app/runtime/apply-capture.ts';
import { checkRoutes } from '../../../app/runtime/check-routes.ts';
import { routesOf } from '../../../app/runtime/routes.ts';
import { createConnectClient } from '../../../connectors/debezium/connect-client.ts';
import { createKafka } from '../../../connectors/kafka/client.ts';
import type { CheckReport } from '../../../monitoring/consistency/report.ts';
import type { ReadinessReport, RouteHealth } from '../../../monitoring/http/readiness.ts';
import { Pipeline } from '../../support/pipeline.ts';
import { testStack } from '../../support/stack-file.ts';
import { openNativeMariadb, openNativePostgres } from './native.ts';
import type { NativeDatabase } from './native.ts';

export const SYSTEMS = ['mariadb', 'postgres'] as const;
export type System = (typeof SYSTEMS)[number];

/** A mirror from one system into another. */
export interface Direction {
  readonly from: System;
  readonly to: System;
  /** Schema or database of the copies. */
  readonly namespace: string;
  readonly route: string;
}

/** Schema of the captured tables in PostgreSQL. */
export const SOURCE_SCHEMA = 'types';

/** Two databases of a name of their own, and mirrors of each into both systems. */
export interface Mirrors {
  readonly name: string;
  readonly directions: readonly Direction[];
  readonly databases: Readonly<Record<System, NativeDatabase>>;
  readonly configFile: string;
  /** The name of a captured system in the configuration. */
  sourceOf(system: System): string;
  /** The process that mirrors, once it has been started. */
  readonly pipeline: () => Pipeline;
  /** What the process says of its routes. */
  health(): Promise<readonly RouteHealth[]>;
  /** Ends the process that mirrors, and starts another. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Starts capturing and mirroring. What was written before comes by snapshot, the rest from the log. */
  start(): Promise<void>;
  check(route: string, deadlineSeconds?: number): Promise<CheckReport>;
  close(): Promise<void>;
}

export interface MirrorOptions {
  /** More databases of MariaDB to capture. */
  readonly extraDatabases?: readonly string[];
  /** Settings of the connector of MariaDB. */
  readonly connector?: Readonly<Record<string, string>>;
  /** The copies of each source schema or database go into one of their own. */
  readonly apart?: boolean;
  /** Settings of the processes' consumers. */
  readonly consumer?: ConfigInput['consumer'];
  /** How the topics and fields of each source are named. */
  readonly naming?: Partial<Record<System, 'underscore' | 'unicode'>>;
  /** Rows can be read again: both sources have a table of signals. */
  readonly signals?: boolean;
  /** Mirrors into this system only. */
  readonly into?: System;
}

export async function openMirrors(name: string, options: MirrorOptions = {}): Promise<Mirrors> {
  const stack = testStack();
  const { directory } = stack as unknown as { directory: string };
  const mariadb = await openNativeMariadb(stack);
  await mariadb.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await mariadb.query(
    `CREATE TABLE ${name}.beat (id INT PRIMARY KEY, beat TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6))`,
  );
  const server = await openNativePostgres(stack, stack.postgres.database);
  await server.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const postgres = await openNativePostgres(stack, name);
  await postgres.query(
    `CREATE SCHEMA ${SOURCE_SCHEMA}; CREATE SCHEMA cf; CREATE TABLE cf.beat (id integer PRIMARY KEY, beat timestamptz NOT NULL)`,
  );
  if (options.signals === true)
    for (const [database, table] of [
      [mariadb, `${name}.signal_table`],
      [postgres, 'cf.signal_table'],
    ] as const)
      await database.query(
        `CREATE TABLE ${table} (id VARCHAR(64) PRIMARY KEY, type VARCHAR(32) NOT NULL, data TEXT)`,
      );
  const directions = directionsOf(name, options);
  const configFile = join(directory, `${name}.yaml`);
  let pipeline: Pipeline | null = null;
  let config: Config | null = null;
  return {
    name,
    directions,
    databases: { mariadb, postgres },
    configFile,
    sourceOf: (system) => sourceName(name, system),
    pipeline: () => running(pipeline),
    async health() {
      const answer = JSON.parse((await running(pipeline).readiness()).body) as ReadinessReport;
      return answer.routes;
    },
    async restart(signal = 'SIGTERM') {
      await pipeline?.kill(signal);
      pipeline = new Pipeline(configFile);
      await pipeline.listening;
    },
    async start() {
      await postgres.query('CREATE PUBLICATION pub FOR ALL TABLES');
      writeFileSync(configFile, stringify(configOf(name, directions, options)), { mode: 0o600 });
      config = loadConfig(configFile);
      await applyCapture(config);
      await untilCapturing(config, new AbortController().signal);
      pipeline = new Pipeline(configFile);
      await pipeline.untilReadiness(({ status }) => status === 200);
    },
    async check(route, deadlineSeconds = 180) {
      if (config === null) throw new Error('nothing is mirrored yet');
      const routes = (await routesOf(config)).filter((candidate) => candidate.name === route);
      const options = { signal: new AbortController().signal, deadlineSeconds };
      const [report] = await checkRoutes(config, routes, options);
      if (report === undefined) throw new Error(`there is no route ${route}`);
      return report;
    },
    async close() {
      await pipeline?.kill('SIGTERM');
      await removeCapture(name);
      await postgres.close();
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.close();
      // The database itself, those of its copies, and of the product's own tables.
      const mine = await mariadb.query(
        `SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE '%${name}%'`,
      );
      for (const { name: database } of mine as readonly { readonly name?: string }[])
        await mariadb.query(`DROP DATABASE IF EXISTS \`${database ?? ''}\``);
      await mariadb.close();
    },
  };
}

function running(pipeline: Pipeline | null): Pipeline {
  if (pipeline === null) throw new Error('nothing is mirrored yet');
  return pipeline;
}

function directionsOf(name: string, { apart = false, into }: MirrorOptions): readonly Direction[] {
  const targets = into === undefined ? SYSTEMS : [into];
  return SYSTEMS.flatMap((from) =>
    targets.map((to) => ({
      from,
      to,
      namespace: `${name}_${from}${apart ? '_*' : ''}`,
      route: `${name}-${from}-${to}`.replaceAll('_', '-'),
    })),
  );
}

/** Names of the captured systems. */
const sourceName = (name: string, system: System) => `${name.replaceAll('_', '-')}-${system}`;

function configOf(
  name: string,
  directions: readonly Direction[],
  { extraDatabases = [], connector = {}, signals = false, consumer = {}, naming = {} }: MirrorOptions,
): ConfigInput {
  const { kafka, connect, registry, mariadb, postgres } = testStack();
  const inMariadb = { host: mariadb.host, port: mariadb.port };
  const inPostgres = { host: postgres.host, port: postgres.port, database: name };
  const root = { user: mariadb.user, password: mariadb.password };
  const superuser = { user: postgres.user, password: postgres.password };
  const databases = [name, ...extraDatabases];
  const tables = { mariadb: databases.map((database) => `${database}.*`), postgres: ['*.*'] };
  const beats = { mariadb: `${name}.beat`, postgres: 'cf.beat' };
  const signalled = (table: string) => (signals ? { signals: { table } } : {});
  // What the mirrors write must not be mirrored.
  const copies = directions.map(({ namespace }) => `${namespace}.*`);
  return {
    kafka: { brokers: [kafka.bootstrap] },
    connect: { url: connect.url, plugin: true },
    registry: { url: registry.url, converterUrl: registry.converterUrl },
    sources: {
      [sourceName(name, 'mariadb')]: {
        ...{
          kind: 'mariadb',
          ...inMariadb,
          databases,
          capture: root,
          check: root,
          heartbeat: { table: beats.mariadb },
          ...signalled(`${name}.signal_table`),
        },
        serverId: 100_000 + Math.floor(Math.random() * 1e9),
        include: tables.mariadb,
        connector: { ...connector },
        naming: naming.mariadb,
      },
      [sourceName(name, 'postgres')]: {
        naming: naming.postgres,
        ...{ kind: 'postgresql', ...inPostgres, capture: superuser, check: superuser },
        ...{
          heartbeat: { table: beats.postgres },
          ...signalled('cf.signal_table'),
          include: tables.postgres,
          exclude: copies,
          slot: name,
          publication: 'pub',
        },
      },
    },
    targets: {
      mariadb: { kind: 'mariadb', ...inMariadb, sink: root, check: root, namespace: `cf_${name}` },
      postgres: { kind: 'postgresql', ...inPostgres, sink: superuser, check: superuser, namespace: 'cf' },
    },
    routes: directions.map(({ from, to, namespace, route }) => ({
      ...{ name: route, kind: 'mirror', source: sourceName(name, from), target: to, namespace },
      ...{
        truncate: 'apply',
        include: tables[from],
        exclude: [...copies, beats[from], `${name}.signal_table`, 'cf.*'],
      },
    })),
    http: { port: 0 },
    check: { intervalSeconds: 0 },
    consumer,
  };
}

/** Ends both connectors, and what they leave behind. */
async function removeCapture(name: string): Promise<void> {
  const { connect, kafka, postgres } = testStack();
  const client = createConnectClient({ url: connect.url });
  for (const system of SYSTEMS) await client.remove(sourceName(name, system)).catch(() => undefined);
  const server = await openNativePostgres(testStack(), postgres.database);
  const free = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${name}' AND NOT active`;
  while (
    (await server.query(`SELECT 1 FROM pg_replication_slots WHERE slot_name = '${name}'`)).length > 0 &&
    (await server.query(free)).length === 0
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  await server.close();
  const admin = createKafka({ brokers: [kafka.bootstrap], clientId: 'types-test' }).admin();
  await admin.connect();
  const prefix = name.replaceAll('_', '-');
  const topics = (await admin.listTopics()).filter((topic) => topic.includes(`${prefix}-`));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}
