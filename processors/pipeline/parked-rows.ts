import type { RowKey } from '../../schemas/contract/cell.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import type { DeadLetter, ParkedRow } from '../../schemas/contract/dead-letter.ts';
import { storedKeyOf } from '../../schemas/contract/stored-key.ts';

/** Source rows whose changes wait behind a dead letter. */
export class ParkedRows {
  /** By row: whether it waits for nothing but a change that brings it whole. */
  readonly #rows: Map<string, boolean>;

  constructor(rows: readonly ParkedRow[] = []) {
    this.#rows = new Map(rows.map(({ topic, key, awaitsWhole }) => [identify(topic, key), awaitsWhole]));
  }

  has(topic: string, key: RowKey): boolean {
    return this.#rows.size > 0 && this.#rows.has(identify(topic, storedKeyOf(key)));
  }

  /** Whether a change that brings the row whole need not wait. */
  awaitsWhole(topic: string, key: RowKey): boolean {
    return this.#rows.size > 0 && this.#rows.get(identify(topic, storedKeyOf(key))) === true;
  }

  add(topic: string, key: RowKey, awaitsWhole = false): void {
    this.#rows.set(identify(topic, storedKeyOf(key)), awaitsWhole);
  }

  /** These and the rows that the letters are about; what those wait for is asked of the target before it matters. */
  and(letters: readonly DeadLetter[]): ParkedRows {
    if (letters.length === 0) return this;
    const both = new ParkedRows();
    for (const [row, awaitsWhole] of this.#rows) both.#rows.set(row, awaitsWhole);
    for (const { key, record } of letters)
      if (key !== null && !both.has(record.topic, key)) both.add(record.topic, key);
    return both;
  }
}

/** Whether what the event makes of its row does not depend on what the row was. */
export function bringsWhole(event: ChangeEvent): boolean {
  if (event.kind === 'delete') return true;
  return event.kind === 'upsert' && event.shape.columns.every(({ name }) => event.after[name] !== undefined);
}

function identify(topic: string, key: string): string {
  return `${topic}\n${key}`;
}
