import type { Cell } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Message, MessageBody, MessageShape } from '../../schemas/contract/message.ts';
import type { LogicalType, TableShape } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';

/** What is to be written, before it is JSON or XML. Members have the order of the columns. */
export type Tree =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `wide`: a reader that takes numbers for doubles would alter it. */
  | { readonly kind: 'number'; readonly digits: string; readonly wide: boolean }
  | { readonly kind: 'text'; readonly text: string }
  /** A JSON text that parses. */
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'object'; readonly members: readonly Member[] }
  | { readonly kind: 'list'; readonly item: string; readonly items: readonly Tree[] };

export interface Member {
  readonly name: string;
  readonly value: Tree;
}

/** A message cannot be written as it is: it is set aside. `what` names the column, never its value. */
export function unwritable(what: string): CounterfoilError {
  return new CounterfoilError('ROW_REJECTED', what, { remedy: 'Mend the row at its source, then redrive.' });
}

/** The row with all that is nested in it. Throws ROW_REJECTED for a value that cannot be carried exactly. */
export function dataTree(body: MessageBody, shape: MessageShape): Tree {
  const { columns } = shape.table;
  const cells = columns.flatMap(({ name, type }) => {
    const cell = body.cells[name];
    return cell === undefined ? [] : [{ name, value: valueTree(name, type, cell) }];
  });
  const nested = Object.entries(shape.nested).map(([name, inner]) => ({
    name,
    value: {
      kind: 'list' as const,
      item: inner.table.id.name,
      items: (body.nested[name] ?? []).map((each) => dataTree(each, inner)),
    },
  }));
  const row: readonly Member[] =
    shape.as === undefined ? cells : [{ name: shape.as, value: { kind: 'object', members: cells } }];
  return { kind: 'object', members: [...row, ...nested] };
}

/** The key, version and operation of a message, and its row; null in place of the row when it is no longer there. */
export function envelopeTree(message: Message): Tree {
  const { shape, version, body } = message;
  return {
    kind: 'object',
    members: [
      { name: 'key', value: keyTree(shape.table, message.keyCells) },
      { name: 'version', value: { kind: 'text', text: version } },
      { name: 'operation', value: { kind: 'text', text: operationOf(message) } },
      { name: 'data', value: body === null ? { kind: 'null' } : dataTree(body, shape) },
    ],
  };
}

export function operationOf({ body }: Pick<Message, 'body'>): 'upsert' | 'delete' {
  return body === null ? 'delete' : 'upsert';
}

function keyTree({ key, columns }: TableShape, keyCells: readonly Cell[]): Tree {
  const members = key.flatMap((name, at) => {
    const column = columns.find((each) => each.name === name);
    return column === undefined ? [] : [{ name, value: valueTree(name, column.type, keyCells[at] ?? null) }];
  });
  return { kind: 'object', members };
}

function valueTree(column: string, type: LogicalType, cell: Cell): Tree {
  if (cell === null) return { kind: 'null' };
  if (cell instanceof Uint8Array) return { kind: 'text', text: Buffer.from(cell).toString('base64') };
  if (typeof cell === 'boolean') return { kind: 'boolean', value: cell };
  if (typeof cell === 'bigint') return { kind: 'number', digits: cell.toString(), wide: true };
  if (typeof cell === 'number') {
    if (!Number.isFinite(cell)) throw unwritable(`column ${column} is no finite number`);
    return { kind: 'number', digits: Object.is(cell, -0) ? '-0' : cell.toString(), wide: false };
  }
  return textTree(column, type, cell);
}

/** Clocks without a zone become the local times of ISO 8601, with a T. */
function textTree(column: string, type: LogicalType, text: string): Tree {
  switch (type.kind) {
    case 'decimal':
      return { kind: 'number', digits: text, wide: true };
    case 'json':
    case 'array':
      return { kind: 'json', text: parsable(column, text) };
    case 'timestamp':
      return { kind: 'text', text: text.replace(/^(\d{4,}-\d\d-\d\d) (?=\d\d:)/, '$1T') };
    case 'boolean':
    case 'int':
    case 'float':
    case 'text':
    case 'enum':
    case 'uuid':
    case 'bytes':
    case 'bits':
    case 'date':
    case 'time':
    case 'instant':
    case 'geometry':
      return { kind: 'text', text };
    default:
      return unreachable(type);
  }
}

function parsable(column: string, text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw unwritable(`column ${column} holds no valid JSON`);
  }
}
