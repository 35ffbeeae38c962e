import type { LetterLedger } from '../../schemas/contract/dead-letter.ts';
import type { RowGroups } from '../../schemas/contract/ports.ts';
import { writeRows } from './apply.ts';
import type { PlannedRows } from './apply.ts';
import type { LetterTable, TargetDatabase } from './database.ts';
import { writeAtOnce } from './strategies.ts';
import { inTransaction } from './transaction.ts';

/** The dead letters of a target; `planRows` turns the rows of a redriven letter into statements. */
export function createLetterLedger(
  database: TargetDatabase,
  planRows: (rows: RowGroups) => Promise<PlannedRows>,
): LetterLedger {
  const asking = <T>(ask: (letters: LetterTable) => Promise<T>): Promise<T> =>
    inTransaction(database, ({ letters }) => ask(letters));
  return {
    parkedRows: (route) => asking((letters) => letters.parkedRows(route)),
    list: (route, filter) => asking((letters) => letters.list(route, filter)),
    record: (route, at) => asking((letters) => letters.record(route, at)),
    summary: (route) => asking((letters) => letters.summary(route)),
    prune: (route, closedBefore) => asking((letters) => letters.prune(route, closedBefore)),
    discard: (letter, by, reason) =>
      asking((letters) => letters.close(letter, { status: 'discarded', by, reason })),
    redrive: async (letter, rows, by) => {
      const planned = await planRows(rows);
      return inTransaction(database, async (transaction) => {
        // First, because it locks the letter: of two that redrive it, the second finds it closed.
        const open = await transaction.letters.close(letter, { status: 'redriven', by, reason: null });
        if (!open) return null;
        return { withheld: await writeRows(transaction, planned, writeAtOnce) };
      });
    },
  };
}
