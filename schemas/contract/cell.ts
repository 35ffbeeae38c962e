/**
 * One value of one column as it travels from decode to sink and through every check.
 *
 * There is one canonical cell per value and {@link LogicalType}, so that equality of cells is equality of values:
 *
 * | kind                | cell                                                                    |
 * |---------------------|-------------------------------------------------------------------------|
 * | boolean             | `boolean`                                                               |
 * | int, 16 or 32 bits  | `number` (an integer)                                                   |
 * | int, 64 bits        | `bigint`                                                                |
 * | float               | `number`                                                                |
 * | decimal             | `string`: `-?digits[.digits]`, no exponent, never `-0`; the scale is as sent  |
 * | text, enum, json    | `string`                                                                |
 * | uuid                | `string`, lower case with hyphens                                       |
 * | bytes               | `Uint8Array`                                                            |
 * | bits                | `string` of `0` and `1`, as many as the type has                        |
 * | date                | `string`: `YYYY-MM-DD`                                                  |
 * | time                | `string`: `[-]HH:MM:SS[.ffffff]`, trailing zeros of the fraction removed |
 * | timestamp           | `string`: `YYYY-MM-DD HH:MM:SS[.ffffff]`, a wall clock without a zone   |
 * | instant             | `string`: `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, always UTC                   |
 * | array               | `string`: JSON; numbers and truth values as such, all else as strings   |
 * | geometry            | `Uint8Array`: extended well-known binary, the SRID only when it is not 0 |
 *
 * Dates, timestamps and instants of PostgreSQL may also be `infinity` or `-infinity`, have more than four digits of
 * a year, or end in ` BC`. An array's strings are cells as text, bytes among them as `\x` and hex digits.
 *
 * Money never becomes a JavaScript number: OA ids pass 2^53 and cents do not survive doubles.
 */
export type Cell = null | boolean | number | bigint | string | Uint8Array;

/**
 * A row by column name. A column that is missing from the object was not sent (an unchanged TOAST value, or a
 * `before` image that holds only the key): that is not null, and it must never be written.
 */
export type Row = Readonly<Record<string, Cell>>;

declare const rowKeyBrand: unique symbol;

/** The canonical text of a row's key cells, in key order: equal keys have equal text. */
export type RowKey = string & { readonly [rowKeyBrand]: true };

/**
 * Builds the canonical key text: a JSON array in which an integer is a string of digits, bytes are hex. An integer has one
 * text whatever its width: a row stays the same row when its key column is widened.
 */
export function rowKeyOf(cells: readonly Cell[]): RowKey {
  const [first] = cells;
  // What most tables have: one integer, whose text needs no escapes.
  if (cells.length === 1 && (typeof first === 'bigint' || Number.isInteger(first)))
    return `["${String(first)}"]` as RowKey;
  return JSON.stringify(cells.map(keyPart)) as RowKey;
}

function keyPart(cell: Cell): string | number | boolean | null {
  if (typeof cell === 'bigint' || Number.isInteger(cell)) return String(cell);
  if (cell instanceof Uint8Array) return `\\x${Buffer.from(cell).toString('hex')}`;
  return cell;
}
