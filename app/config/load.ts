import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { crossFaults } from './cross-check.ts';
import { configurationInvalid, invalidAt } from './faults.ts';
import type { Fault } from './faults.ts';
import { expandReferences } from './references.ts';
import type { Environment } from './references.ts';
import type { Config } from './schema.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-places.ts';

/**
 * Reads and validates a configuration file (YAML or JSON).
 * Throws CONFIGURATION_INVALID with every fault found, each with its line, column and path.
 */
export function loadConfig(file: string, environment: Environment = process.env): Config {
  return loadConfigFile(file, environment).config;
}

/** A configuration, and what in it came from secret files. */
export interface LoadedConfig {
  readonly config: Config;
  readonly secrets: readonly string[];
}

/** The same, for who wants to show it. */
export function loadConfigFile(file: string, environment: Environment = process.env): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${file} cannot be read: ${(error as Error).message}`,
      {
        remedy:
          'Name an existing file with --config, have one written by `counterfoil init`, or start the local stack, which writes one.',
      },
    );
  }
  return parseConfigText(text, file, environment);
}

export function parseConfig(text: string, file: string, environment: Environment): Config {
  return parseConfigText(text, file, environment).config;
}

function parseConfigText(text: string, file: string, environment: Environment): LoadedConfig {
  const yaml = parseYaml(text);
  if (yaml.errors.length > 0)
    throw invalidAt(
      file,
      yaml.errors.map(({ place, message }) => ({ place, text: message })),
    );
  if (yaml.value === null)
    throw invalidAt(file, [{ place: { line: 1, column: 1 }, text: 'the file is empty' }]);
  const { value, faults, secrets } = expandReferences(yaml.value, environment, dirname(resolve(file)));
  const { config, faults: invalid } = validate(value);
  const broken = new Set(faults.map(({ path }) => JSON.stringify(path)));
  // What a reference could not be replaced by is not judged as a value besides.
  const others = [...invalid, ...crossFaults(value)].filter(({ path }) => !broken.has(JSON.stringify(path)));
  const all = [...faults, ...others];
  if (all.length === 0 && config !== null) return { config, secrets };
  throw configurationInvalid(file, all.map(withoutSecrets(secrets)), yaml);
}

/** A fault may quote the setting that is wrong. */
function withoutSecrets(secrets: readonly string[]): (fault: Fault) => Fault {
  return (fault) => ({
    ...fault,
    message: secrets.reduce((text, secret) => text.replaceAll(secret, '***'), fault.message),
  });
}

/** Where a configuration is looked for when none is named; the first that exists wins. */
export function findConfig(
  given: string | undefined,
  stateFolder: string,
  environment: Environment = process.env,
): string {
  const named = given ?? environment['COUNTERFOIL_CONFIG'];
  if (named !== undefined) return resolve(named);
  const candidates = [resolve('counterfoil.yaml'), join(stateFolder, 'counterfoil.yaml')];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    `there is no configuration: neither ${candidates.join(' nor ')} exists`,
    {
      remedy:
        'Pass --config FILE, have one written by `counterfoil init`, or run `counterfoil stack up`, which writes one for the local stack.',
    },
  );
}
