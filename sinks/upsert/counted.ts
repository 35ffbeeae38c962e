import { compareVersions } from '../../schemas/contract/position.ts';
import type { RowSet, TargetTransaction, WithheldAt, WriteOutcome } from './database.ts';
import { elementAt, pick } from './row-sets.ts';

/**
 * Writes rows of a table without a key. In the stream each comes once and in order; a dead letter that is redriven may be
 * of before the table was cleared: it has no place there any more.
 */
export async function writeCounted(transaction: TargetTransaction, part: RowSet): Promise<WriteOutcome> {
  const cleared = await transaction.clearedAt(part.target.shape.id);
  if (cleared === null) return transaction.write(part);
  const isOld = (at: number) => compareVersions(elementAt(part.versions, at), cleared) < 0;
  const all = part.rows.map((_, at) => at);
  const left = all.filter((at) => !isOld(at));
  const withheld = all.filter(isOld).map((at): WithheldAt => ({ at, reason: 'superseded' }));
  if (left.length === 0) return { withheld, missing: [] };
  const { missing } = await transaction.write(pick(part, left));
  return { withheld, missing: missing.map((at) => elementAt(left, at)) };
}
