import { CounterfoilError } from '../contract/errors.ts';
import type { MessageBody } from '../contract/message.ts';
import { comeToNothing } from '../dsl/decimal-text.ts';

/** Amounts that come to nothing in a document that has all of its rows, as those of a voucher do. */
export interface Balance {
  /** What the rows are nested under. */
  readonly of: string;
  readonly amount: string;
  /** The column that says what can be added up, such as the currency. */
  readonly by: string;
}

/** Why a document cannot be told as it is; null when it balances. No row at all is no balance. */
export function imbalanceOf({ of, amount, by }: Balance, { nested }: MessageBody): CounterfoilError | null {
  const amounts = new Map<string, string[]>();
  for (const { cells } of nested[of] ?? []) {
    const kind = String(cells[by]);
    amounts.set(kind, [...(amounts.get(kind) ?? []), String(cells[amount])]);
  }
  if (amounts.size > 0 && [...amounts.values()].every(comeToNothing)) return null;
  return new CounterfoilError('ROW_REJECTED', `its ${of} do not come to nothing: a row of it is missing`, {
    remedy: 'Look for dead letters of the routes of the feed; once they are redriven it is told.',
  });
}
