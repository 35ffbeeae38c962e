import type { Cell, Row } from '../contract/cell.ts';
import { rowKeyOf } from '../contract/cell.ts';
import type { TargetChange } from '../contract/mapping.ts';
import type { TableShape } from '../contract/table.ts';
import { prepareRule } from './apply-rule.ts';
import type { AppliedRule, FieldCells } from './apply-rule.ts';
import { prepareCheck } from './field-check.ts';
import type { FieldCheck } from './field-check.ts';
import type { Qualifying, SourceTable, TargetTable } from './source-table.ts';
import { failure, violation } from './violation.ts';
import type { Place } from './violation.ts';

/** An entity made ready for source rows of one shape. */
export interface PreparedEntity {
  upsert(key: readonly Cell[], row: Row): readonly TargetChange[];
  delete(key: readonly Cell[]): readonly TargetChange[];
}

interface PreparedField {
  readonly name: string;
  readonly check: FieldCheck;
  /** Where the source's key has the column; -1 when it is not part of it. */
  readonly inKey: number;
}

interface PreparedTarget {
  readonly table: TableShape;
  readonly columns: readonly { readonly name: string; readonly make: AppliedRule }[];
  readonly key: readonly AppliedRule[];
  readonly qualifies: (cells: FieldCells) => boolean;
}

/** Throws CounterfoilError CONTRACT_VIOLATION when the shape lacks what is agreed. */
export function prepareEntity(
  source: SourceTable,
  targets: readonly TargetTable[],
  tables: readonly TableShape[],
  shape: TableShape,
): PreparedEntity {
  const fields = prepareFields(source, shape);
  const prepared = targets.map((target, i) => prepareTarget(source, target, tables[i], shape));

  function cellsOf(key: readonly Cell[], row: Row | null): FieldCells {
    return fields.map(({ name, check, inKey }) => {
      const cell = inKey >= 0 ? key[inKey] : row?.[name];
      return cell === undefined ? undefined : check(cell);
    });
  }

  return {
    upsert(key, row) {
      const cells = cellsOf(key, row);
      return prepared.map((target) =>
        target.qualifies(cells) ? upsertOf(target, cells) : deleteOf(target, cells),
      );
    },
    delete(key) {
      const cells = cellsOf(key, null);
      return prepared.map((target) => deleteOf(target, cells));
    },
  };
}

function upsertOf({ table, columns, key }: PreparedTarget, cells: FieldCells): TargetChange {
  const made: Record<string, Cell> = {};
  for (const { name, make } of columns) {
    const cell = make(cells);
    if (cell !== undefined) made[name] = cell;
  }
  return { kind: 'upsert', table, key: rowKeyOf(keyCellsOf(key, cells)), cells: made };
}

function deleteOf({ table, key }: PreparedTarget, cells: FieldCells): TargetChange {
  const keyCells = keyCellsOf(key, cells);
  return { kind: 'delete', table, key: rowKeyOf(keyCells), keyCells };
}

/** The key is made of required key columns of the source, so its cells are always there. */
function keyCellsOf(key: readonly AppliedRule[], cells: FieldCells): readonly Cell[] {
  return key.map((make) => make(cells) ?? null);
}

function prepareFields(source: SourceTable, shape: TableShape): readonly PreparedField[] {
  refuseOtherKey(source, shape);
  return Object.entries(source.fields).map(([name, field]) => {
    const place: Place = { table: shape.id, column: name };
    const column = shape.columns.find((candidate) => candidate.name === name);
    const uncarried = shape.uncarried?.find((candidate) => candidate.name === name);
    if (column === undefined)
      throw violation(place, uncarried?.reason ?? 'the column is missing from the table');
    return { name, check: prepareCheck(field, column, place), inKey: shape.key.indexOf(name) };
  });
}

function refuseOtherKey(source: SourceTable, shape: TableShape): void {
  const agreed = [...source.key].sort().join(', ');
  const actual = [...shape.key].sort().join(', ');
  if (agreed === actual) return;
  const place = { table: shape.id, column: agreed };
  throw violation(place, `the key of the table is (${actual}) where (${agreed}) is agreed`);
}

function prepareTarget(
  source: SourceTable,
  target: TargetTable,
  table: TableShape | undefined,
  shape: TableShape,
): PreparedTarget {
  if (table === undefined) throw new RangeError('a target without a table');
  const names = Object.keys(source.fields);
  const places = names.map((column) => ({ table: shape.id, column }));
  const columns = Object.entries(target.columns).map(([name, rule]) => ({
    name,
    make: prepareRule(rule, names, places),
  }));
  const key = target.key.map((name) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new RangeError(`no column is called ${name}`);
    return column.make;
  });
  return { table, columns, key, qualifies: prepareCondition(target, names, places) };
}

function prepareCondition(
  target: TargetTable,
  names: readonly string[],
  places: readonly Place[],
): (cells: FieldCells) => boolean {
  const conditions = Object.entries(target.only).map(([name, qualifying]) => {
    const index = names.indexOf(name);
    return { index, place: places[index], holds: prepareQualifying(qualifying) };
  });
  return (cells) => {
    for (const { index, place, holds } of conditions) {
      const cell = cells[index];
      if (cell === undefined && place)
        throw failure(place, 'was not sent, so it is unknown whether the row qualifies');
      if (!holds(cell)) return false;
    }
    return true;
  };
}

function prepareQualifying(qualifying: Qualifying): (cell: Cell | undefined) => boolean {
  if (qualifying === 'null') return (cell) => cell === null;
  if (qualifying === 'not-null') return (cell) => cell !== null;
  const allowed = new Set<unknown>(qualifying);
  return (cell) => allowed.has(cell);
}
