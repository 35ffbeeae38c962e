import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ConfigInput } from '../../app/config/schema.ts';
import { newSigningKey } from '../../monitoring/audit/keys.ts';
import { JdbcSink, openOperators, URL_OPTIONS } from '../../test/comparison/jdbc-sink.ts';
import { testStack } from '../../test/support/stack-file.ts';
import { routed } from './ground.ts';
import type { System } from '../../test/integration/types/mirrors.ts';
import type { Ground } from './ground.ts';

/** A program that brings topics into a database. */
export interface Contender {
  readonly name: string;
  /** Its settings, for the report. */
  readonly settings: string;
  start(ground: Ground, place: Place): Promise<Racer>;
}

/** Where a run writes to: databases of its own. */
export interface Place {
  readonly system: System;
  /** A new name for each run, of the database (of PostgreSQL: and of the schema). */
  readonly run: string;
  /** Of PostgreSQL. */
  readonly database: string;
}

/** A contender at work. */
export interface Racer {
  /** The process that it runs in. */
  readonly process: number;
  /** How the copy of a table is called in its target. */
  table(name: string): string;
  stop(): Promise<void>;
}

/** `counterfoil run` as it is built into `dist/`, with its default settings: positions, version guard, accounting, metrics. */
export const counterfoil = (flags: readonly string[]): Contender =>
  ownContender('counterfoil', 'defaults', flags, () => ({}));

/** With a signed journal of all rows as well. */
export const counterfoilProving = (flags: readonly string[]): Contender =>
  ownContender('counterfoil, with journal', 'journal', flags, () => ({
    journal: {
      signingKey: newSigningKey(),
    },
  }));

function ownContender(
  name: string,
  settings: string,
  flags: readonly string[],
  changed: () => Partial<ConfigInput>,
): Contender {
  return {
    name,
    settings,
    start(ground, { system, run, database }) {
      const file = join(ground.folder, `${run}.yaml`);
      const config = { ...ground.config, ...routed(ground.name, system, run, database) };
      writeFileSync(file, stringify({ ...config, ...changed() }), { mode: 0o600 });
      const child = spawn(process.execPath, [...flags, 'dist/app/main.js', 'run', '-c', file], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, COUNTERFOIL_LOG_LEVEL: 'warn' },
      });
      const ended = once(child, 'exit');
      return Promise.resolve({
        process: child.pid ?? 0,
        table: (table) => `${run}.${table}`,
        async stop() {
          child.kill('SIGTERM');
          await ended;
        },
      });
    },
  };
}

/** What is written of it as its best: large polls that become one statement each, of rows as they are in the end. */
const BEST = {
  'batch.size': '5000',
  'use.reduction.buffer': 'true',
  'schema.evolution': 'basic',
  'consumer.override.max.poll.records': '5000',
  'consumer.override.fetch.min.bytes': '1000000',
  'consumer.override.fetch.max.wait.ms': '100',
  'consumer.override.max.partition.fetch.bytes': '4000000',
  'connection.pool.max_size': '8',
};

/** Debezium's JDBC sink, in the worker of Connect whose process is given; the worker has nothing else to do meanwhile. */
export function jdbcSink(worker: number, tasks: number): Contender {
  return {
    name: `JDBC sink, ${tasks.toString()} ${tasks === 1 ? 'task' : 'tasks'}`,
    settings: JSON.stringify({ ...BEST, 'tasks.max': tasks.toString() }),
    async start(ground, { system, run, database }) {
      const { mariadb, postgres } = testStack();
      const more = system === 'mariadb' ? '&rewriteBatchedStatements=true' : '&reWriteBatchedInserts=true';
      const { host, port } = system === 'mariadb' ? mariadb : postgres;
      const kind = system === 'mariadb' ? 'mariadb' : 'postgresql';
      const into = system === 'mariadb' ? run : database;
      const operators = await openOperators();
      const sink = new JdbcSink(
        {
          ...{ name: run, to: system, database: into, topics: ground.topics },
          settings: {
            ...BEST,
            'tasks.max': tasks.toString(),
            'connection.url': `jdbc:${kind}://${host}:${port.toString()}/${into}${URL_OPTIONS[system]}${more}`,
            'collection.name.format': system === 'mariadb' ? '${source.table}' : `${run}.\${source.table}`,
          },
        },
        operators,
      );
      await sink.start();
      return {
        process: worker,
        table: (table) => `${run}.${table}`,
        async stop() {
          await sink.remove();
          await operators.close();
        },
      };
    },
  };
}
