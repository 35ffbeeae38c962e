// `npm run compare:jdbc`: this sink and Debezium's JDBC sink on the same topics. Writes docs/beside-jdbc-sink.md.
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import { openMirrors } from '../integration/types/mirrors.ts';
import { Pipeline } from '../support/pipeline.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { compareCrash, createCrashTable } from './crash.ts';
import { comparisonPage } from './document.ts';
import { compareEvents, createEventTables } from './event-run.ts';
import type { Field } from './event-run.ts';
import { openOperators } from './jdbc-sink.ts';
import { openPeerTargets } from './peer-targets.ts';
import { comparisonStack } from './stack.ts';

const PAGE = 'docs/beside-jdbc-sink.md';
const started = Date.now();
const say = (line: string) =>
  process.stdout.write(
    `${Math.round((Date.now() - started) / 1000)
      .toString()
      .padStart(5)} s  ${line}\n`,
  );

async function main(): Promise<void> {
  const stack = await comparisonStack(say);
  try {
    const name = uniqueName('beside').slice(0, 18);
    const mirrors = await openMirrors(name);
    const peer = await openPeerTargets(name);
    const operators = await openOperators();
    const field: Field = { mirrors, peer, operators };
    await createEventTables(field);
    await createCrashTable(field);
    await mirrors.start();
    say('both sources are captured, and mirrored');
    const events = [...(await compareEvents(field, say)), ...(await compareCrash(field, stack, say))];
    const page = comparisonPage({ events, versions: await versions(mirrors) });
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

await main();
process.exit();
