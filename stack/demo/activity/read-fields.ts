import { parseWallClock } from './clock.ts';

/** A row as the driver gives it: 64-bit integers and decimals as text. */
export type Fields = Readonly<Record<string, string | number | null>>;

export type Read = (sql: string) => Promise<readonly Fields[]>;

export function text(row: Fields, column: string): string {
  return String(row[column]);
}

export function textOrNull(row: Fields, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function submittedMs(row: Fields): number | null {
  return row['submitted_at'] === null ? null : parseWallClock(text(row, 'submitted_at')).ms;
}
