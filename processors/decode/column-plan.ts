import type { Cell } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Column, UncarriedColumn } from '../../schemas/contract/table.ts';
import { arrayReader } from './array-text.ts';
import type { FieldNode } from './avro-tree.ts';
import { bitsOf, isVaryingBits } from './bit-types.ts';
import { columnFacts, elementFacts, typeLabel, wholeNumber } from './column-facts.ts';
import type { ColumnFacts, Connector } from './column-facts.ts';
import { rule, unreadable } from './column-rule.ts';
import type { CellMending, CellReader, ColumnRule } from './column-rule.ts';
import { NAMED_TYPES, REMEDIES } from './named-types.ts';
import { PLAIN_TYPES } from './plain-types.ts';
import { declaredFraction } from './temporal-types.ts';

/** One column of a schema, and how its values become cells. */
export interface ColumnPlan {
  /** The field's name in Avro. */
  readonly field: string;
  readonly column: Column;
  readonly read: CellReader;
  /** What is done to cells that are not null afterwards, when it is known how they were captured. */
  readonly inSnapshot: CellMending | null;
  readonly inStream: CellMending | null;
}

/** The columns that can be carried, and the others with the reason. */
export function planColumns(
  fields: readonly FieldNode[],
  connector: Connector,
): { readonly plans: readonly ColumnPlan[]; readonly uncarried: readonly UncarriedColumn[] } {
  const plans: ColumnPlan[] = [];
  const uncarried: UncarriedColumn[] = [];
  for (const field of fields)
    try {
      plans.push(planColumn(field, connector));
    } catch (error) {
      if (!(error instanceof UncarriedTypeError)) throw error;
      uncarried.push({ name: error.column, reason: error.message, remedy: error.remedy ?? '' });
    }
  return { plans, uncarried };
}

class UncarriedTypeError extends CounterfoilError {
  constructor(
    readonly column: string,
    type: string,
    remedy: string,
  ) {
    super('UNSUPPORTED_SCHEMA', `column ${column} has a type that cannot be carried exactly: ${type}`, {
      remedy,
    });
  }
}

/** Throws CounterfoilError UNSUPPORTED_SCHEMA naming column and type when no cell holds its values exactly. */
export function planColumn(field: FieldNode, connector: Connector): ColumnPlan {
  const facts = columnFacts(field, connector);
  // An array with a name of its own is a value of some other type (a vector).
  const plain = facts.connectName === null ? field.items : null;
  const found = plain === null ? ruleFor(facts) : arrayRule(plain, facts);
  return {
    field: facts.field,
    column: { name: facts.name, type: found.typeOf(facts), nullable: facts.nullable },
    read: found.readerOf(facts),
    inSnapshot: found.inSnapshot?.(facts) ?? null,
    inStream: found.inStream?.(facts) ?? null,
  };
}

function ruleFor(facts: ColumnFacts): ColumnRule {
  const found = facts.connectName === null ? PLAIN_TYPES.get(facts.avro) : NAMED_TYPES.get(facts.connectName);
  if (found?.avro !== facts.avro) throw unsupported(facts);
  refuseLoss(facts);
  return found;
}

function arrayRule(items: FieldNode, array: ColumnFacts): ColumnRule {
  const facts = elementFacts(items, array);
  const element = ruleFor(facts);
  const type = element.typeOf(facts);
  const read = arrayReader(type, element.readerOf(facts));
  const mend = element.inSnapshot?.(facts) ?? null;
  return rule(
    'array',
    () => ({ kind: 'array', element: type }),
    () => read,
    { inSnapshot: () => (mend === null ? null : (cell) => unlessMended(facts, cell, mend)) },
  );
}

/** Elements that a snapshot changes are refused: mending is for values of their own. */
function unlessMended(facts: ColumnFacts, cell: Cell, mend: CellMending): Cell {
  const elements = typeof cell === 'string' ? (JSON.parse(cell) as readonly unknown[]) : [];
  const altered = elements.some((element) => typeof element === 'string' && mend(element) !== element);
  if (altered) throw unreadable(facts, 'exact: snapshots alter dates before 1582-10-25');
  return cell;
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
  if (isVaryingBits(facts)) throw unsupported(facts);
  if (connectName === 'io.debezium.data.Bits' && !Number.isFinite(bitsOf(facts))) throw unsupported(facts);
  if (connectName === 'io.debezium.data.geometry.Geometry' && facts.connector === 'postgresql')
    throw unsupported(facts);
}

function unsupported(facts: ColumnFacts, remedy = REMEDIES.get(facts.connectName ?? '')): CounterfoilError {
  return new UncarriedTypeError(
    facts.name,
    typeLabel(facts),
    remedy ??
      "Exclude the column in the route's tables, or leave it out of the capture (column.exclude.list).",
  );
}
