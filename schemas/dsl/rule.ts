import type { Cell } from '../contract/cell.ts';
import type { Field } from './source-field.ts';
import type { Offset } from './wall-clock.ts';

/** How one target column comes about: data, so that it can be hashed, shown and compiled. */
export type Rule =
  | { readonly kind: 'copy'; readonly from: string }
  | { readonly kind: 'trim'; readonly from: string }
  | {
      readonly kind: 'lookup';
      readonly from: string;
      readonly table: Readonly<Record<string, string>>;
      readonly length?: number;
    }
  | { readonly kind: 'concat'; readonly from: readonly string[]; readonly separator: string }
  | { readonly kind: 'constant'; readonly value: string; readonly length?: number }
  | { readonly kind: 'instantAt'; readonly from: string; readonly offset: string }
  | { readonly kind: 'wallClockAt'; readonly from: string; readonly offset: string }
  | { readonly kind: 'minorUnits'; readonly from: string; readonly scale: number }
  | { readonly kind: 'magnitude'; readonly from: string }
  | { readonly kind: 'negated'; readonly from: string }
  | { readonly kind: 'truncated'; readonly from: string; readonly length: number }
  | { readonly kind: 'padded'; readonly from: string; readonly width: number }
  | { readonly kind: 'reshaped'; readonly from: string; readonly picture: string; readonly result: string }
  | {
      readonly kind: 'when';
      readonly from: string;
      readonly is: 'negative' | 'null' | { readonly code: string };
      readonly then: Rule;
      readonly otherwise: Rule;
    };

export type Fields = Readonly<Record<string, Field>>;

/** Names of the fields of one kind. */
export type Named<F extends Fields, Kind extends string> = {
  [Name in keyof F]: F[Name]['type']['kind'] extends Kind ? Name : never;
}[keyof F] &
  string;

/** The cells a field may hold, without null. */
export type CellOf<F extends Field> = Exclude<F['cell'], undefined> & Cell;

/** The codes of a field declared with `codes`; all strings when it was not. */
type CodeOf<F extends Field> = Extract<CellOf<F>, string>;

/** The converters, as the columns of a target may use them: the compiler knows the source's columns and their types. */
export interface Converters<F extends Fields> {
  /** The value as it is, under the name of the target column. */
  readonly copy: (from: keyof F & string) => Rule;
  /** Text without the white space around it. */
  readonly trim: (from: Named<F, 'text'>) => Rule;
  /** Another code for each code of the source. All codes must be in the table. `length` is that of the target column. */
  readonly lookup: <Name extends Named<F, 'text'>>(
    from: Name,
    table: Readonly<Record<CodeOf<F[Name]>, string>>,
    length?: number,
  ) => Rule;
  /** Texts put together; null parts are left out, and without any part the value is null. */
  readonly concat: (from: readonly Named<F, 'text'>[], separator: string) => Rule;
  /** The same text in every row. `length` is that of the target column. */
  readonly constant: (value: string, length?: number) => Rule;
  /** The instant at which clocks in a zone this far from UTC show the source's value. */
  readonly instantAt: (from: Named<F, 'timestamp'>, offset: Offset) => Rule;
  /** What clocks in a zone this far from UTC show at the source's instant. */
  readonly wallClockAt: (from: Named<F, 'instant'>, offset: Offset) => Rule;
  /** A decimal out of an integer of minor units: 1234 at scale 2 is 12.34. */
  readonly minorUnits: (from: Named<F, 'int'>, scale: number) => Rule;
  /** The decimal without its sign. */
  readonly magnitude: (from: Named<F, 'decimal'>) => Rule;
  /** The decimal with the other sign; 0 has none. */
  readonly negated: (from: Named<F, 'decimal'>) => Rule;
  /** The first characters of a text. */
  readonly truncated: (from: Named<F, 'text'>, length: number) => Rule;
  /** The digits of an integer of 0 or more, with zeros before them: 7 at width 3 is 007. A longer one fails. */
  readonly padded: (from: Named<F, 'int'>, width: number) => Rule;
  /**
   * The digits of a text or date in another order. Each letter of the picture stands for one digit and all else for
   * itself: `YYYY-MM-DD` into `DD.MM.YYYY`. What does not look like the picture fails.
   */
  readonly reshaped: (from: Named<F, 'text' | 'date'>, picture: string, result: string) => Rule;
  /** One rule or another. */
  readonly whenNegative: (from: Named<F, 'decimal'>, then: Rule, otherwise: Rule) => Rule;
  readonly whenNull: (from: keyof F & string, then: Rule, otherwise: Rule) => Rule;
  readonly whenCode: <Name extends Named<F, 'text'>>(
    from: Name,
    code: CodeOf<F[Name]>,
    then: Rule,
    otherwise: Rule,
  ) => Rule;
}

/** The one implementation of {@link Converters}: which columns there are only matters to the compiler. */
export const converters: Converters<Fields> = {
  copy: (from) => ({ kind: 'copy', from }),
  trim: (from) => ({ kind: 'trim', from }),
  lookup: (from, table, length) => ({ kind: 'lookup', from, table: table, ...sized(length) }),
  concat: (from, separator) => ({ kind: 'concat', from, separator }),
  constant: (value, length) => ({ kind: 'constant', value, ...sized(length) }),
  instantAt: (from, offset) => ({ kind: 'instantAt', from, offset }),
  wallClockAt: (from, offset) => ({ kind: 'wallClockAt', from, offset }),
  minorUnits: (from, scale) => ({ kind: 'minorUnits', from, scale }),
  magnitude: (from) => ({ kind: 'magnitude', from }),
  negated: (from) => ({ kind: 'negated', from }),
  truncated: (from, length) => ({ kind: 'truncated', from, length }),
  padded: (from, width) => ({ kind: 'padded', from, width }),
  reshaped: (from, picture, result) => ({ kind: 'reshaped', from, picture, result }),
  whenNegative: (from, then, otherwise) => ({ kind: 'when', from, is: 'negative', then, otherwise }),
  whenNull: (from, then, otherwise) => ({ kind: 'when', from, is: 'null', then, otherwise }),
  whenCode: (from, code, then, otherwise) => ({ kind: 'when', from, is: { code }, then, otherwise }),
};

function sized(length: number | undefined): { readonly length?: number } {
  return length === undefined ? {} : { length };
}

/** The source columns a rule reads. */
export function inputsOf(rule: Rule): readonly string[] {
  if (rule.kind === 'constant') return [];
  if (rule.kind === 'when') return [rule.from, ...inputsOf(rule.then), ...inputsOf(rule.otherwise)];
  return typeof rule.from === 'string' ? [rule.from] : rule.from;
}
