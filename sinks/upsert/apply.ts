import type {
  ChangedRow,
  Claim,
  PassedState,
  PositionMove,
  SinkBatch,
  SinkPoint,
  Withheld,
} from '../../schemas/contract/ports.ts';
import { accountText } from '../../schemas/accounting/text.ts';
import { WHOLE_TABLE } from '../../schemas/contract/stored-key.ts';
import { writeClears } from './clears.ts';
import type { PlannedClear } from './clears.ts';
import type { JournaledMove, RowSet, TargetDatabase, TargetTransaction } from './database.ts';
import { elementAt } from './row-sets.ts';
import { writeAtOnce, writeInIsolation } from './strategies.ts';
import type { WriteStrategy } from './strategies.ts';
import type { PlannedJournal } from './journal.ts';
import type { Origin } from './journal-entries.ts';
import { isRowFault, TargetError } from './target-error.ts';
import { unwrittenStates } from './unwritten.ts';

export type Reach = (point: SinkPoint) => void | Promise<void>;

export interface ApplyContext {
  readonly database: TargetDatabase;
  readonly reach: Reach;
}

/** What a batch comes to: tables to be cleared, then rows to be written. */
export interface PlannedRows {
  readonly clears: readonly PlannedClear[];
  readonly sets: readonly RowSet[];
  readonly passed: readonly PassedState[];
  /** Null when no journal is kept. */
  readonly journal: PlannedJournal | null;
}

/** Writes the rows and moves the position, or neither. Returns the rows that the version guard kept out. */
export async function applyBatch(
  context: ApplyContext,
  batch: SinkBatch,
  rows: PlannedRows,
): Promise<readonly Withheld[]> {
  try {
    return await attempt(context, batch, rows, writeAtOnce);
  } catch (error) {
    if (!isRowFault(error)) throw error;
  }
  return await attempt(context, batch, rows, writeInIsolation);
}

/** Clears tables, then writes rows in the way given, then tells what was not written. */
export async function writeRows(
  transaction: TargetTransaction,
  { clears, sets, passed }: PlannedRows,
  write: WriteStrategy,
): Promise<readonly Withheld[]> {
  const notCleared = await writeClears(transaction, clears);
  const withheld = await write(transaction, sets);
  await transaction.noteUnwritten(unwrittenStates(passed, sets, withheld));
  return [...notCleared, ...withheld];
}

async function attempt(
  { database, reach }: ApplyContext,
  batch: SinkBatch,
  rows: PlannedRows,
  write: WriteStrategy,
): Promise<readonly Withheld[]> {
  const transaction = await database.begin();
  try {
    await reach('sink:transaction-begun');
    // First, because it locks the row: a writer that was fenced waits here and fails, before it has written anything.
    if (!(await transaction.movePosition({ ...batch, journaled: rows.journal !== null })))
      return await replayed(transaction, batch);
    await reach('sink:position-written');
    const withheld = await writeRows(transaction, rows, write);
    await rows.journal?.write(transaction.journal, originOf(batch), withheld);
    await transaction.letters.insert(batch.letters);
    // Afterwards, for changes of the batch may have been parked before the one that brings their row whole.
    await transaction.letters.supersede(batch.claim.route, batch.freed);
    await keepAccount(transaction, batch, withheld);
    await reach('sink:rows-written');
    // Last, for batches of other partitions wait for the row of the run.
    if (batch.tally !== undefined)
      await transaction.runs.count(batch.tally.run, batch.tally.outcomes(withheld));
    await commit(database, transaction, batch);
    await reach('sink:committed');
    return withheld;
  } finally {
    await transaction.release();
  }
}

async function keepAccount(
  transaction: TargetTransaction,
  { claim, first, next, account }: SinkBatch,
  withheld: readonly Withheld[],
): Promise<void> {
  if (account === undefined) return;
  const { tallies, ends } = account(withheld);
  if (tallies.length + ends.length === 0) return;
  const { route, topic, partition } = claim;
  await transaction.accounts.keep(route, { topic, partition, first, next }, accountText({ tallies, ends }));
}

/** Moves the position alone, over offsets without records. */
export async function advancePosition(
  database: TargetDatabase,
  claim: Claim,
  move: JournaledMove,
): Promise<void> {
  const transaction = await database.begin();
  try {
    if (await transaction.movePosition(move)) await commit(database, transaction, move);
    else {
      const stored = await heldPosition(transaction, claim);
      await transaction.rollback();
      if (stored === null) throw staleWriter(claim);
    }
  } finally {
    await transaction.release();
  }
}

/**
 * The position could not be moved. Either this batch was applied before (its COMMIT succeeded although nobody heard
 * of it): then all its rows are duplicates. Or somebody else owns the partition now.
 */
async function replayed(transaction: TargetTransaction, batch: SinkBatch): Promise<readonly Withheld[]> {
  const stored = await heldPosition(transaction, batch.claim);
  await transaction.rollback();
  if (stored === null) throw staleWriter(batch.claim);
  if (stored >= batch.next) return allDuplicates(batch);
  throw new TargetError(
    'INTERNAL',
    `the batch of ${partitionLabel(batch.claim)} begins at ${batch.first.toString()} but offsets up to ` +
      `${stored.toString()} are applied already; a batch must begin at the stored position`,
  );
}

/** The stored offset under the claim's own epoch, 0 when there is none; null when the epoch is somebody else's. */
async function heldPosition(transaction: TargetTransaction, claim: Claim): Promise<bigint | null> {
  const row = await transaction.readPosition(claim);
  if (row === null)
    throw new TargetError('POSITION_LOST', `the stored position of ${partitionLabel(claim)} has vanished`, {
      remedy: 'Find out who removed it; restore it, or snapshot the sources of the route again.',
    });
  return row.epoch === claim.epoch ? (row.next ?? 0n) : null;
}

/**
 * A connection that breaks during COMMIT leaves it open whether the COMMIT happened. The position row knows: it is read
 * on a new connection, with a lock, so that a COMMIT still under way is waited for.
 */
async function commit(
  database: TargetDatabase,
  transaction: TargetTransaction,
  { claim, next }: PositionMove,
): Promise<void> {
  try {
    await transaction.commit();
  } catch (error) {
    if (!(error instanceof TargetError && error.connectionLost)) throw error;
    const reading = await database.begin();
    try {
      const stored = await heldPosition(reading, claim);
      await reading.rollback();
      if (stored === null) throw staleWriter(claim);
      if (stored < next) throw error;
    } finally {
      await reading.release();
    }
  }
}

function originOf({ claim: { route, topic, partition }, first, next, mappingVersion }: SinkBatch): Origin {
  return { chain: { route, topic, partition }, kind: 'batch', first, next, mappingVersion };
}

function allDuplicates({ clears, deletes, upserts, occurrences }: SinkBatch): Withheld[] {
  const rows = [...deletes, ...upserts, ...occurrences].flatMap(({ table, keys, versions }): ChangedRow[] =>
    keys.map((key, at) => ({ table, key, version: elementAt(versions, at) })),
  );
  const tables = clears.map(({ table, version }): ChangedRow => ({
    table: { id: table },
    key: WHOLE_TABLE,
    version,
  }));
  return [...tables, ...rows].map((row) => ({ ...row, reason: 'duplicate' }));
}

function staleWriter(claim: Claim): TargetError {
  return new TargetError(
    'STALE_WRITER',
    `${partitionLabel(claim)} was claimed by another process after epoch ${claim.epoch.toString()}`,
  );
}

function partitionLabel({ route, topic, partition }: Claim): string {
  return `${route}/${topic}/${partition}`;
}
