import { CounterfoilError } from '../contract/errors.ts';
import { tableLabel } from '../contract/table.ts';
import type { TableId } from '../contract/table.ts';

/** A source column as messages name it. */
export interface Place {
  readonly table: TableId;
  readonly column: string;
}

/** A breach of the declared contract: names table, column and rule, never the value. */
export function violation({ table, column }: Place, rule: string): CounterfoilError {
  return new CounterfoilError('CONTRACT_VIOLATION', `${tableLabel(table)}.${column}: ${rule}`, {
    remedy:
      'Correct the row in the source and discard this letter, or change the declared contract if it is wrong; then redrive the route.',
  });
}

/** A rule that cannot be applied to this row. */
export function failure({ table, column }: Place, rule: string): CounterfoilError {
  return new CounterfoilError('MAPPING_FAILED', `${tableLabel(table)}.${column}: ${rule}`, {
    remedy: 'Extend the declaration of the entity, or correct the row in the source.',
  });
}

/** A declaration that cannot work, found when it is made. */
export function misdeclared(name: string, what: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', `entity ${name}: ${what}`);
}
