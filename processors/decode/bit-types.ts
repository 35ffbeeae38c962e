import type { LogicalType } from '../../schemas/contract/table.ts';
import { wholeNumber } from './column-facts.ts';
import type { ColumnFacts } from './column-facts.ts';
import { rule } from './column-rule.ts';

/** Bit strings of a fixed length. One of a single bit is a boolean, and comes as such. */
export const BITS = rule('bytes', bitsType, bitsReader);

function bitsType(facts: ColumnFacts): LogicalType {
  return { kind: 'bits', length: bitsOf(facts) };
}

/** The bytes come in little-endian order, without those at the end that are zero. */
function bitsReader(facts: ColumnFacts): (value: Buffer) => string {
  const length = bitsOf(facts);
  return (value) => {
    let bits = '';
    for (let at = length - 1; at >= 0; at -= 1) bits += ((value[at >> 3] ?? 0) >> (at & 7)) & 1 ? '1' : '0';
    return bits;
  };
}

/** Infinity when the column has no fixed length. */
export function bitsOf(facts: ColumnFacts): number {
  return wholeNumber(facts.parameter('length')) ?? Infinity;
}

/** Of bit strings of varying length the connector does not say how long they are. */
export function isVaryingBits({ sourceType }: ColumnFacts): boolean {
  return sourceType === 'VARBIT';
}
