import type { LetterLedger, StoredLetter } from '../../schemas/contract/dead-letter.ts';
import { nextOffset } from '../../schemas/contract/position.ts';
import type { MappedRows, RowGroups } from '../../schemas/contract/ports.ts';
import { writeRows } from './apply.ts';
import type { PlannedRows } from './apply.ts';
import type { LetterTable, TargetDatabase } from './database.ts';
import type { Origin } from './journal-entries.ts';
import { writeAtOnce } from './strategies.ts';
import { inTransaction } from './transaction.ts';

function originOf({ route, topic, partition, offset }: StoredLetter, { mappingVersion }: MappedRows): Origin {
  return {
    ...{ chain: { route, topic, partition }, kind: 'redrive', mappingVersion },
    ...{ first: offset, next: nextOffset(offset) },
  };
}

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
        // The chain of the journal, in the order in which a batch takes its locks.
        if (planned.journal !== null) await transaction.readPosition(letter);
        // Before anything is written: of two that redrive the letter, the second finds it closed.
        const open = await transaction.letters.close(letter, { status: 'redriven', by, reason: null });
        if (!open) return null;
        const withheld = await writeRows(transaction, planned, writeAtOnce);
        await planned.journal?.write(transaction.journal, originOf(letter, rows), withheld);
        return { withheld };
      });
    },
  };
}
