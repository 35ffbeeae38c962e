import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Path, Place, PlacedYaml } from './yaml-places.ts';

/** Something wrong with the configuration, by the path of the setting. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
  /** The name of the setting is what is wrong, not its value. */
  readonly atKey?: boolean;
}

/** A section that is sound by itself, with its place in the file. */
export interface Sound<T> {
  readonly at: string | number;
  readonly value: T;
}

/** All faults as one error, in the order of the file, each as `file:line:column: setting: what is wrong`. */
export function configurationInvalid(
  file: string,
  faults: readonly Fault[],
  yaml: PlacedYaml,
): CounterfoilError {
  const placed = faults.map((fault) => ({
    place: fault.atKey === true ? yaml.keyPlaceOf(fault.path) : yaml.placeOf(fault.path),
    text: `${labelOf(fault.path)}: ${fault.message}`,
  }));
  return invalidAt(file, placed);
}

export function invalidAt(
  file: string,
  placed: readonly { readonly place: Place; readonly text: string }[],
): CounterfoilError {
  const sorted = [...placed].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const lines = sorted.map(
    ({ place, text }) => `${file}:${place.line.toString()}:${place.column.toString()}: ${text}`,
  );
  const count = lines.length === 1 ? 'a fault' : `${lines.length.toString()} faults`;
  return new CounterfoilError(
    'CONFIGURATION_INVALID',
    [`${file} is not a valid configuration, it has ${count}:`, ...new Set(lines)].join('\n  '),
    { remedy: 'docs/configuration.md explains each setting.' },
  );
}

/** `routes[0].tables[1].mask`: as people write it. */
export function labelOf(path: Path): string {
  if (path.length === 0) return 'the file';
  return path
    .map((step, at) =>
      typeof step === 'number' ? `[${step.toString()}]` : `${at > 0 ? '.' : ''}${String(step)}`,
    )
    .join('');
}

/** The known name that is nearest to a mistyped one; null when none is near. */
export function nearest(given: string, known: readonly string[]): string | null {
  const ranked = known
    .map((name) => ({ name, distance: distanceOf(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(given.length / 3)) ? best.name : null;
}

/** How many letters must be put in, taken out, replaced, or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next[j] = best;
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** `is "finanze"; did you mean finance?`, or what there is. */
export function unknownName(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  if (near !== null) return `is "${given}"; did you mean ${near}?`;
  return `is "${given}", but there is only ${known.join(', ') || 'nothing'}`;
}
