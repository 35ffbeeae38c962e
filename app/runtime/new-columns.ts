import type { TableId } from '../../schemas/contract/table.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { withSource } from './source-session.ts';

/**
 * Whether these columns were null in all rows when they were added to a source table: they may be null, and have no default.
 * A default that was taken away since is seen on PostgreSQL alone. False when one of them is not there any more.
 */
export async function haveNoValues(
  name: string,
  source: SourceConfig,
  { namespace, name: table }: TableId,
  columns: readonly string[],
): Promise<boolean> {
  const places = columns.map(() => '?').join(', ');
  const sql =
    source.kind === 'postgresql'
      ? `SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
           JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ? AND a.attname IN (${places}) AND NOT a.attisdropped
           AND NOT (a.attnotnull OR a.atthasdef OR a.atthasmissing OR a.attidentity <> '')`
      : `SELECT column_name FROM information_schema.columns
         WHERE table_schema = ? AND table_name = ? AND column_name IN (${places}) AND is_nullable = 'YES'
           AND (column_default IS NULL OR column_default = 'NULL') AND extra = ''`;
  const found = await withSource(name, source, 'check', (session) =>
    session.run(sql, [namespace, table, ...columns]),
  );
  return found.length === columns.length;
}
