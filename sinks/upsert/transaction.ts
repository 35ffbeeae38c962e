import type { TargetDatabase, TargetTransaction } from './database.ts';

/** Commits what `work` has done, unless it throws. */
export async function inTransaction<T>(
  database: TargetDatabase,
  work: (transaction: TargetTransaction) => Promise<T>,
): Promise<T> {
  const transaction = await database.begin();
  try {
    const outcome = await work(transaction);
    await transaction.commit();
    return outcome;
  } finally {
    await transaction.release();
  }
}
