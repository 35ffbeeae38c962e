import { escape } from 'mysql2';
import type { ColumnValue } from '../upsert/run-rows.ts';

export function literalOf(column: ColumnValue): string {
  switch (column.kind) {
    case 'text':
      return escape(column.value);
    case 'number':
      return column.value.toString();
    case 'time':
      return escape(
        column.value === null
          ? null
          : new Date(column.value).toISOString().replace('T', ' ').replace('Z', ''),
      );
    case 'bytes':
      return `X'${column.value}'`;
    case 'now':
      return 'UTC_TIMESTAMP(3)';
  }
}
