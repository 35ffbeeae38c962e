import {
  DEFAULT_SCHEMA_POLICY,
  DELETED_COLUMN,
  ROW_COLUMN,
  tableLabel,
  VERSION_COLUMN,
} from '../../schemas/contract/table.ts';
import type { Column, LogicalType, SchemaPolicy, TableShape } from '../../schemas/contract/table.ts';
import type { TableChange } from '../../schemas/contract/ports.ts';
import type { ExistingColumn, ExistingTable, Family, Limits } from './database.ts';
import { TargetError } from './target-error.ts';

/**
 * How a target table differs from what it should be, and what its policy says to that.
 * @param longestKeyText a text of the key that can hold so many characters is as wide as it can be; undefined: no limit.
 */
export function changesOf(
  shape: TableShape,
  existing: ExistingTable | null,
  longestKeyText?: number,
): readonly TableChange[] {
  if (existing === null) return [{ kind: 'create', action: 'evolve' }];
  const policy = shape.schemaPolicy ?? DEFAULT_SCHEMA_POLICY;
  const byName = new Map(existing.columns.map((column) => [column.name, column]));
  const known = new Set([
    ...shape.columns.map(({ name }) => name),
    VERSION_COLUMN,
    DELETED_COLUMN,
    ROW_COLUMN,
  ]);
  return [
    ...shape.columns.flatMap((column) =>
      changesOfColumn(
        shape.key.includes(column.name) ? withKeyText(column, longestKeyText) : column,
        byName.get(column.name),
        policy,
      ),
    ),
    ...existing.columns
      .filter(({ name, generated }) => !known.has(name) && !generated)
      .map(({ name }): TableChange => ({ kind: 'drop', column: name, action: policy.drop })),
  ];
}

function withKeyText(column: Column, longest: number | undefined): Column {
  const { type } = column;
  if (type.kind !== 'text' || longest === undefined || (type.maxLength ?? Infinity) <= longest) return column;
  return { ...column, type: { ...type, maxLength: longest } };
}

function changesOfColumn(
  { name, type }: Column,
  found: ExistingColumn | undefined,
  policy: SchemaPolicy,
): TableChange[] {
  if (found === undefined) return [{ kind: 'add', column: name, type, action: policy.add }];
  const change = { column: name, from: found.sqlType, action: policy.widen };
  if (becomesText(found, type)) return [{ kind: 'retype', type, ...change }];
  const wider = widerType(found, type);
  return wider === null ? [] : [{ kind: 'widen', type: wider, ...change }];
}

/** Throws SCHEMA_CHANGE_REFUSED when the policy of any of the changes is to stop. */
export function refuseStopped({ id }: TableShape, changes: readonly TableChange[]): void {
  const stopped = changes.find(({ action }) => action === 'stop');
  if (stopped === undefined || stopped.kind === 'create') return;
  const said = {
    add: 'the source has a column that the target lacks',
    widen: 'the source has a wider type than the target',
    retype: 'the source has text where the target has another type',
    drop: 'the target has a column that the source no longer has',
  }[stopped.kind];
  throw new TargetError(
    'SCHEMA_CHANGE_REFUSED',
    `${said}: ${tableLabel(id)}.${stopped.column}; the policy of the route is to stop`,
    {
      remedy:
        'Change the target table by hand, or the schemaChange policy of the route; then start it again. `counterfoil schema plan` shows all changes.',
    },
  );
}

/** The type that holds what the column holds and what the source sends; null when the column does already. */
function widerType({ family, limits }: ExistingColumn, wanted: LogicalType): LogicalType | null {
  switch (wanted.kind) {
    case 'int':
      return family === 'integer' && limits.bits !== undefined && limits.bits < wanted.bits ? wanted : null;
    case 'float':
      return limits.singlePrecision === true && wanted.bits === 64 ? wanted : null;
    case 'decimal':
      return family === 'decimal' || family === 'integer' ? widerDecimal(limits, wanted) : null;
    case 'text':
      return family === 'text' && isShorter(limits.maxLength, wanted.maxLength) ? wanted : null;
    case 'time':
    case 'timestamp':
    case 'instant':
      return limits.fraction !== undefined && limits.fraction < wanted.fraction ? wanted : null;
    case 'boolean':
    case 'enum':
    case 'json':
    case 'uuid':
    case 'bytes':
    case 'date':
    case 'bits':
    case 'array':
    case 'geometry':
      return null;
  }
}

/** What a column of another type holds can be written as text, which then takes whatever the source sends. */
const WRITABLE_AS_TEXT: ReadonlySet<Family> = new Set<Family>([
  ...(['integer', 'float', 'decimal', 'boolean'] as const),
  ...(['date', 'time', 'timestamp', 'datetime', 'instant'] as const),
]);

function becomesText({ family, generated }: ExistingColumn, wanted: LogicalType): boolean {
  return (
    wanted.kind === 'text' && wanted.postgres === undefined && !generated && WRITABLE_AS_TEXT.has(family)
  );
}

function isShorter(held: number | undefined, wanted: number | undefined): boolean {
  return held !== undefined && (wanted === undefined || wanted > held);
}

/** The most digits that MariaDB and MySQL can declare: what has them is as wide as it can be there. */
const WIDEST = 65;

function widerDecimal(
  held: Limits,
  { precision, scale }: Extract<LogicalType, { kind: 'decimal' }>,
): LogicalType | null {
  // Without a limit the column takes any number.
  if (held.integerDigits === undefined && held.bits === undefined) return null;
  const { digits, scale: heldScale, needs } = digitsOf(held);
  if (precision === undefined || scale === undefined)
    return digits + heldScale >= WIDEST ? null : { kind: 'decimal' };
  if (precision - scale <= digits && scale <= heldScale) return null;
  const wider = Math.max(heldScale, scale);
  return { kind: 'decimal', precision: Math.max(needs, precision - scale) + wider, scale: wider };
}

/** `digits` before the point fit, whatever they are; `needs` is what all that it may hold needs. */
function digitsOf({ bits, integerDigits = 0, scale = 0 }: Limits): {
  readonly digits: number;
  readonly scale: number;
  readonly needs: number;
} {
  if (bits === undefined) return { digits: integerDigits, scale, needs: integerDigits };
  const digits = Math.floor((bits - 1) * Math.log10(2));
  return { digits, scale: 0, needs: digits + 1 };
}
