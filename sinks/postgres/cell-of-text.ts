import type { Cell } from '../../schemas/contract/cell.ts';
import type { Column, LogicalType } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import { TargetError } from '../upsert/target-error.ts';
import { quote } from './identifiers.ts';
import { columnType } from './types.ts';

/** The expression that gives a column's value as text, whatever type of the same family the table has. */
export function textOf({ name, type }: Column, of: string): string {
  const column = `${of}.${quote(name)}`;
  if (type.kind === 'bytes' || type.kind === 'geometry') return `encode(${column}, 'hex')`;
  // Without limits: a value that is finer than its type says is not rounded.
  return `${column}::${type.kind === 'decimal' ? 'numeric' : columnType(type)}::text`;
}

/** The cell whose text is what {@link textOf} gives. Exact: no value passes through another type. */
export function cellOf(text: string | null, type: LogicalType): Cell {
  if (text === null) return null;
  switch (type.kind) {
    case 'boolean':
      return text === 'true';
    case 'int':
      return type.bits === 64 ? BigInt(text) : Number(text);
    case 'float':
      return Number(text);
    case 'decimal':
    case 'text':
    case 'enum':
    case 'json':
    case 'uuid':
    case 'bits':
    case 'date':
    case 'time':
    case 'timestamp':
      return text;
    case 'instant':
      return text.replace(/^(\S+) (\S+)\+00/, '$1T$2Z');
    case 'bytes':
    case 'geometry':
      return new Uint8Array(Buffer.from(text, 'hex'));
    case 'array':
      throw new TargetError('INTERNAL', 'a column of arrays cannot be told');
    default:
      return unreachable(type);
  }
}
