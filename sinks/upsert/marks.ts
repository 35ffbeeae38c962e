import { DELETED_COLUMN } from '../../schemas/contract/table.ts';
import type { RowSet, TargetTransaction, WriteOutcome } from './database.ts';
import { elementAt, pick } from './row-sets.ts';

/**
 * Writes rows. An incomplete one that marks its row as deleted, and whose row is not there, leaves a tombstone in place of
 * it: the older change that comes later must not bring the row to life.
 */
export async function writeMarking(transaction: TargetTransaction, part: RowSet): Promise<WriteOutcome> {
  const outcome = await transaction.write(part);
  if (outcome.missing.length === 0) return outcome;
  const mark = part.columns.findIndex(({ name }) => name === DELETED_COLUMN);
  const isMarked = (at: number) => mark >= 0 && elementAt(part.rows, at)[mark] !== null;
  const gone = outcome.missing.filter(isMarked);
  if (gone.length === 0) return outcome;
  const buried = await transaction.write(burial(pick(part, gone)));
  const withheld = buried.withheld.map(({ at, reason }) => ({ at: elementAt(gone, at), reason }));
  return {
    withheld: [...outcome.withheld, ...withheld],
    missing: outcome.missing.filter((at) => !isMarked(at)),
  };
}

function burial(part: RowSet): RowSet {
  return {
    ...part,
    kind: 'delete',
    columns: part.target.key,
    keyAt: part.target.key.map((_, at) => at),
    rows: part.rows.map((row) => part.keyAt.map((at) => row[at] ?? null)),
  };
}
