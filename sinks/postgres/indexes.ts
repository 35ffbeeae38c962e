import type { TableId } from '../../schemas/contract/table.ts';
import type { Session } from './connection.ts';
import { quote, quoteTable } from './identifiers.ts';

/**
 * Sees to it that rows are found by these columns. Only where no index begins with them: making one waits for all who
 * write the table.
 */
export async function ensureIndex(session: Session, id: TableId, columns: readonly string[]): Promise<void> {
  const doing = `index the table ${id.name}`;
  const found = await session.run(
    `SELECT 1 FROM pg_index x WHERE x.indrelid = to_regclass($1) AND x.indisvalid AND x.indpred IS NULL AND $2::text[] = (
       SELECT array_agg(a.attname::text ORDER BY k.place)
       FROM unnest(x.indkey::smallint[]) WITH ORDINALITY AS k(number, place)
         JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
       WHERE k.place <= cardinality($2::text[]))`,
    [quoteTable(id), columns],
    doing,
  );
  if (found.length > 0) return;
  await session.run(`CREATE INDEX ON ${quoteTable(id)} (${columns.map(quote).join(', ')})`, [], doing);
}
