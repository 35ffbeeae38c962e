import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Column } from '../../schemas/contract/table.ts';
import type { FieldNode } from './avro-tree.ts';
import { columnFacts, typeLabel, wholeNumber } from './column-facts.ts';
import type { ColumnFacts, Connector } from './column-facts.ts';
import type { CellReader, ColumnRule } from './column-rule.ts';
import { NAMED_TYPES, REMEDIES, bitsOf } from './named-types.ts';
import { PLAIN_TYPES } from './plain-types.ts';
import { declaredFraction } from './temporal-types.ts';

/** One column of a schema, and how its values become cells. */
export interface ColumnPlan {
  /** The field's name in Avro. */
  readonly field: string;
  readonly column: Column;
  readonly read: CellReader;
}

/** Throws CounterfoilError UNSUPPORTED_SCHEMA naming column and type when no cell holds its values exactly. */
export function planColumn(field: FieldNode, connector: Connector): ColumnPlan {
  const facts = columnFacts(field, connector);
  const found = ruleFor(facts);
  if (found?.avro !== facts.avro) throw unsupported(facts);
  refuseLoss(facts);
  return {
    field: facts.field,
    column: { name: facts.name, type: found.typeOf(facts), nullable: facts.nullable },
    read: found.readerOf(facts),
  };
}

function ruleFor(facts: ColumnFacts): ColumnRule | undefined {
  return facts.connectName === null ? PLAIN_TYPES.get(facts.avro) : NAMED_TYPES.get(facts.connectName);
}

/** Types that are understood, but in which the connector has lost something already, or would here. */
function refuseLoss(facts: ColumnFacts): void {
  const { connectName } = facts;
  if (connectName?.startsWith('org.apache.kafka.connect.data.Time') && (declaredFraction(facts) ?? 3) > 3) {
    throw unsupported(
      facts,
      'Its microseconds are cut off: set time.precision.mode=adaptive_time_microseconds on the connector.',
    );
  }
  if (
    connectName === 'org.apache.kafka.connect.data.Decimal' &&
    wholeNumber(facts.parameter('scale')) === null
  ) {
    throw unsupported(facts);
  }
  if (connectName === 'io.debezium.data.Bits' && bitsOf(facts) > 64) throw unsupported(facts);
}

function unsupported(facts: ColumnFacts, remedy = REMEDIES.get(facts.connectName ?? '')): CounterfoilError {
  return new CounterfoilError(
    'UNSUPPORTED_SCHEMA',
    `column ${facts.name} has a type that cannot be carried exactly: ${typeLabel(facts)}`,
    { remedy: remedy ?? 'Leave the column out of the capture (column.exclude.list).' },
  );
}
