import type { ColumnValue } from '../upsert/run-rows.ts';

/** A statement takes all of its parameters: the time that the server fills in itself has one, too. */
export function placeholder(kind: ColumnValue['kind'], at: number): string {
  const given = `$${at.toString()}`;
  switch (kind) {
    case 'text':
      return `${given}::text`;
    case 'number':
      return `${given}::bigint`;
    case 'time':
      return `${given}::timestamptz`;
    case 'bytes':
      return `decode(${given}, 'hex')`;
    case 'now':
      return `COALESCE(${given}::timestamptz, now())`;
  }
}

export function parameterOf(column: ColumnValue): string | number | null {
  switch (column.kind) {
    case 'text':
    case 'number':
    case 'bytes':
      return column.value;
    case 'time':
      return column.value === null ? null : new Date(column.value).toISOString();
    case 'now':
      return null;
  }
}
