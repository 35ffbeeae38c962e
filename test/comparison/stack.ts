import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPlugin } from '../../connectors/debezium/plugin/build.ts';
import { removeStack } from '../../stack/commands.ts';
import { startStack } from '../../stack/launcher.ts';
import { runMaven } from '../../stack/maven.ts';
import type { RunningStack } from '../../stack/running-stack.ts';

const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));
const SINK = 'debezium-connector-jdbc';

/** A stack of its own whose Connect also has Debezium's JDBC sink. Tests find its addresses where they look for them. */
export async function comparisonStack(say: (line: string) => void): Promise<RunningStack> {
  const directory = resolve('.counterfoil/compare');
  // What an earlier run has left would be read again.
  await removeStack(directory, { report: () => undefined });
  const stack = await startStack({
    directory,
    environment: process.env,
    mode: 'attached',
    durable: false,
    report: (event) => {
      if (event.type === 'part-ready') say(`${event.part} is ready`);
    },
    addPlugins: async ({ folder, ...tools }) => {
      await buildPlugin({ ...tools, jar: join(folder, 'counterfoil', 'counterfoil-connect.jar') });
      await fetchSink(folder, tools.jdkHome, tools.signal, say);
    },
  });
  const file = join(directory, 'addresses.json');
  await writeFile(file, JSON.stringify({ directory, ...stack.addresses }), { mode: 0o600 });
  process.env['COUNTERFOIL_TEST_STACK'] = file;
  return stack;
}

async function fetchSink(
  folder: string,
  javaHome: string,
  signal: AbortSignal | undefined,
  say: (line: string) => void,
): Promise<void> {
  if (existsSync(join(folder, SINK))) return;
  say("fetching Debezium's JDBC sink");
  await mkdir(dirname(folder), { recursive: true });
  const target = await mkdtemp(join(dirname(folder), 'fetched-'));
  try {
    const environment = process.env;
    const onFile = () => undefined;
    await runMaven({
      ...{ maven: 'mvn', javaHome, pom: POM, profile: 'jdbc-sink', target, environment, signal, onFile },
    });
    await rename(join(target, SINK), join(folder, SINK));
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}
