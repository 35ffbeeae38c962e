import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { DEMO_DATABASES, bringUp } from '../../app/demo/local-stack.ts';
import type { LocalStack } from '../../app/demo/local-stack.ts';
import { SHIPPED_DICTIONARY } from '../../app/dictionary/load.ts';
import { loadConfig } from '../../app/config/load.ts';
import type { Config } from '../../app/config/schema.ts';
import { preparePostings } from '../../app/runtime/posting-books.ts';
import { routesOf } from '../../app/runtime/routes.ts';
import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { createActivity } from '../../stack/demo/activity/activity.ts';
import type { Activity } from '../../stack/demo/activity/activity.ts';
import { testStack } from './stack-file.ts';

/** The demo's office on the test stack: databases, connectors, and a configuration file. */
export interface Office {
  readonly local: LocalStack;
  readonly configFile: string;
  /** Folder of the dictionary that claims are posted with. */
  readonly dictionary: string;
  readonly config: Config;
  activity(options: { rate: number; seed: number }): Activity;
}

/** Readies the office and waits until both connectors run. */
export async function openOffice(): Promise<Office> {
  const { directory } = testStack() as unknown as { directory: string };
  const local = await bringUp({
    directory,
    environment: process.env,
    mode: 'attached',
    demoDatabases: true,
    report: () => undefined,
  });
  const configFile = join(directory, 'e2e.yaml');
  const settings = parse(readFileSync(local.configFile, 'utf8')) as { postings: object[] };
  const dictionary = join(directory, 'dictionary');
  cpSync(SHIPPED_DICTIONARY, dictionary, { recursive: true, filter: (file) => !file.endsWith('.ts') });
  writeFileSync(
    configFile,
    stringify({
      ...settings,
      http: { port: 0 },
      check: { intervalSeconds: 0 },
      consumer: { sessionTimeoutMs: 6_000 },
      // A test adds codes to it.
      postings: settings.postings.map((posting) => ({ ...posting, dictionary })),
    }),
  );
  const config = loadConfig(configFile);

  await preparePostings(config, await routesOf(config));
  await applyCapture(config);
  await untilCapturing(config, new AbortController().signal);

  const { mariadb, postgres } = local.stack.addresses;
  return {
    local,
    ...{ configFile, dictionary, config },
    activity: ({ rate, seed }) =>
      createActivity({
        oa: { host: mariadb.host, port: mariadb.port, ...local.people.oa.app, database: DEMO_DATABASES.oa },
        finance: {
          host: postgres.host,
          port: postgres.port,
          ...local.people.finance.app,
          database: DEMO_DATABASES.finance,
        },
        rate,
        seed,
      }),
  };
}
