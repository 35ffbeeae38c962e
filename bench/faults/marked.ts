import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import type pg from 'pg';
import type { EntryPlace, OpenJournal } from './journal.ts';
import { idOf } from './ledger.ts';

/** An entry of the journal that tells of one row and of nothing else. */
export interface Marked extends EntryPlace {
  readonly n: number;
}

/** Changes ledger entries one by one, each when the one before has arrived; while nobody else writes. */
export async function markEach(
  numbers: readonly number[],
  source: Connection,
  journal: OpenJournal,
  table: string,
): Promise<readonly Marked[]> {
  const marked: Marked[] = [];
  for (const n of numbers) {
    const memo = `marked ${n.toString()}`;
    await source.query(`UPDATE ledger_entry SET memo = '${memo}' WHERE id = ${idOf(n)}`);
    await untilArrived(journal.client, table, n, memo);
    marked.push({ n, ...(await journal.last('ledger_entry')) });
  }
  return marked;
}

async function untilArrived(client: pg.Client, table: string, n: number, memo: string): Promise<void> {
  for (;;) {
    const { rows } = await client.query(`SELECT 1 FROM ${table} WHERE id = ${idOf(n)} AND memo = '${memo}'`);
    if (rows.length > 0) return;
    await sleep(20);
  }
}
