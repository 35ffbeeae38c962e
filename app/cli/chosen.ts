import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { unknownName } from '../config/faults.ts';

/** Those with these names, in the order of the configuration; all without names. Throws CONFIGURATION_INVALID for a name of none. */
export function chosen<T extends { readonly name: string }>(
  kind: string,
  all: readonly T[],
  names: readonly string[],
): readonly T[] {
  if (names.length === 0) return all;
  const wanted = new Set(names.map((name) => named(kind, all, name)));
  return all.filter((each) => wanted.has(each));
}

/** Throws CONFIGURATION_INVALID for a name of none. */
export function named<T extends { readonly name: string }>(kind: string, all: readonly T[], name: string): T {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = all.map((each) => each.name);
  throw new CounterfoilError('CONFIGURATION_INVALID', `${kind} ${unknownName(name, known)}`);
}
