import type { LogicalKind } from '../../schemas/contract/table.ts';
import type { Family } from './database.ts';

/**
 * Which families of column types can carry which values unchanged, or refuse them loudly. What is left out would be
 * altered without an error: a decimal in a floating-point column, digits as text in a column that rounds, a wall clock
 * in a column of instants (shifted by whatever zone the session has), bytes as text. A `datetime` of MariaDB and MySQL
 * holds wall clocks as well as instants, these in UTC. `other` is what no list knows (types of extensions and users): it
 * is written as text, which the type itself reads or refuses.
 */
const CARRIERS: Readonly<Record<LogicalKind, readonly Family[]>> = {
  boolean: ['boolean', 'integer', 'bits'],
  int: ['integer', 'decimal', 'text', 'bits'],
  float: ['float', 'text'],
  decimal: ['decimal', 'integer', 'text'],
  text: ['text', 'json', 'uuid', 'interval', 'other'],
  enum: ['text', 'other'],
  json: ['json', 'text', 'other'],
  uuid: ['uuid', 'text'],
  bytes: ['bytes'],
  bits: ['bits', 'text'],
  date: ['date', 'text'],
  time: ['time', 'interval', 'text'],
  timestamp: ['timestamp', 'datetime', 'text'],
  instant: ['instant', 'datetime', 'text'],
  array: ['array', 'json', 'text'],
  geometry: ['geometry', 'bytes'],
};

export function canCarry(family: Family, kind: LogicalKind): boolean {
  return CARRIERS[kind].includes(family);
}
