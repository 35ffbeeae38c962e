import { Unreadable } from './value.ts';
import type { Value } from './value.ts';

/** The value of a JSON text. Numbers are as they are written, with all their digits. Throws {@link Unreadable}. */
export function readJsonValue(text: string): Value {
  parsed(text);
  // A number becomes a text before it is read: as a JavaScript number it could lose digits.
  const quoted = text.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`));
  return valueOf(parsed(quoted), 1);
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
/** Deeper values are no claims. */
const MOST_LEVELS = 64;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable('text that is no JSON');
  }
}

function valueOf(json: unknown, level: number): Value {
  if (level > MOST_LEVELS) throw new Unreadable('nested too deep');
  if (Array.isArray(json)) return json.map((each) => valueOf(each, level + 1));
  if (typeof json === 'object' && json !== null)
    return new Map(Object.entries(json).map(([name, each]) => [name, valueOf(each, level + 1)]));
  return json as null | boolean | string;
}
