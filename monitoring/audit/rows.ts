import { BUCKETS, Spool } from '../consistency/spool.ts';
import type { SpoolOptions } from '../consistency/spool.ts';
import type { EntryHead, Evidence } from './evidence.ts';
import type { JournaledTable } from './expected.ts';
import type { JournalGap } from './gaps.ts';
import { Judge } from './judge.ts';
import { Reading } from './reading.ts';

/**
 * - `altered`, `removed`: not as it was written, or not there;
 * - `added`: no entry tells of the row, or one tells of its end;
 * - `unsealed`: it is older than the journal, and in none of its entries;
 * - `unjournaled`: it may have changed while no journal was kept.
 */
export type RowFault = 'altered' | 'removed' | 'added' | 'unsealed' | 'unjournaled';

export interface RowFinding {
  readonly fault: RowFault;
  /** A JSON array of the key cells. */
  readonly key: string;
  /** The entry that told of the row last, by its place among the heads; null when none has. */
  readonly entry: number | null;
}

export interface TableAudit extends Readonly<Record<RowFault, number>> {
  /** Rows of either side. */
  readonly rows: number;
  /** Rows of which some columns are not proven. */
  readonly inPart: number;
  /** Names of those columns. */
  readonly unproven: readonly string[];
  /** Tampering first, then what nobody can tell. */
  readonly findings: readonly RowFinding[];
  /** Columns that the product has written and that the table does not have. */
  readonly goneColumns: readonly string[];
}

/** What an audit knows of the journal when it comes to the rows. */
export interface RowsContext {
  readonly heads: readonly EntryHead[];
  /** The journal says that nothing was written before it began. */
  readonly isWhole: boolean;
  /** Those of routes that write to the table. */
  readonly gaps: readonly JournalGap[];
}

/** Compares the rows of a table with what the journal says that was written. */
export async function auditRows(
  table: JournaledTable,
  evidence: Evidence,
  context: RowsContext,
  options: { readonly spool: SpoolOptions; readonly signal: AbortSignal; readonly shown: number },
): Promise<TableAudit> {
  const reading = new Reading(table);
  const actual = new Spool(options.spool);
  try {
    const present = await evidence.columns(table.id);
    if (present !== null)
      for await (const chunk of evidence.rows(reading.shape)) {
        options.signal.throwIfAborted();
        for (const texts of chunk) reading.spool(texts, actual);
        await actual.settle();
      }
    const judge = new Judge(table, reading, context, options.shown);
    for (let number = 0; number < BUCKETS; number += 1)
      judge.bucket(await table.spool.bucket(number), await actual.bucket(number));
    judge.withoutKey(reading.withoutKey);
    return { ...judge.audit(), goneColumns: present === null ? [] : reading.columnsBeside(present) };
  } finally {
    actual.close();
  }
}
