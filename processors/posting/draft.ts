import { minor } from '../../schemas/posting/money.ts';
import type { Minor } from '../../schemas/posting/money.ts';
import type { Entry } from '../../schemas/posting/voucher.ts';

/** An entry in the currency of its document, before it is converted. */
export interface DraftEntry extends Omit<Entry, 'base'> {
  /** The expense category whose budget the entry uses; null when it is no cost. */
  readonly category: string | null;
}

/** The entries of a voucher in their order: debits before the credit. */
export interface Draft {
  readonly kind: 'draft';
  readonly entries: readonly DraftEntry[];
}

/** Collects amounts that go to the same place under one entry. */
export class DraftEntries {
  readonly #entries = new Map<string, DraftEntry>();

  add(entry: DraftEntry): void {
    const key = [entry.category ?? '', entry.account, entry.costCenter ?? '', entry.party ?? ''].join('\n');
    const amount: Minor = minor((this.#entries.get(key)?.amount ?? 0n) + entry.amount);
    this.#entries.set(key, { ...entry, amount });
  }

  /** By category and account: the order in which lines came leaves no trace. What came to nothing is left out. */
  sorted(): readonly DraftEntry[] {
    return [...this.#entries]
      .filter(([, { amount }]) => amount !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, entry]) => entry);
  }
}
