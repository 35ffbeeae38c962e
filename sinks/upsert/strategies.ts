import type { RowRejection, Withheld } from '../../schemas/contract/ports.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { RowSet, TargetTransaction, WriteOutcome } from './database.ts';
import { writeCounted } from './counted.ts';
import { writeMarking } from './marks.ts';
import { changedRow, chunks, pick, slice } from './row-sets.ts';
import { isRowFault, TargetError } from './target-error.ts';

/** Writes all sets in a transaction. What it throws leaves the transaction unusable. */
export type WriteStrategy = (
  transaction: TargetTransaction,
  sets: readonly RowSet[],
) => Promise<readonly Withheld[]>;

function writePart(transaction: TargetTransaction, part: RowSet): Promise<WriteOutcome> {
  return part.counts.length > 0 ? writeCounted(transaction, part) : writeMarking(transaction, part);
}

/** The usual way: large statements. A row's fault comes without the name of the row. */
export const writeAtOnce: WriteStrategy = async (transaction, sets) => {
  const withheld: Withheld[] = [];
  const missing: RowRejection[] = [];
  for (const set of sets) {
    for (const part of chunks(set, transaction.chunk)) {
      const outcome = await writePart(transaction, part);
      withheld.push(...withheldRows(part, outcome));
      missing.push(...missingRows(part, outcome));
    }
  }
  if (missing.length > 0) throw new RowRejectedError(missing);
  return withheld;
};

/** A single row that could not be written. */
interface Fault {
  readonly row: RowSet;
  readonly error: TargetError;
}

/**
 * The slow way, after a row's fault: halves what fails, between savepoints, until each bad row stands alone. Rows that
 * failed are tried again once others are in place (a unique value handed on within the batch, a child before its
 * parent) as long as that heals some. When all heal the batch is applied; else RowRejectedError names the rest.
 */
export const writeInIsolation: WriteStrategy = async (transaction, sets) => {
  await transaction.checkConstraintsAtOnce();
  const withheld: Withheld[] = [];
  let pending = sets;
  for (;;) {
    const faults: Fault[] = [];
    for (const set of pending)
      for (const part of chunks(set, transaction.chunk)) {
        const isolated = await isolate(transaction, part);
        withheld.push(...isolated.withheld);
        faults.push(...isolated.faults);
      }
    if (faults.length === 0) return withheld;
    let left: readonly Fault[] = faults;
    if (faults.length === countRows(pending)) {
      const exchanged = await exchange(transaction, faults);
      withheld.push(...exchanged.withheld);
      left = exchanged.faults;
      if (left.length === faults.length) throw new RowRejectedError(faults.map(rejectionOf));
    }
    pending = left.map(({ row }) => row);
  }
};

/**
 * Rows that hold each other's unique values (two have swapped them) block each other in any order. They are taken out
 * of the table together and written anew, where that has no other effect; those that still fail are left as they were.
 */
async function exchange(transaction: TargetTransaction, faults: readonly Fault[]): Promise<Isolated> {
  let eligible = faults.filter(
    ({ row, error }) => error.uniqueTaken && row.kind === 'upsert' && row.target.deleteIsInert,
  );
  while (eligible.length > 1) {
    const withheld: Withheld[] = [];
    const failed = new Set<Fault>();
    await transaction.savepoint('exchange');
    for (const { row } of eligible) await transaction.vacate(row);
    for (const fault of eligible) {
      const isolated = await isolate(transaction, fault.row);
      withheld.push(...isolated.withheld);
      if (isolated.faults.length > 0) failed.add(fault);
    }
    if (failed.size === 0) {
      await transaction.releaseSavepoint('exchange');
      const done = new Set(eligible);
      return { withheld, faults: faults.filter((fault) => !done.has(fault)) };
    }
    await transaction.rollbackToSavepoint('exchange');
    eligible = eligible.filter((fault) => !failed.has(fault));
  }
  return { withheld: [], faults };
}

interface Isolated {
  readonly withheld: readonly Withheld[];
  readonly faults: readonly Fault[];
}

async function isolate(transaction: TargetTransaction, part: RowSet): Promise<Isolated> {
  await transaction.savepoint('part');
  try {
    const outcome = await writePart(transaction, part);
    await transaction.releaseSavepoint('part');
    const faults = outcome.missing.map((at) => ({ row: pick(part, [at]), error: missingBase(part) }));
    return { withheld: withheldRows(part, outcome), faults };
  } catch (error) {
    if (!isRowFault(error)) throw error;
    await transaction.rollbackToSavepoint('part');
    if (part.rows.length === 1) return { withheld: [], faults: [{ row: part, error }] };
  }
  const middle = part.rows.length >> 1;
  const left = await isolate(transaction, slice(part, 0, middle));
  const right = await isolate(transaction, slice(part, middle, part.rows.length));
  return { withheld: [...left.withheld, ...right.withheld], faults: [...left.faults, ...right.faults] };
}

function countRows(sets: readonly RowSet[]): number {
  return sets.reduce((sum, set) => sum + set.rows.length, 0);
}

function rejectionOf({ row, error }: Fault): RowRejection {
  return { ...changedRow(row, 0), error };
}

function withheldRows(set: RowSet, { withheld }: WriteOutcome): Withheld[] {
  return withheld.map(({ at, reason }) => ({ ...changedRow(set, at), reason }));
}

function missingRows(set: RowSet, { missing }: WriteOutcome): RowRejection[] {
  return missing.map((at) => rejectionOf({ row: pick(set, [at]), error: missingBase(set) }));
}

function missingBase({ target, kind }: RowSet): TargetError {
  const label = tableLabel(target.shape.id);
  if (kind === 'remove')
    return new TargetError(
      'MISSING_BASE_ROW',
      `a row of ${label}, which has no key, is to be removed or changed, and the target does not have it`,
      {
        remedy:
          'Find out who else writes to the target table, or whether columns were dropped or retyped; `counterfoil connectors resnapshot` reads the whole table again.',
      },
    );
  return new TargetError(
    'MISSING_BASE_ROW',
    `an incomplete row came for ${label}, which does not have the row it completes`,
    {
      remedy:
        'The next change that brings the row whole supersedes this letter: `counterfoil backfill <table> --where …` reads it again.',
    },
  );
}
