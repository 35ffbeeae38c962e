import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { DEMO_DATABASES, bringUp } from '../../app/demo/local-stack.ts';
import type { LocalStack } from '../../app/demo/local-stack.ts';
import { loadConfig } from '../../app/config/load.ts';
import type { Config } from '../../app/config/schema.ts';
import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { createActivity } from '../../stack/demo/activity/activity.ts';
import type { Activity } from '../../stack/demo/activity/activity.ts';
import { testStack } from './stack-file.ts';

/** The demo's office on the test stack: databases, connectors, and a configuration file. */
export interface Office {
  readonly local: LocalStack;
  readonly configFile: string;
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
  const settings = parse(readFileSync(local.configFile, 'utf8')) as Record<string, unknown>;
  writeFileSync(
    configFile,
    stringify({
      ...settings,
      http: { port: 0 },
      check: { intervalSeconds: 0 },
      consumer: { sessionTimeoutMs: 6_000 },
    }),
  );
  const config = loadConfig(configFile);

  await applyCapture(config);
  await untilCapturing(config, new AbortController().signal);

  const { mariadb, postgres } = local.stack.addresses;
  return {
    local,
    configFile,
    config,
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
