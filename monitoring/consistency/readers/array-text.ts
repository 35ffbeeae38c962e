import type { Cell } from '../../../schemas/contract/cell.ts';
import type { LogicalType } from '../../../schemas/contract/table.ts';
import type { TextReader } from './cell-text.ts';

type Item = string | null | readonly Item[];

/**
 * Reads PostgreSQL's text of an array into the JSON text that a cell of an array is. What is no such text (a target may
 * hold the JSON itself; an array may begin elsewhere than at 1) stays as it is.
 */
export function arrayReader(read: TextReader, element: LogicalType): TextReader {
  return (text) => {
    const items = text.startsWith('{') ? parse(text) : null;
    return items === null ? text : jsonOf(items, (item) => spelled(read(item), element));
  };
}

function jsonOf(item: Item, spell: (text: string) => string): string {
  if (item === null) return 'null';
  if (typeof item === 'string') return spell(item);
  return `[${item.map((each) => jsonOf(each, spell)).join(',')}]`;
}

/** Numbers and truth values are bare in JSON, everything else is a string. */
function spelled(cell: Cell, { kind }: LogicalType): string {
  if (kind === 'decimal' && typeof cell === 'string' && /^-?\d/.test(cell)) return cell;
  if (typeof cell === 'number' && Number.isFinite(cell)) return Object.is(cell, -0) ? '-0' : String(cell);
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return String(cell);
  if (cell instanceof Uint8Array) return `"\\\\x${Buffer.from(cell).toString('hex')}"`;
  return JSON.stringify(String(cell));
}

/** A quoted element, a bare one, or punctuation. */
const TOKEN = /"((?:[^"\\]|\\.)*)"|([^{},"]+)|([{},])/gs;

/** Null when the text is no array. */
function parse(text: string): Item | null {
  const open: Item[][] = [];
  let done: Item | null = null;
  for (const [, quoted, bare, punctuation] of text.matchAll(TOKEN)) {
    if (punctuation === '{') open.push([]);
    else if (punctuation === '}') {
      const closed = open.pop();
      if (closed === undefined) return null;
      if (open.length === 0) done = closed;
      else open.at(-1)?.push(closed);
    } else if (punctuation === undefined)
      open.at(-1)?.push(quoted === undefined ? bareItem(bare ?? '') : quoted.replace(/\\(.)/gs, '$1'));
  }
  return done;
}

function bareItem(text: string): Item {
  return text === 'NULL' ? null : text;
}
