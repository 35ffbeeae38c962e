import type { System } from '../integration/types/mirrors.ts';

/** What a column holds, whatever its type is called. */
export type ScalarKind =
  | 'number'
  | 'float32'
  | 'float64'
  | 'truth'
  | 'bits'
  | 'date'
  /** A date and a time of no zone. */
  | 'clock'
  | 'moment'
  /** A time of day, or a span of less than a month. */
  | 'time'
  | 'zoned time'
  | 'interval'
  | 'bytes'
  /** Geometry with its SRID. */
  | 'shape'
  /** Numbers in the punctuation of a type of PostgreSQL. */
  | 'figure'
  | 'json'
  | 'text'
  /** Spaces at its end are none of it. */
  | 'padded text'
  /** A type of its own, whose values are told by their text. */
  | 'named';

export type Kind = ScalarKind | { readonly arrayOf: ScalarKind };

type Kinds = readonly (readonly [pattern: RegExp, kind: ScalarKind])[];

/** By the type as the catalogue shows it; the first one that matches. */
const KINDS: Readonly<Record<System, Kinds>> = {
  mariadb: [
    [/^(enum|set|uuid)/, 'named'],
    [/^bit\(1\)/, 'truth'],
    [/^bit/, 'bits'],
    [/^((tiny|small|medium|big)?int|decimal|year)/, 'number'],
    [/^float/, 'float32'],
    [/^double/, 'float64'],
    [/^datetime/, 'clock'],
    [/^timestamp/, 'moment'],
    [/^date/, 'date'],
    [/^time/, 'time'],
    [/blob|binary/, 'bytes'],
    [/geom|point|line|polygon/, 'shape'],
    [/^char/, 'padded text'],
    [/./, 'text'],
  ],
  postgres: [
    [/^(boolean|bit\(1\)$)/, 'truth'],
    [/^bit\(/, 'bits'],
    [/^(smallint|integer|bigint|oid|numeric|money|xid8|types\.amount)\b/, 'number'],
    [/^real/, 'float32'],
    [/^double/, 'float64'],
    [/^timestamp.* with time zone/, 'moment'],
    [/^timestamp/, 'clock'],
    [/^time.* with time zone/, 'zoned time'],
    [/^time/, 'time'],
    [/^date$/, 'date'],
    [/^interval/, 'interval'],
    [/^(bytea|types\.blob)/, 'bytes'],
    [/^(jsonb?|hstore)$/, 'json'],
    [/^(point|line|lseg|box|path|polygon|circle)$/, 'figure'],
    [/^character\(/, 'padded text'],
    [/^(text|character|name|"char"|types\.(postcode|nested))/, 'text'],
    [/./, 'named'],
  ],
};

export function kindOf(system: System, type: string): Kind {
  if (type === 'types.numbers') return { arrayOf: 'number' };
  if (type.endsWith('[]')) return { arrayOf: scalarKindOf(system, type.slice(0, -2)) };
  return scalarKindOf(system, type);
}

function scalarKindOf(system: System, type: string): ScalarKind {
  return KINDS[system].find(([pattern]) => pattern.test(type))?.[1] ?? 'named';
}

/** In what a target's column holds a value. */
export type Holder = 'text' | 'bytes' | 'json' | 'shape' | 'own';

export function holderOf(system: System, type: string): Holder {
  const kind = kindOf(system, type);
  if (kind === 'bytes' || kind === 'json' || kind === 'shape') return kind;
  return kind === 'text' || kind === 'padded text' ? 'text' : 'own';
}
