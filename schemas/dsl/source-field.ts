import type { LogicalKind, LogicalType } from '../contract/table.ts';

/** What is agreed about one source column: its type, and the rules its values keep. */
export interface Field<Kind extends LogicalKind = LogicalKind, Value = unknown> {
  readonly type: LogicalType & { readonly kind: Kind };
  /** Null is a breach of the contract. */
  readonly required: boolean;
  /** The values that may occur; anything else is a breach. */
  readonly codes?: readonly string[];
  /** Inclusive bounds of decimals, dates, timestamps and instants, as canonical text. Decimals are compared exactly. */
  readonly min?: string;
  readonly max?: string;
  /** Only for the compiler: the type of a cell, without null. Never there. */
  readonly cell?: Value;
}

export interface Bounds {
  readonly min?: string;
  readonly max?: string;
}

/** The column may be null. */
export function optional<F extends Field>(field: F): F {
  return { ...field, required: false };
}

/** Text of at most `maxLength` characters; without a limit when it is left out. */
export function text(maxLength?: number): Field<'text', string> {
  return { type: maxLength === undefined ? { kind: 'text' } : { kind: 'text', maxLength }, required: true };
}

/** Text, or an enum of the source, out of a fixed list of codes. */
export function codes<const Code extends string>(...allowed: readonly Code[]): Field<'text', Code> {
  return { type: { kind: 'text' }, required: true, codes: allowed };
}

/** Yes or no: a boolean, or an integer that is 0 or 1 (MariaDB has no other). */
export function flag(): Field<'boolean', boolean> {
  return { type: { kind: 'boolean' }, required: true };
}

/** An integer of up to 32 bits, signed. */
export function int32(): Field<'int', number> {
  return { type: { kind: 'int', bits: 32 }, required: true };
}

/** An integer of up to 64 bits, signed. */
export function int64(): Field<'int', bigint> {
  return { type: { kind: 'int', bits: 64 }, required: true };
}

/** A decimal of `precision` digits, `scale` of them after the point. A value that would have to be rounded is a breach. */
export function decimal(precision: number, scale: number, bounds: Bounds = {}): Field<'decimal', string> {
  return { type: { kind: 'decimal', precision, scale }, required: true, ...bounds };
}

/** A binary floating-point number. Never for money. */
export function float(): Field<'float', number> {
  return { type: { kind: 'float', bits: 64 }, required: true };
}

export function date(bounds: Bounds = {}): Field<'date', string> {
  return { type: { kind: 'date' }, required: true, ...bounds };
}

/** A wall clock without a zone; `fraction` digits of the second, 0 to 6. */
export function timestamp(fraction: number, bounds: Bounds = {}): Field<'timestamp', string> {
  return { type: { kind: 'timestamp', fraction }, required: true, ...bounds };
}

/** A point in time; `fraction` digits of the second, 0 to 6. */
export function instant(fraction: number, bounds: Bounds = {}): Field<'instant', string> {
  return { type: { kind: 'instant', fraction }, required: true, ...bounds };
}

export function uuid(): Field<'uuid', string> {
  return { type: { kind: 'uuid' }, required: true };
}
