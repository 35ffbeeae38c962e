import type { Cell } from '../../../schemas/contract/cell.ts';
import type { Column, LogicalType } from '../../../schemas/contract/table.ts';
import { normalReader, textReader } from './cell-text.ts';
import type { RawValue } from './mysql-stream.ts';

/**
 * What to make of dates that do not exist, such as `0000-00-00`. The connector sends null for them where the column may be
 * null; a source must be read likewise. Where it is NOT NULL the connector makes up a date: that is a difference, which a
 * check must find. In a target they are what somebody put there.
 */
export type ZeroDates = 'as-captured' | 'as-stored';

/** Reads a value of one column that is not null. */
export type ValueReader<T> = (value: RawValue) => T | null;

/** How what the driver gives for a column becomes a cell. */
export function cellReader({ type, nullable }: Column, zeroDates: ZeroDates): ValueReader<Cell> {
  const read = textReader(type, (text) => text);
  if (isBinary(type)) return (value) => (Buffer.isBuffer(value) ? value : textOf(value));
  if (type.kind === 'int' && type.bits !== 64)
    return (value) => (typeof value === 'number' ? value : read(textOf(value)));
  return withZeroDates(type, nullable, zeroDates, read);
}

/** How it becomes a normal text. */
export function normalTextReader({ type, nullable }: Column, zeroDates: ZeroDates): ValueReader<string> {
  if (isBinary(type))
    return (value) => (Buffer.isBuffer(value) ? value.toString('latin1') : `\u0100${textOf(value)}`);
  return withZeroDates(
    type,
    nullable,
    zeroDates,
    normalReader(type, (text) => text),
  );
}

function isBinary({ kind }: LogicalType): boolean {
  return kind === 'bytes' || kind === 'geometry';
}

function withZeroDates<T>(
  { kind }: LogicalType,
  nullable: boolean,
  zeroDates: ZeroDates,
  read: (text: string) => T,
): ValueReader<T> {
  const dated = kind === 'date' || kind === 'timestamp' || kind === 'instant';
  if (!dated || !nullable || zeroDates === 'as-stored') return (value) => read(textOf(value));
  return (value) => {
    const text = textOf(value);
    return isImpossible(text) ? null : read(text);
  };
}

function textOf(value: RawValue): string {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : value.toString();
}

/** Year, month or day is zero. */
function isImpossible(text: string): boolean {
  return text.startsWith('0000-') || text.startsWith('00', 5) || text.startsWith('00', 8);
}
