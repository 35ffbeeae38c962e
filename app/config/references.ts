import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Fault } from './faults.ts';
import type { Path } from './yaml-places.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expanded {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** What came from files: secrets, to be shown nowhere. */
  readonly secrets: readonly string[];
}

const REFERENCE = /\$\{(?:([A-Za-z_][A-Za-z0-9_]*)|file:([^}]+))\}/g;

/**
 * Replaces `${NAME}` by the environment variable and `${file:path}` by the file's text without the line feed at its end, in
 * all text values. It works on the parsed file, so that no value can change the file's structure; a path that is not
 * absolute begins at `folder`. Settings without a value are left out: they count as not written.
 */
export function expandReferences(value: unknown, environment: Environment, folder: string): Expanded {
  const faults: Fault[] = [];
  const secrets: string[] = [];

  function referenced(path: Path, variable: string | undefined, file: string | undefined): string {
    if (variable !== undefined) {
      const found = environment[variable];
      if (found === undefined)
        faults.push({ path, message: `the environment variable ${variable} is not set` });
      return found ?? '';
    }
    try {
      const text = readFileSync(resolve(folder, file ?? ''), 'utf8').replace(/\r?\n$/, '');
      secrets.push(text);
      return text;
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      faults.push({ path, message: `the file ${file ?? ''} cannot be read (${String(code)})` });
      return '';
    }
  }

  function expand(part: unknown, path: Path): unknown {
    if (typeof part === 'string')
      return part.replace(REFERENCE, (_, variable?: string, file?: string) =>
        referenced(path, variable, file),
      );
    if (Array.isArray(part)) return part.map((item, at) => expand(item, [...path, at]));
    if (typeof part === 'object' && part !== null) {
      const members = Object.entries(part).filter(([, member]) => member !== null);
      return Object.fromEntries(members.map(([key, member]) => [key, expand(member, [...path, key])]));
    }
    return part;
  }

  return { value: expand(value, []), faults, secrets: secrets.filter((text) => text !== '') };
}
