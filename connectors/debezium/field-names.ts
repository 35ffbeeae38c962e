import { groupBy } from '../../schemas/contract/grouping.ts';
import type { Naming } from './topic-names.ts';

/** Columns of a table that would travel under one name; the connector stops at such a table. */
export function collidingColumns(columns: readonly string[], naming: Naming): readonly string[] {
  if (naming === 'unicode') return [];
  const byField = groupBy(columns, fieldNameOf);
  return [...byField.values()].filter((names) => names.length > 1).flat();
}

/** A column's name in Avro, as Debezium writes it. */
function fieldNameOf(column: string): string {
  return column.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}
