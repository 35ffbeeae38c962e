import type { Chain } from '../../schemas/contract/chain.ts';
import type { MappedRows, RowGroups } from '../../schemas/contract/ports.ts';
import type { RepairLedger } from '../../schemas/contract/repair.ts';
import { writeRows } from './apply.ts';
import type { PlannedRows } from './apply.ts';
import type { PositionRow, RepairTable, TargetDatabase } from './database.ts';
import type { Origin } from './journal-entries.ts';
import { writeAtOnce } from './strategies.ts';
import { TargetError } from './target-error.ts';
import { inTransaction } from './transaction.ts';

/** The repairs of a target; `planRows` turns the rows of one into statements. */
export function createRepairLedger(
  database: TargetDatabase,
  planRows: (rows: RowGroups) => Promise<PlannedRows>,
): RepairLedger {
  const asking = <T>(ask: (repairs: RepairTable) => Promise<T>): Promise<T> =>
    inTransaction(database, ({ repairs }) => ask(repairs));
  return {
    plan: (order, rows) => asking((repairs) => repairs.insert(order, rows)),
    list: (route, filter) => asking((repairs) => repairs.list(route, filter)),
    rows: (repair) => asking((repairs) => repairs.rows(repair)),
    change: (repair, from, change) => asking((repairs) => repairs.update(repair, from, change)),
    note: (repair, changes) =>
      asking(async (repairs) => {
        for (const change of changes) await repairs.updateRow(repair, change);
      }),
    write: async (repair, chain, rows, changes) => {
      const planned = await planRows(rows);
      const transaction = await database.begin();
      try {
        // In the order in which a batch takes its locks: the position first, which is the chain of the journal as well.
        const position = await transaction.readPosition(chain);
        if (position === null) throw noPosition(chain);
        const withheld = await writeRows(transaction, planned, writeAtOnce);
        for (const change of changes(withheld))
          if (!(await transaction.repairs.updateRow(repair, change))) return null;
        await planned.journal?.write(transaction.journal, originOf(chain, position, rows), withheld);
        await transaction.commit();
        return withheld;
      } finally {
        await transaction.release();
      }
    },
  };
}

/** Of no record: it stands where the partition is read next. */
function originOf(chain: Chain, { next }: PositionRow, { mappingVersion }: MappedRows): Origin {
  const at = next ?? (0n as Origin['first']);
  return { chain, kind: 'repair', first: at, next: at, mappingVersion };
}

function noPosition({ route, topic, partition }: Chain): TargetError {
  return new TargetError('POSITION_LOST', `route ${route} has no position in ${topic}/${partition}`, {
    remedy: 'A repair goes the way of the route: let it run first.',
  });
}
