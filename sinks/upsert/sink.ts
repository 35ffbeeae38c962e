import type { RowGroups, Sink } from '../../schemas/contract/ports.ts';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import type { JournalTools } from '../../schemas/journal/entry.ts';
import { rewind } from './rewind.ts';
import { advancePosition, applyBatch } from './apply.ts';
import type { PlannedRows, Reach } from './apply.ts';
import { planClears } from './clears.ts';
import type { TargetDatabase, TargetTable } from './database.ts';
import { Journal } from './journal.ts';
import { createAccountLedger } from './account-ledger.ts';
import { createLetterLedger } from './letter-ledger.ts';
import { createRepairLedger } from './repair-ledger.ts';
import { createRunLedger } from './run-ledger.ts';
import { planBatch } from './plan.ts';
import { TargetTables } from './tables.ts';
import type { OnAltered } from './tables.ts';
import { TargetError } from './target-error.ts';
import { inTransaction } from './transaction.ts';

export interface UpsertSinkOptions {
  /** Whether the database stores U+0000 in text. */
  readonly storesNul: boolean;
  readonly reach?: Reach | undefined;
  readonly onAltered?: OnAltered | undefined;
  /** Keeps a journal of what is written; without it there is none. */
  readonly journal?: JournalTools | undefined;
}

/** The sink of any database that has transactions and unique keys. */
export function createUpsertSink(database: TargetDatabase, options: UpsertSinkOptions): Sink {
  const tables = new TargetTables(database.catalogue, options.onAltered);
  const reach = options.reach ?? (() => undefined);
  const journal = options.journal === undefined ? null : new Journal(database, options.journal);

  const lookAgainAfterChange = async <T>(rows: RowGroups, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TargetError && error.tableChanged) tables.forget();
      if (error instanceof RowRejectedError) {
        // Rows are not to blame for a table that has changed: that is found out, and thrown instead.
        tables.forget();
        await targetsOf(tables, rows);
      }
      throw error;
    }
  };

  const planRows = async (rows: RowGroups): Promise<PlannedRows> => {
    const targets = await targetsOf(tables, rows);
    const targetOf = (shape: TableShape) => knownTarget(targets, shape);
    const sets = planBatch(rows, { targetOf, storesNul: options.storesNul });
    const clears = await planClears(database.catalogue, rows.clears);
    const planned = (await journal?.plan(clears, sets)) ?? null;
    return { clears, sets, passed: rows.passed ?? [], journal: planned };
  };

  return {
    prepare: async () => {
      await database.prepare();
      await journal?.begin();
    },
    ensureTable: async (shape) => {
      await tables.ensure(shape);
    },
    planTable: (shape) => tables.plan(shape),
    claim: (route, partitions) =>
      inTransaction(database, async (transaction) => {
        const claims = await transaction.raiseEpochs(route, inOrder(partitions));
        await journal?.resume(transaction, claims);
        return claims;
      }),
    rewind: (route, to) => inTransaction(database, (transaction) => rewind(transaction, route, to)),
    positions: (route) => inTransaction(database, (transaction) => transaction.listPositions(route)),
    advance: (claim, next) =>
      advancePosition(database, claim, {
        ...{ claim, first: next, next, journaled: journal !== null },
        ...{ sourceVersion: null, sourceTime: null, recordTime: null, watermark: null },
      }),
    apply: (batch) =>
      lookAgainAfterChange(batch, async () => {
        const rows = await planRows(batch);
        return { withheld: await applyBatch({ database, reach }, batch, rows) };
      }),
    letters: createLetterLedger(database, (rows) => lookAgainAfterChange(rows, () => planRows(rows))),
    runs: createRunLedger(database),
    accounts: createAccountLedger(database),
    repairs: createRepairLedger(database, (rows) => lookAgainAfterChange(rows, () => planRows(rows))),
    journalHeads: () => inTransaction(database, (transaction) => transaction.journal.heads()),
    close: () => database.close(),
  };
}

async function targetsOf(
  tables: TargetTables,
  { upserts, deletes, occurrences }: RowGroups,
): Promise<ReadonlyMap<TableShape, TargetTable>> {
  const targets = new Map<TableShape, TargetTable>();
  for (const { table } of [...deletes, ...upserts, ...occurrences])
    targets.set(table, await tables.ensure(table));
  return targets;
}

function knownTarget(targets: ReadonlyMap<TableShape, TargetTable>, shape: TableShape): TargetTable {
  const target = targets.get(shape);
  if (!target) throw new TargetError('INTERNAL', 'a batch was planned with a table that was not ensured');
  return target;
}

/** Without doubles, and in the order in which every process locks them. */
function inOrder(partitions: readonly TopicPartition[]): TopicPartition[] {
  const unique = new Map(partitions.map((each) => [`${each.topic}\0${each.partition}`, each]));
  return [...unique.values()].sort(
    (a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) || a.partition - b.partition,
  );
}
