import type { CheckReport } from '../../../monitoring/consistency/report.ts';

/** What a check says beside its verdict, in a sentence; null when there is nothing to say. Names keys and columns, no values. */
export function explanationOf({ verdict, reason, tables }: CheckReport): string | null {
  if (reason !== null) return reason;
  const found = tables.flatMap((table) => {
    if (table.verdict === verdict && table.reason !== null) return [`${table.table}: ${table.reason}`];
    if (table.later === undefined) return [];
    return [
      `${table.table}: ${table.later.toString()} rows have changed since the cut-off and are left to a later run`,
    ];
  });
  return found.length === 0 ? null : found.join('; ');
}
