import { createChecker } from '../../monitoring/consistency/checker.ts';
import type { ComparedTable } from '../../monitoring/consistency/expected-rows.ts';
import type { RepairRow } from '../../schemas/contract/repair.ts';
import type { RepairSession } from './session.ts';

export type Standing = 'missing' | 'extra' | 'different' | 'equal' | 'undecided';

/** What a check has found of tables, by rows. */
export interface TablesLook {
  of(row: Pick<RepairRow, 'table' | 'place'>): Standing;
  /** How many rows are found to differ. */
  readonly differing: number;
  /** Why some rows are undecided, if any are. */
  readonly doubt: string;
}

/**
 * Checks whole tables. Of a row that others change all the time nothing can be said; that leaves the others as they were found,
 * though the check of the table as a whole has no verdict then.
 */
export async function lookAtTables(
  { checkable, signal, timeoutSeconds }: RepairSession,
  tables: ReadonlySet<string>,
): Promise<TablesLook> {
  const found = new Map<string, Standing>();
  const placeOf = (table: string, place: string) => `${table}\n${place}`;
  const find = ({ label }: ComparedTable, key: string, standing: Standing) => {
    found.set(placeOf(label, key), standing);
  };
  const report = await createChecker({ relookKeys: Number.MAX_SAFE_INTEGER }).check(checkable, {
    ...{ signal, deadlineSeconds: timeoutSeconds, tables: [...tables] },
    onConfirmed: ({ table, key, look }) => {
      find(table, key, look.kind);
    },
    onUndecided: ({ table, key }) => {
      find(table, key, 'undecided');
    },
  });
  signal.throwIfAborted();
  const seen = new Set(
    report.tables
      .filter(({ verdict, rowsCompared }) => verdict !== 'inconclusive' || rowsCompared > 0)
      .map(({ table }) => table),
  );
  const open = report.tables.find(({ verdict }) => verdict === 'inconclusive');
  return {
    of: ({ table, place }) => (seen.has(table) ? (found.get(placeOf(table, place)) ?? 'equal') : 'undecided'),
    differing: [...found.values()].filter((standing) => standing !== 'undecided').length,
    doubt: report.reason ?? open?.reason ?? 'no verdict was possible',
  };
}
