import type { Cell, Row } from '../contract/cell.ts';
import { CounterfoilError } from '../contract/errors.ts';
import { DELETED_COLUMN, ROW_COLUMN, VERSION_COLUMN, tableLabel } from '../contract/table.ts';
import type { Column, SchemaPolicy, TableId, TableShape } from '../contract/table.ts';
import { patternMatcher } from '../contract/table-pattern.ts';
import { maskColumn } from './masking.ts';
import type { Mask } from './masking.ts';

/** A mask for the columns that match one of the patterns. */
export interface MaskRule {
  readonly columns: readonly string[];
  readonly mask: Mask;
}

/** Which columns of a table are copied, and how. */
export interface ColumnRules {
  /** Patterns of column names; the key is always among them. Undefined: all columns. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** Of two that match a column the later one counts. */
  readonly masks: readonly MaskRule[];
}

/** A table made ready to be copied. */
export interface MirrorTable {
  readonly copy: TableShape;
  /** No cell is altered. */
  readonly isUnmasked: boolean;
  row(row: Row): Row;
  key(cells: readonly Cell[]): readonly Cell[];
}

export interface MirrorTableOptions {
  readonly target: TableId;
  readonly rules: ColumnRules;
  /** Rows outlive their source rows, and say so in a column. */
  readonly keepsDeleted: boolean;
  readonly secret: string | null;
  readonly schemaPolicy: SchemaPolicy | undefined;
}

interface CopiedColumn {
  readonly column: Column;
  readonly apply: ((cell: Exclude<Cell, null>) => Cell) | null;
}

/**
 * Throws UNSUPPORTED_SCHEMA for a table that cannot be copied, and CONFIGURATION_INVALID when the rules ask of it what
 * cannot be done.
 */
export function prepareMirrorTable(source: TableShape, options: MirrorTableOptions): MirrorTable {
  refuseKept(source, options.keepsDeleted);
  refuseUncarried(source, options.rules);
  const columns = copiedColumns(source, options);
  refuseReserved(source, columns, options.keepsDeleted);
  const shape = columns.map(({ column }) => column);
  const copy: TableShape = {
    id: options.target,
    key: source.key,
    columns: options.keepsDeleted ? [...shape, DELETION] : shape,
    ...(options.schemaPolicy === undefined ? {} : { schemaPolicy: options.schemaPolicy }),
  };
  const keyMasks = source.key.map(
    (name) => columns.find(({ column }) => column.name === name)?.apply ?? null,
  );
  // Of columns that are not carried a row has no cells.
  const isUnmasked = columns.every(({ apply }) => apply === null);
  const asItIs = shape.length === source.columns.length && isUnmasked;
  return {
    copy,
    isUnmasked,
    row:
      asItIs && !options.keepsDeleted ? (row) => row : (row) => copyRow(row, columns, options.keepsDeleted),
    key: keyMasks.every((mask) => mask === null)
      ? (cells) => cells
      : (cells) => cells.map((cell, at) => masked(cell, keyMasks[at] ?? null)),
  };
}

const DELETION: Column = { name: DELETED_COLUMN, type: { kind: 'instant', fraction: 3 }, nullable: true };

function copyRow(row: Row, columns: readonly CopiedColumn[], keepsDeleted: boolean): Row {
  const cells: Record<string, Cell> = {};
  for (const { column, apply } of columns) {
    const cell = row[column.name];
    // What was not sent is not known: not even whether it is null.
    if (cell !== undefined) cells[column.name] = masked(cell, apply);
  }
  if (keepsDeleted) cells[DELETED_COLUMN] = null;
  return cells;
}

function masked(cell: Cell, apply: CopiedColumn['apply']): Cell {
  return cell === null || apply === null ? cell : apply(cell);
}

function copiedColumns(source: TableShape, { rules, secret }: MirrorTableOptions): readonly CopiedColumn[] {
  const { included, excluded } = choiceOf(rules);
  const masks = rules.masks.map(({ columns, mask }) => ({ matches: patternMatcher(columns, []), mask }));
  return source.columns.flatMap((column): readonly CopiedColumn[] => {
    const isKey = source.key.includes(column.name);
    if (excluded(column.name)) {
      if (isKey) throw impossible(source, column, 'a key column cannot be excluded');
      return [];
    }
    if (!isKey && !included(column.name)) return [];
    const rule = masks.findLast(({ matches }) => matches(column.name));
    if (rule === undefined) return [{ column, apply: null }];
    const outcome = maskColumn(column, rule.mask, { isKey, secret });
    if (typeof outcome === 'string') throw impossible(source, column, outcome);
    return [outcome];
  });
}

function choiceOf({ include, exclude }: ColumnRules) {
  return { included: patternMatcher(include ?? ['*'], []), excluded: patternMatcher(exclude, []) };
}

/** A column that nobody can carry must be left out by somebody's decision, or its table is not copied. */
function refuseUncarried({ id, uncarried = [] }: TableShape, rules: ColumnRules): void {
  const { included, excluded } = choiceOf(rules);
  const wanted = uncarried.find(({ name }) => included(name) && !excluded(name));
  if (wanted === undefined) return;
  throw new CounterfoilError('UNSUPPORTED_SCHEMA', `${tableLabel(id)}: ${wanted.reason}`, {
    remedy: wanted.remedy,
  });
}

function impossible({ id }: TableShape, { name }: Column, why: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', `${tableLabel(id)}.${name}: ${why}`, {
    remedy: "Change what the route's tables say of this column.",
  });
}

function refuseKept({ id, key }: TableShape, keepsDeleted: boolean): void {
  if (key.length > 0 || !keepsDeleted) return;
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    `${tableLabel(id)} has no key, so that a deleted row cannot be told from its equals and be kept`,
    {
      remedy:
        "Set `delete: hard` for it in the route's tables, or name its key columns in the source's keys.",
    },
  );
}

function refuseReserved(
  { id, key }: TableShape,
  columns: readonly CopiedColumn[],
  keepsDeleted: boolean,
): void {
  const reserved = [VERSION_COLUMN];
  if (keepsDeleted) reserved.push(DELETED_COLUMN);
  if (key.length === 0) reserved.push(ROW_COLUMN);
  const found = columns.find(({ column }) => reserved.includes(column.name));
  if (found === undefined) return;
  throw new CounterfoilError(
    'UNSUPPORTED_SCHEMA',
    `${tableLabel(id)} has a column of the reserved name ${found.column.name}`,
    { remedy: "Exclude the column in the route's tables, or exclude the table." },
  );
}
