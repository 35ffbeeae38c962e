import type { Cell } from '../contract/cell.ts';
import type { LogicalType } from '../contract/table.ts';
import { unreachable } from '../contract/unreachable.ts';
import { decimalOfUnits } from './decimal-text.ts';
import type { Fields, Rule } from './rule.ts';
import type { Field } from './source-field.ts';
import { reshaping } from './picture.ts';
import { failure } from './violation.ts';
import type { Place } from './violation.ts';
import { instantOf, offsetMinutes, wallClockOf } from './wall-clock.ts';

/** Checked source cells in the order of the declared fields; undefined where the event did not bring the column. */
export type FieldCells = readonly (Cell | undefined)[];

/** Gives the target cell, or undefined when a source column it needs was not brought. Throws MAPPING_FAILED. */
export type AppliedRule = (cells: FieldCells) => Cell | undefined;

/** Prepares a rule; `places` name the fields for messages, in the order of the cells. */
export function prepareRule(rule: Rule, names: readonly string[], places: readonly Place[]): AppliedRule {
  if (rule.kind === 'constant') return () => rule.value;
  if (rule.kind === 'concat') {
    return concatenation(
      rule.from.map((name) => names.indexOf(name)),
      rule.separator,
    );
  }
  const index = names.indexOf(rule.from);
  if (rule.kind === 'copy') return (cells) => cells[index];
  if (rule.kind === 'when') {
    const then = prepareRule(rule.then, names, places);
    const otherwise = prepareRule(rule.otherwise, names, places);
    const holds = prepareTest(rule.is);
    return (cells) => {
      const cell = cells[index];
      return cell === undefined ? undefined : (holds(cell) ? then : otherwise)(cells);
    };
  }
  const convert = conversionOf(
    rule,
    places[index] ?? { table: { namespace: '', name: '' }, column: rule.from },
  );
  return (cells) => {
    const cell = cells[index];
    return cell === null || cell === undefined ? cell : convert(cell);
  };
}

type Conversion = Exclude<Rule, { kind: 'constant' | 'concat' | 'copy' | 'when' }>;

function conversionOf(rule: Conversion, place: Place): (cell: Exclude<Cell, null>) => Cell {
  switch (rule.kind) {
    case 'trim':
      return (cell) => (cell as string).trim();
    case 'lookup': {
      const table: ReadonlyMap<unknown, string> = new Map(Object.entries(rule.table));
      return (cell) => {
        const found = table.get(cell);
        if (found === undefined) throw failure(place, 'its code is not in the lookup table');
        return found;
      };
    }
    case 'instantAt': {
      const east = offsetMinutes(rule.offset);
      return (cell) => inRange(instantOf(cell as string, east), place);
    }
    case 'wallClockAt': {
      const east = offsetMinutes(rule.offset);
      return (cell) => inRange(wallClockOf(cell as string, east), place);
    }
    case 'minorUnits':
      return (cell) => decimalOfUnits(BigInt(cell as number | bigint), rule.scale);
    case 'magnitude':
      return (cell) => (cell as string).replace(/^-/, '');
    case 'negated':
      return (cell) => negated(cell as string);
    case 'truncated':
      return (cell) =>
        Array.from(cell as string)
          .slice(0, rule.length)
          .join('');
    case 'padded':
      return (cell) => {
        const digits = String(cell);
        if (digits.length > rule.width || digits.startsWith('-'))
          throw failure(place, `is not a number of up to ${rule.width} digits`);
        return digits.padStart(rule.width, '0');
      };
    case 'reshaped': {
      const result = reshaping(rule.picture, rule.result);
      return (cell) => {
        const text = result(cell as string);
        if (text === null) throw failure(place, `does not look like ${rule.picture}`);
        return text;
      };
    }
    default:
      return unreachable(rule);
  }
}

function prepareTest(is: Extract<Rule, { kind: 'when' }>['is']): (cell: Cell) => boolean {
  if (is === 'null') return (cell) => cell === null;
  if (is === 'negative') return (cell) => typeof cell === 'string' && cell.startsWith('-');
  return (cell) => cell === is.code;
}

function negated(decimal: string): string {
  if (decimal.startsWith('-')) return decimal.slice(1);
  return /[1-9]/.test(decimal) ? `-${decimal}` : decimal;
}

function inRange(text: string | null, place: Place): string {
  if (text === null)
    throw failure(place, 'the time lies outside the years 0001 to 9999 once it is moved to another zone');
  return text;
}

function concatenation(indexes: readonly number[], separator: string): AppliedRule {
  return (cells) => {
    const parts: Cell[] = [];
    for (const index of indexes) {
      const cell = cells[index];
      if (cell === undefined) return undefined;
      if (cell !== null) parts.push(cell);
    }
    return parts.length === 0 ? null : parts.join(separator);
  };
}

/** The type of the column a rule makes, and whether it may be null. */
export function outcomeOf(
  rule: Rule,
  fields: Fields,
): { readonly type: LogicalType; readonly nullable: boolean } {
  if (rule.kind === 'constant') return { type: textOf(rule.length), nullable: false };
  if (rule.kind === 'concat') {
    return { type: { kind: 'text' }, nullable: rule.from.every((name) => fields[name]?.required === false) };
  }
  if (rule.kind === 'when') {
    const [then, otherwise] = [outcomeOf(rule.then, fields), outcomeOf(rule.otherwise, fields)];
    return { type: then.type, nullable: then.nullable || otherwise.nullable };
  }
  const field = fields[rule.from];
  if (field === undefined) throw new RangeError(`no source column is called ${rule.from}`);
  return { type: convertedType(rule, field), nullable: !field.required };
}

function textOf(maxLength: number | undefined): LogicalType {
  return maxLength === undefined ? { kind: 'text' } : { kind: 'text', maxLength };
}

function convertedType(
  rule: Exclude<Rule, { kind: 'constant' | 'concat' | 'when' }>,
  field: Field,
): LogicalType {
  switch (rule.kind) {
    case 'copy':
    case 'trim':
    case 'magnitude':
    case 'negated':
      return field.type;
    case 'lookup':
    case 'truncated':
      return textOf(rule.length);
    case 'padded':
      return textOf(rule.width);
    case 'reshaped':
      return textOf(rule.result.length);
    case 'instantAt':
      return { kind: 'instant', fraction: fractionOf(field.type) };
    case 'wallClockAt':
      return { kind: 'timestamp', fraction: fractionOf(field.type) };
    case 'minorUnits':
      return { kind: 'decimal', precision: 20, scale: rule.scale };
    default:
      return unreachable(rule);
  }
}

function fractionOf(type: LogicalType): number {
  return 'fraction' in type ? type.fraction : 6;
}
