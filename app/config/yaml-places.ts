import { LineCounter, isAlias, isCollection, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/** Line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly PropertyKey[];

/** A YAML text, its plain value, and where each part of it stands. */
export interface PlacedYaml {
  /** Undefined when the text is no YAML. */
  readonly value: unknown;
  readonly errors: readonly { readonly place: Place; readonly message: string }[];
  /** Of the value at the path; of the last key on the way to it when it is not in the file. */
  placeOf(path: Path): Place;
  /** Of the key at the end of the path. */
  keyPlaceOf(path: Path): Place;
}

export function parseYaml(text: string): PlacedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const at = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors = document.errors.map(({ pos, message }) => ({
    place: at(pos[0]),
    // The library's second line draws the place, which is said already.
    message: (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''),
  }));
  return {
    value: errors.length > 0 ? undefined : (document.toJS() as unknown),
    errors,
    placeOf: (path) => at(walk(document, path).offset),
    keyPlaceOf: (path) => at(walk(document, path).keyOffset),
  };
}

interface Found {
  offset: number | undefined;
  keyOffset: number | undefined;
}

/** Goes down the path as far as the file does; what is missing has the place of the section it is missing from. */
function walk(document: Document, path: Path): Found {
  let node = resolved(document, document.contents);
  const found: Found = { offset: node?.range?.[0], keyOffset: node?.range?.[0] };
  for (const step of path) {
    const next = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    const keyOffset = next !== undefined && isNode(next.key) ? next.key.range?.[0] : undefined;
    const value = next === undefined ? childOf(node, step) : next.value;
    if (next === undefined && value === undefined) {
      return { offset: found.keyOffset, keyOffset: found.keyOffset };
    }
    const written = isNode(value) ? value.range?.[0] : undefined;
    found.offset = written ?? keyOffset;
    found.keyOffset = keyOffset ?? written ?? found.keyOffset;
    node = resolved(document, value);
  }
  return found;
}

function childOf(node: Node | null, step: PropertyKey): unknown {
  if (!isCollection(node) || isMap(node)) return undefined;
  return node.get(step, true);
}

function resolved(document: Document, value: unknown): Node | null {
  if (isAlias(value)) return value.resolve(document) ?? null;
  return isNode(value) ? value : null;
}
