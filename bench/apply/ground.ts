import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../app/config/load.ts';
import type { ConfigInput } from '../../app/config/schema.ts';
import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { openNativeMariadb, openNativePostgres } from '../../test/integration/types/native.ts';
import type { NativeDatabase } from '../../test/integration/types/native.ts';
import type { System } from '../../test/integration/types/mirrors.ts';
import { testStack, uniqueName } from '../../test/support/stack-file.ts';
import type { Workload } from './workload.ts';

/** A captured database of MariaDB, and what is measured on the way of its changes. */
export interface Ground {
  /** Of the source, of its database, and of its topics. */
  readonly name: string;
  readonly workload: Workload;
  readonly topics: readonly string[];
  /** The configuration of the product but for its routes and targets. */
  readonly config: Omit<ConfigInput, 'routes' | 'targets'>;
  readonly folder: string;
  readonly source: NativeDatabase;
  /** Seconds from the start of capturing until all was in the topics: those of the snapshot, those of the log. */
  readonly captured: { readonly snapshot: number; readonly log: number };
  close(): Promise<void>;
}

/** Fills a source, captures it, and changes it: when this resolves, everything is in the topics. */
export async function prepareGround(
  workload: Workload,
  { name, partitions }: { readonly name: string; readonly partitions: number },
): Promise<Ground> {
  const stack = testStack();
  const source = await openNativeMariadb(stack);
  await source.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await source.query(`USE ${name}`);
  await source.query(
    `CREATE TABLE beat (id INT PRIMARY KEY, beat TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6))`,
  );
  for (const statement of workload.fill) await source.query(statement);

  const { host, port, user, password } = stack.mariadb;
  const root = { user, password };
  const config: Ground['config'] = {
    kafka: { brokers: [stack.kafka.bootstrap] },
    connect: { url: stack.connect.url, plugin: true },
    registry: { url: stack.registry.url, converterUrl: stack.registry.converterUrl },
    sources: {
      [name]: {
        ...{ kind: 'mariadb', host, port, databases: [name], capture: root, check: root, partitions },
        heartbeat: { table: `${name}.beat` },
        serverId: 100_000 + Math.floor(Math.random() * 1e9),
        include: [`${name}.*`],
      },
    },
    http: { port: 0 },
    check: { intervalSeconds: 0 },
  };
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  const file = join(folder, 'capture.yaml');
  writeFileSync(
    file,
    stringify({ ...config, ...routed(name, 'postgres', 'capture', stack.postgres.database) }),
  );
  const loaded = loadConfig(file);
  let began = performance.now();
  await applyCapture(loaded);
  await untilCapturing(loaded, new AbortController().signal);
  const topics = workload.tables.map((table) => `${name}.${name}.${table}`);
  let rows = 0;
  for (const table of workload.tables) {
    const [count] = await source.query(`SELECT COUNT(*) AS n FROM ${table}`);
    rows += Number(count?.['n']);
  }
  await untilRecords(topics, rows);
  const snapshot = (performance.now() - began) / 1_000;

  began = performance.now();
  for (const transaction of workload.changes()) {
    await source.query('START TRANSACTION');
    for (const statement of transaction) await source.query(statement);
    await source.query('COMMIT');
  }
  await untilQuiet(topics);
  return {
    ...{ name, workload, topics, config, folder, source },
    captured: { snapshot, log: (performance.now() - began) / 1_000 },
    async close() {
      await createConnectClient({ url: stack.connect.url }).remove(name);
      await source.query(`DROP DATABASE ${name}`);
      await source.close();
    },
  };
}

/** The part of the configuration that says where everything goes: into one namespace of a target. */
export function routed(
  source: string,
  to: System,
  run: string,
  database: string,
): Pick<ConfigInput, 'routes' | 'targets'> {
  const { mariadb, postgres } = testStack();
  const own = { namespace: `cf_${run}`, poolSize: 8 };
  const target = ({ host, port, user, password }: typeof mariadb | typeof postgres) => {
    const login = { user, password };
    return { host, port, sink: login, check: login, ...own };
  };
  return {
    targets: {
      target:
        to === 'mariadb'
          ? { kind: 'mariadb', ...target(mariadb) }
          : { kind: 'postgresql', ...target(postgres), database },
    },
    routes: [
      {
        ...{ name: run, kind: 'mirror', source, target: 'target', namespace: run },
        include: [`${source}.*`],
        exclude: [`${source}.beat`],
      },
    ],
  };
}

/** A name that a database, a topic, a route and a connector may have. */
export const newName = (prefix: string): string => uniqueName(prefix).replaceAll('_', '').toLowerCase();

const POLL_MS = 500;

async function recordsIn(topics: readonly string[]): Promise<number> {
  const admin = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'bench' }).admin();
  await admin.connect();
  try {
    let records = 0;
    for (const topic of topics)
      for (const { high } of await admin.fetchTopicOffsets(topic)) records += Number(high);
    return records;
  } catch {
    return 0; // not all of them are there
  } finally {
    await admin.disconnect();
  }
}

async function untilRecords(topics: readonly string[], rows: number): Promise<void> {
  while ((await recordsIn(topics)) < rows) await sleep(POLL_MS);
}

/** The topics grow no more. */
async function untilQuiet(topics: readonly string[]): Promise<void> {
  let [last, since] = [await recordsIn(topics), performance.now()];
  while (performance.now() - since < 6 * POLL_MS) {
    await sleep(POLL_MS);
    const now = await recordsIn(topics);
    if (now !== last) [last, since] = [now, performance.now()];
  }
}

export async function openTarget(system: System, database: string): Promise<NativeDatabase> {
  return system === 'mariadb' ? openNativeMariadb(testStack()) : openNativePostgres(testStack(), database);
}
