import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { SCHEMA_FILE, configSchemaText } from '../config/json-schema.ts';
import { withMysql, withPostgres } from '../runtime/databases.ts';
import type { NamedDatabase } from './database-url.ts';
import { findTables, findUncapturable } from './found-tables.ts';
import { planInit } from './plan.ts';
import type { InitChoices, InitPlan } from './plan.ts';
import { renderInitConfig } from './render-config.ts';

export interface InitOptions extends InitChoices {
  readonly file: string;
  /** Overwrites a file that is there. */
  readonly force: boolean;
}

/**
 * Looks at both databases and writes a configuration for a mirror, and the schema for editors beside it. Throws
 * CONFIGURATION_INVALID when the file is there or a database cannot be looked at.
 */
export async function runInit(options: InitOptions): Promise<InitPlan> {
  refuseExisting(options);
  const found = await asked(options.source, '--source', () => findTables(options.source));
  await asked(options.target, '--target', () => reach(options.target));
  const uncapturable = await asked(options.source, '--source', () => findUncapturable(options.source));
  const plan = planInit(options, found, uncapturable);
  refuseExisting(options);
  writeFileSync(options.file, renderInitConfig(plan), { mode: 0o600 });
  writeFileSync(join(dirname(options.file), SCHEMA_FILE), configSchemaText());
  return plan;
}

function refuseExisting({ file, force }: InitOptions): void {
  if (force || !existsSync(file)) return;
  throw new CounterfoilError('CONFIGURATION_INVALID', `${file} is there already`, {
    remedy: 'Name another file with --output, or overwrite it with --force.',
  });
}

function reach(target: NamedDatabase): Promise<void> {
  const nothing = () => Promise.resolve();
  return target.kind === 'postgresql' ? withPostgres(target, nothing) : withMysql(target, nothing);
}

async function asked<T>(
  { host, port, user }: NamedDatabase,
  option: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const variable = `COUNTERFOIL_${option === '--source' ? 'SOURCE' : 'TARGET'}_PASSWORD`;
    const why = (error as Error).message || 'no answer';
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${option} (${user}@${host}:${port.toString()}) could not be looked at: ${why}`,
      { remedy: `See user, host, port and database, and the password in ${variable}.` },
    );
  }
}
