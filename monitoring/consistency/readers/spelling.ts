import type { LogicalKind } from '../../../schemas/contract/table.ts';
import type { Spelling } from '../raw-rows.ts';

/** How a database writes values of a kind; `bytes` is its way to write binary ones. */
export function spellingOf(kind: LogicalKind, bytes: Spelling): Spelling {
  switch (kind) {
    case 'boolean':
      return 'truth';
    case 'time':
    case 'timestamp':
    case 'instant':
      return kind;
    case 'bytes':
    case 'geometry':
      return bytes;
    // Each database has its own text of an array.
    case 'array':
      return 'unlike';
    case 'int':
    case 'float':
    case 'decimal':
    case 'text':
    case 'enum':
    case 'json':
    case 'uuid':
    case 'bits':
    case 'date':
      return 'text';
  }
}
