// `npm run compare:jdbc`: this sink and Debezium's JDBC sink on the same topics. Writes docs/beside-jdbc-sink.md.
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import type { RunningStack } from '../../stack/running-stack.ts';
import { SYSTEMS, openMirrors } from '../integration/types/mirrors.ts';
import type { System } from '../integration/types/mirrors.ts';
import { openNativeMariadb, openNativePostgres } from '../integration/types/native.ts';
import type { NativeDatabase } from '../integration/types/native.ts';
import { Pipeline } from '../support/pipeline.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { say } from '../support/timed-say.ts';
import { compareCrash, createCrashTable } from './crash.ts';
import { comparisonPage } from './document.ts';
import { compareEvents, createEventTables } from './event-run.ts';
import type { EventOutcome } from './event-run.ts';
import type { Field } from './field.ts';
import { openOperators } from './jdbc-sink.ts';
import { openPeerTargets } from './peer-targets.ts';
import { comparisonStack } from './stack.ts';
import { compareTypes } from './type-run.ts';

const PAGE = 'docs/beside-jdbc-sink.md';

async function main(): Promise<void> {
  const stack = await comparisonStack(say);
  try {
    const events: EventOutcome[] = [];
    for (const into of SYSTEMS) events.push(...(await eventsInto(into, stack)));
    const types = await compareTypes(newName(), say);
    const page = comparisonPage({ events, types, versions: await versions() });
    await writeFile(PAGE, await format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
    say(`written: ${PAGE}`);
  } catch (error) {
    // Told before the stack stops, which breaks connections that are still open.
    say(inspect(error));
    process.exitCode = 1;
  } finally {
    await Pipeline.killAll();
    await stack.stop();
  }
}

const newName = () => uniqueName('beside').slice(0, 18);

/**
 * All connectors of the other sink in a worker share their types, and with them the dialect of the one that was started
 * last: those that write into one system run before those that write into the other.
 */
async function eventsInto(into: System, stack: RunningStack): Promise<readonly EventOutcome[]> {
  const name = newName();
  const mirrors = await openMirrors(name, { into });
  const operators = await openOperators();
  const field: Field = { mirrors, operators, peer: await openPeerTargets(name) };
  await createEventTables(field);
  await createCrashTable(field);
  await mirrors.start();
  say(`both sources are captured, and mirrored into ${into}`);
  const outcomes = [...(await compareEvents(field, say)), ...(await compareCrash(field, stack, say))];
  await operators.close();
  await mirrors.close();
  return outcomes;
}

async function versions(): Promise<readonly string[]> {
  const stack = testStack();
  const plugins = await createConnectClient({ url: stack.connect.url }).plugins();
  const plugin = (suffix: string) =>
    plugins.find((each) => each.class.endsWith(suffix))?.version ?? 'unknown';
  const worker = (await (await fetch(stack.connect.url)).json()) as { readonly version: string };
  const server = async (database: NativeDatabase, sql: string) => {
    const [row] = await database.query(sql);
    await database.close();
    return String(row?.['version']);
  };
  const mariadb = await openNativeMariadb(stack);
  const postgres = await openNativePostgres(stack, stack.postgres.database);
  return [
    `JDBC sink ${plugin('.JdbcSinkConnector')}`,
    `Debezium for MariaDB ${plugin('.MariaDbConnector')}, for PostgreSQL ${plugin('.PostgresConnector')}`,
    `Kafka and Connect ${worker.version}`,
    `MariaDB ${await server(mariadb, 'SELECT version() AS version')}`,
    `PostgreSQL ${await server(postgres, "SELECT current_setting('server_version') AS version")}`,
  ];
}

await main();
process.exit();
