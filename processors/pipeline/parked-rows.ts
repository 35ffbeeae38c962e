import type { RowKey } from '../../schemas/contract/cell.ts';
import type { DeadLetter, ParkedRow } from '../../schemas/contract/dead-letter.ts';
import { storedKeyOf } from '../../schemas/contract/stored-key.ts';

/** Source rows whose changes wait behind a dead letter. */
export class ParkedRows {
  readonly #rows: Set<string>;

  constructor(rows: readonly ParkedRow[] = []) {
    this.#rows = new Set(rows.map(({ topic, key }) => identify(topic, key)));
  }

  has(topic: string, key: RowKey): boolean {
    return this.#rows.size > 0 && this.#rows.has(identify(topic, storedKeyOf(key)));
  }

  add(topic: string, key: RowKey): void {
    this.#rows.add(identify(topic, storedKeyOf(key)));
  }

  /** These and the rows that the letters are about. */
  and(letters: readonly DeadLetter[]): ParkedRows {
    if (letters.length === 0) return this;
    const both = new ParkedRows();
    for (const row of this.#rows) both.#rows.add(row);
    for (const { key, record } of letters) if (key !== null) both.add(record.topic, key);
    return both;
  }
}

function identify(topic: string, key: string): string {
  return `${topic}\n${key}`;
}
