import type { BatchAccount, TransactionEnd, TransactionTally } from '../../schemas/contract/accounting.ts';
import { isOfTable } from '../../schemas/contract/change-event.ts';
import type { ChangeEvent, RowEvent, TruncateEvent } from '../../schemas/contract/change-event.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Outcome } from '../../schemas/contract/telemetry.ts';
import { mix, NOTHING } from '../../schemas/accounting/count.ts';
import type { Entry } from './entry.ts';

/** What the records of a batch say of transactions, from an offset on. `outcomes` are those of the entries. */
export function accountOf(
  entries: readonly Entry[],
  outcomes: readonly (Outcome | null)[],
  from: Offset,
): BatchAccount {
  const tallies = new Tallies();
  const ends: TransactionEnd[] = [];
  for (const [at, { record, event, rule }] of entries.entries()) {
    if (event === null || record.offset < from) continue;
    if (event.kind === 'boundary' && event.end !== null) ends.push(event.end);
    const outcome = outcomes[at];
    if (outcome == null) throw new Error('an event of the batch has no outcome');
    tallies.count(event, rule === null ? outcome : `${outcome}: ${rule}`);
  }
  return { tallies: tallies.all(), ends };
}

type Tally = { -readonly [Member in keyof TransactionTally]: TransactionTally[Member] } & {
  readonly outcomes: Record<string, number>;
};

/** Events of one transaction and one table mostly come one behind the other. */
class Tallies {
  readonly #byTransaction = new Map<string, Map<TableShape, Tally>>();
  #last: { readonly transaction: string; readonly shape: TableShape; readonly tally: Tally } | null = null;

  count(event: ChangeEvent, outcome: string): void {
    if (!isCountedBySource(event)) return;
    const { transaction, place } = event.source;
    if (transaction === null || place === null) return;
    const tally = this.#tallyOf(transaction, event.shape);
    tally.events += 1;
    tally.sum += place;
    tally.mixed = (tally.mixed + mix(place)) >>> 0;
    tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
  }

  all(): readonly TransactionTally[] {
    return [...this.#byTransaction.values()].flatMap((byShape) => [...byShape.values()]);
  }

  #tallyOf(transaction: string, shape: TableShape): Tally {
    if (this.#last?.transaction === transaction && this.#last.shape === shape) return this.#last.tally;
    const byShape = this.#byTransaction.get(transaction) ?? new Map<TableShape, Tally>();
    this.#byTransaction.set(transaction, byShape);
    const tally = byShape.get(shape) ?? {
      transaction,
      table: tableLabel(shape.id),
      ...NOTHING,
      outcomes: {},
    };
    byShape.set(shape, tally);
    this.#last = { transaction, shape, tally };
    return tally;
  }
}

/** A truncate in MariaDB or MySQL is a definition: it begins a transaction that never ends. */
function isCountedBySource(event: ChangeEvent): event is RowEvent | TruncateEvent {
  return isOfTable(event) && (event.kind !== 'truncate' || event.source.connector === 'postgresql');
}
