import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPlugin } from '../../connectors/debezium/plugin/build.ts';
import { newSigningKey, publicPemOf } from '../../monitoring/audit/keys.ts';
import { installDemo } from '../../stack/demo/install.ts';
import { financeAccounts, oaAccounts } from '../../stack/demo/accounts.ts';
import type { DemoAccounts, DemoPasswords } from '../../stack/demo/accounts.ts';
import { startStack } from '../../stack/launcher.ts';
import type { RunningStack } from '../../stack/running-stack.ts';
import type { Environment, StackAddresses, StackReporter } from '../../stack/stack-types.ts';
import { SCHEMA_FILE, configSchemaText } from '../config/json-schema.ts';
import { localConfig, renderConfig } from '../config/local-config.ts';

export interface BringUpOptions {
  readonly directory: string;
  readonly environment: Environment;
  readonly cacheFolder?: string | undefined;
  readonly mode: 'attached' | 'detached';
  readonly demoDatabases: boolean;
  readonly report: StackReporter;
  readonly signal?: AbortSignal | undefined;
  /** False: commits do not wait for the disk. For tests. */
  readonly durable?: boolean;
}

/** Who works in the demo databases. */
export interface DemoPeople {
  readonly oa: DemoAccounts;
  readonly finance: DemoAccounts;
}

export interface LocalStack {
  readonly stack: RunningStack;
  readonly people: DemoPeople;
  readonly configFile: string;
}

const JOURNAL_KEY = 'journal.key';
const VERIFYING_KEY = 'journal.pub';

export const DEMO_DATABASES = { oa: 'oa', finance: 'finance' } as const;

/** Starts the local stack, or finds it running, with the demo databases and a configuration file for them. */
export async function bringUp(options: BringUpOptions): Promise<LocalStack> {
  const { directory, environment, mode, report, cacheFolder, signal, durable } = options;
  const stack = await startStack({
    directory,
    environment,
    mode,
    report,
    addPlugins: ({ folder, ...tools }) =>
      buildPlugin({ ...tools, jar: join(folder, 'counterfoil', 'counterfoil-connect.jar') }),
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
    ...(signal === undefined ? {} : { signal }),
    ...(durable === undefined ? {} : { durable }),
  });
  try {
    const passwords = await demoPasswords(directory);
    const people = { oa: oaAccounts(passwords), finance: financeAccounts(passwords) };
    if (options.demoDatabases) await installDatabases(stack.addresses, people);
    await journalKeys(directory);
    signal?.throwIfAborted();
    const configFile = join(directory, 'counterfoil.yaml');
    await writeFile(configFile, configText(stack.addresses, people), { mode: 0o600 });
    await writeFile(join(directory, SCHEMA_FILE), configSchemaText());
    return { stack, people, configFile };
  } catch (error) {
    if (!stack.alreadyRunning) await stack.stop();
    throw error;
  }
}

async function installDatabases({ mariadb, postgres }: StackAddresses, people: DemoPeople): Promise<void> {
  await installDemo({
    oa: { admin: mariadb, database: DEMO_DATABASES.oa, accounts: people.oa },
    finance: { admin: postgres, database: DEMO_DATABASES.finance, accounts: people.finance },
  });
}

function configText(addresses: StackAddresses, { oa, finance }: DemoPeople): string {
  return renderConfig(
    localConfig(addresses, {
      ...{ ...DEMO_DATABASES, mariadb: oa, postgres: finance },
      journalKey: `\${file:${JOURNAL_KEY}}`,
    }),
  );
}

/** The private key of the journal, made once per stack, and beside it the public one, which an audit elsewhere needs. */
async function journalKeys(directory: string): Promise<void> {
  const file = join(directory, JOURNAL_KEY);
  const known = await readFile(file, 'utf8').catch(() => null);
  const key = known ?? newSigningKey();
  if (known === null) await writeFile(file, key, { mode: 0o600 });
  await writeFile(join(directory, VERIFYING_KEY), publicPemOf(key));
}

/** Made up once per stack and kept beside its data, readable by its owner alone. */
async function demoPasswords(directory: string): Promise<DemoPasswords> {
  const file = join(directory, 'demo-passwords.json');
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known !== null) return JSON.parse(known) as DemoPasswords;
  const made = () => randomBytes(18).toString('base64url');
  const passwords: DemoPasswords = { capture: made(), sink: made(), check: made(), app: made() };
  await writeFile(file, JSON.stringify(passwords), { mode: 0o600 });
  return passwords;
}
