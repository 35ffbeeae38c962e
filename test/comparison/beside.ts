// `npm run compare:jdbc`: this sink and Debezium's JDBC sink on the same topics. Writes docs/beside-jdbc-sink.md.
//   npm run compare:jdbc               types and event kinds
//   npm run compare:jdbc -- events     event kinds only, to the terminal
import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import { openMirrors } from '../integration/types/mirrors.ts';
import { POSTGRES_SETUP } from '../integration/types/postgres-texts.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { compareCrash, createCrashTable } from './crash.ts';
import { comparisonPage } from './document.ts';
import { compareEvents, createEventTables } from './event-run.ts';
import type { EventOutcome, Field } from './event-run.ts';
import { openOperators } from './jdbc-sink.ts';
import { openPeerTargets } from './peer-targets.ts';
import { comparisonStack } from './stack.ts';
import { compareTypes, createTypeTables, insertTypes } from './type-tables.ts';

const PAGE = 'docs/beside-jdbc-sink.md';
const started = Date.now();
const say = (line: string) =>
  process.stdout.write(
    `${Math.round((Date.now() - started) / 1000)
      .toString()
      .padStart(5)} s  ${line}\n`,
  );

async function main(onlyEvents: boolean): Promise<void> {
  const stack = await comparisonStack(say);
  try {
    const name = uniqueName('beside').slice(0, 18);
    const mirrors = await openMirrors(name);
    const peer = await openPeerTargets(name);
    const operators = await openOperators();
    const field: Field = { mirrors, peer, operators };
    if (!onlyEvents) {
      await mirrors.databases.postgres.query(POSTGRES_SETUP);
      await createTypeTables(mirrors);
      await insertTypes(mirrors, 'snapshot');
    }
    await createEventTables(field);
    await createCrashTable(field);
    await mirrors.start();
    say('both sources are captured, and mirrored');
    const events = await compareEvents(field, say);
    if (!onlyEvents) await insertTypes(mirrors, 'stream');
    for (const { route } of mirrors.directions) await mirrors.check(route);
    const types = onlyEvents ? [] : await compareTypes(mirrors, peer, operators, say);
    const found = { types, versions: await versions(mirrors) };
    const write = async (all: readonly EventOutcome[]) => {
      const page = await format(comparisonPage({ ...found, events: all }), {
        ...(await resolveConfig(PAGE)),
        parser: 'markdown',
      });
      if (onlyEvents) process.stdout.write(page);
      else await writeFile(PAGE, page);
    };
    // Before Connect is killed: what comes after may fail.
    await write(events);
    await write([...events, ...(await compareCrash(field, stack))]);
    say(onlyEvents ? 'done' : `written: ${PAGE}`);
    await operators.close();
    await peer.close();
    await mirrors.close();
  } finally {
    await stack.stop();
  }
}

async function versions({ databases }: Field['mirrors']): Promise<readonly string[]> {
  const plugins = await createConnectClient({ url: testStack().connect.url }).plugins();
  const version = (suffix: string) =>
    plugins.find((plugin) => plugin.class.endsWith(suffix))?.version ?? 'unknown';
  const worker = (await (await fetch(testStack().connect.url)).json()) as { readonly version: string };
  const one = async (system: 'mariadb' | 'postgres', sql: string) =>
    String((await databases[system].query(sql))[0]?.['version']);
  return [
    `JDBC sink ${version('.JdbcSinkConnector')}`,
    `Debezium for MariaDB ${version('.MariaDbConnector')}, for PostgreSQL ${version('.PostgresConnector')}`,
    `Kafka and Connect ${worker.version}`,
    `MariaDB ${await one('mariadb', 'SELECT version() AS version')}`,
    `PostgreSQL ${await one('postgres', "SELECT current_setting('server_version') AS version")}`,
  ];
}

await main(process.argv.includes('events'));
process.exit(0);
