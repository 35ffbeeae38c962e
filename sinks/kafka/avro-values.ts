import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';

/** A cell as avsc takes it, for a column of the type that `messageSchema` gives it. */
export type AvroValue = boolean | number | bigint | string | Buffer;

/** The cell cannot be said in the column's Avro type; the message says why, without the value. */
export class UnfitCell extends Error {}

/** Turns the cells of a column, other than null, into Avro values. It throws UnfitCell. */
export function avroValueOf(type: LogicalType): (cell: NonNullable<Cell>) => AvroValue {
  switch (type.kind) {
    case 'decimal':
      return type.precision === undefined || type.scale === undefined
        ? plain
        : decimalBytes(type.precision, type.scale);
    case 'date':
      return (cell) => dayOf(String(cell));
    case 'time':
      return type.beyondDay === true ? plain : (cell) => microsOfClock(String(cell));
    case 'timestamp':
    case 'instant':
      return (cell) => microsOf(String(cell));
    case 'boolean':
    case 'int':
    case 'float':
    case 'text':
    case 'enum':
    case 'json':
    case 'uuid':
    case 'bytes':
    case 'bits':
    case 'array':
    case 'geometry':
      return plain;
    default:
      return unreachable(type);
  }
}

function plain(cell: NonNullable<Cell>): AvroValue {
  return cell instanceof Uint8Array ? Buffer.from(cell) : cell;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** The unscaled integer in the fewest bytes, big-endian, two's complement: as Java's BigInteger writes it. */
function decimalBytes(precision: number, scale: number): (cell: NonNullable<Cell>) => Buffer {
  return (cell) => {
    const [, sign = '', whole = '', fraction = ''] = DECIMAL.exec(String(cell)) ?? [];
    if (whole === '') throw new UnfitCell('is no decimal number');
    if (/[1-9]/.test(fraction.slice(scale))) throw new UnfitCell(`has more than ${scale} decimal places`);
    const unscaled = BigInt(sign + whole + fraction.slice(0, scale).padEnd(scale, '0'));
    if (digitsOf(unscaled) > precision) throw new UnfitCell(`has more than ${precision} digits`);
    return bytesOf(unscaled);
  };
}

function digitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

function bytesOf(value: bigint): Buffer {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length += 1;
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
}

const DAY_MS = 86_400_000;
const DATE = /^(\d{4,6})-(\d\d)-(\d\d)$/;
const CLOCK = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;

/** Days since 1970-01-01. Dates before the year 1 and infinity are no days that readers of Avro know. */
function dayOf(date: string): number {
  const [, year, month, day] = DATE.exec(date) ?? [];
  const time = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (Number.isNaN(time)) throw new UnfitCell('is no date of our era');
  return time / DAY_MS;
}

function microsOfClock(clock: string): bigint {
  const [, hours, minutes, seconds, fraction = ''] = CLOCK.exec(clock) ?? [];
  const whole = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  if (Number.isNaN(whole)) throw new UnfitCell('is no time of a day');
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

/** Microseconds since 1970-01-01 00:00:00, of a wall clock or of an instant in UTC. */
function microsOf(text: string): bigint {
  const [date = '', clock = ''] = text.replace(/Z$/, '').split(/[ T]/, 2);
  return BigInt(dayOf(date)) * BigInt(DAY_MS) * 1_000n + microsOfClock(clock);
}
