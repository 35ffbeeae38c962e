import { isRowFault, TargetError } from '../upsert/target-error.ts';
import type { Session } from './connection.ts';

/** How the product's own tables are kept: texts are compared by their bytes. */
export const OWN_TABLE = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** What would be a row's fault in a statement of rows is the definition's here. */
export async function define(session: Session, sql: string, doing: string): Promise<void> {
  try {
    await session.run(sql, doing).catch(async (error: unknown) => {
      if (!isTooWide(error)) throw error;
      await defineLeniently(session, sql, doing);
    });
  } catch (error) {
    if (isRowFault(error)) throw new TargetError('TARGET_INCOMPATIBLE', error.message);
    throw error;
  }
}

function isTooWide(error: unknown): boolean {
  return error instanceof TargetError && error.driverCode === '1118';
}

/** A table whose longest row would not fit into a page can hold shorter ones: the rows decide, each for itself. */
async function defineLeniently(session: Session, sql: string, doing: string): Promise<void> {
  await session.run('SET SESSION innodb_strict_mode = OFF', doing);
  try {
    await session.run(sql, doing);
  } finally {
    await session.run('SET SESSION innodb_strict_mode = DEFAULT', doing);
  }
}
