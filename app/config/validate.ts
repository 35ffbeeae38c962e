import { z } from 'zod';
import { nearest, unknownName } from './faults.ts';
import type { Fault } from './faults.ts';
import { configSchema } from './schema.ts';
import type { Config } from './schema.ts';

export type Validated =
  { readonly config: Config; readonly faults: [] } | { readonly config: null; readonly faults: Fault[] };

/** Checks the plain value of a configuration against the schema, setting by setting. */
export function validate(value: unknown): Validated {
  const parsed = configSchema.safeParse(value, { error: messageOf });
  if (parsed.success) return { config: parsed.data, faults: [] };
  return { config: null, faults: parsed.error.issues.flatMap(faultsOf) };
}

function faultsOf(issue: z.core.$ZodIssue): readonly Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split('\n');
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: notASetting(key, known),
      atKey: true,
    }));
  }
  if (issue.code === 'invalid_key')
    return [{ path: issue.path, message: issue.issues[0]?.message ?? issue.message, atKey: true }];
  return [{ path: issue.path, message: issue.message }];
}

function notASetting(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === null
    ? `is not a setting here; there are ${known.join(', ')}`
    : `is not a setting; did you mean ${near}?`;
}

/** In words that go on from the name of the setting. Undefined: what the schema says, or the library. */
function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return knownKeys(issue.inst).join('\n');
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${nounOf(issue.expected)}, not ${typeOf(issue.input)}`;
    case 'invalid_value':
      return chosen(issue.input, issue.values);
    case 'invalid_union':
      return discriminated(issue);
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `must not be empty`
        : `must be at least ${issue.minimum.toString()}`;
    case 'too_big':
      return `must be at most ${issue.maximum.toString()}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL, such as http://127.0.0.1:8083' : undefined;
    case 'custom':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    default:
      return undefined;
  }
}

function knownKeys(schema: unknown): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function discriminated(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string | undefined {
  const { discriminator, options } = issue as { discriminator?: string; options?: readonly unknown[] };
  if (discriminator === undefined || options === undefined) return undefined;
  return chosen((issue.input as Readonly<Record<string, unknown>> | undefined)?.[discriminator], options);
}

function chosen(given: unknown, known: readonly unknown[]): string {
  if (given === undefined) return `is missing; there are ${known.map(String).join(', ')}`;
  if (typeof given === 'string') return unknownName(given, known.map(String));
  return `must be one of ${known.map(String).join(', ')}`;
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of settings',
  record: 'a section of names',
};

function nounOf(expected: string): string {
  return NOUNS[expected] ?? expected;
}

function typeOf(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  return nounOf(typeof input);
}
