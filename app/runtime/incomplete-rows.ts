import type { Decoder, Sink } from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { CONDITION_LENGTH, postgresColumn, postgresLiteral, tupleOf } from './key-conditions.ts';
import { letterId } from './letter-id.ts';

export interface IncompleteRowsOptions {
  readonly route: string;
  readonly sink: Sink;
  readonly decoder: Decoder;
  /** Orders the rows of a source table for which a condition holds (SQL of PostgreSQL) to be read again. */
  readonly order: (table: TableId, where: string) => void;
}

/**
 * Makes what looks for rows that came without some of their values and that the target does not have
 * (MISSING_BASE_ROW), and orders them to be read again: what is read is whole, and supersedes the letter. Each letter is
 * the reason of one order at most. Only PostgreSQL leaves values out.
 */
export function createIncompleteRows({
  route,
  sink,
  decoder,
  order,
}: IncompleteRowsOptions): () => Promise<void> {
  const asked = new Set<string>();
  return async () => {
    const tables = new Map<string, { readonly id: TableId; readonly keys: string[]; columns: string }>();
    for (const letter of await sink.letters.list(route, { status: 'open', code: 'MISSING_BASE_ROW' })) {
      if (letter.key === null || asked.has(letterId(letter))) continue;
      const record = await sink.letters.record(route, letter);
      const event = record === null ? null : await decoder.decode(record);
      if (event?.kind !== 'upsert') continue;
      const { id, key: columns } = event.shape;
      const table = tables.get(tableLabel(id)) ?? {
        id,
        keys: [],
        columns: tupleOf(columns.map(postgresColumn)),
      };
      const key = tupleOf(event.key.map(postgresLiteral));
      // What is over is ordered when it is looked at next.
      if (table.keys.length > 0 && table.keys.join().length + key.length > CONDITION_LENGTH) continue;
      asked.add(letterId(letter));
      tables.set(tableLabel(id), { ...table, keys: [...table.keys, key] });
    }
    for (const { id, columns, keys } of tables.values()) order(id, `${columns} IN (${keys.join(',')})`);
  };
}
