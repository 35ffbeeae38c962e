import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LineCounter, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { configSchema } from './schema.ts';
import type { Config } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and validates a configuration file (YAML or JSON).
 * Throws CONFIGURATION_INVALID with every fault found, each with its line and path.
 */
export function loadConfig(file: string, environment: Environment = process.env): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${file} cannot be read: ${(error as Error).message}`,
      {
        remedy: 'Name an existing file with --config, or start the local stack, which writes one.',
      },
    );
  }
  return parseConfig(text, file, environment);
}

export function parseConfig(text: string, file: string, environment: Environment): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0)
    throw invalid(
      file,
      document.errors.map((error) => error.message),
    );
  const missing = new Set<string>();
  const value = expand(document.toJS() as unknown, environment, missing);
  if (missing.size > 0)
    throw invalid(
      file,
      [...missing].map((name) => `the environment variable ${name} is not set`),
    );
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    file,
    parsed.error.issues.map(
      ({ path, message }) => `${lineOf(document, lines, path)}${path.join('.') || 'the file'}: ${message}`,
    ),
  );
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
      remedy: 'Pass --config FILE, or run `counterfoil stack up`, which writes one for the local stack.',
    },
  );
}

function invalid(file: string, faults: readonly string[]): CounterfoilError {
  return new CounterfoilError(
    'CONFIGURATION_INVALID',
    [`${file} is not a valid configuration:`, ...faults].join('\n  '),
  );
}

/** Line of the deepest node on the path that is in the file: what is missing has no line of its own. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return `line ${lines.linePos(node.range[0]).line}: `;
  }
  return '';
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Replaces `${NAME}` in strings: after parsing, so that no value of the environment can change the file's structure. */
function expand(value: unknown, environment: Environment, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (_, name: string) => {
      const found = environment[name];
      if (found === undefined) missing.add(name);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item) => expand(item, environment, missing));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, expand(item, environment, missing)]),
    );
  }
  return value;
}
