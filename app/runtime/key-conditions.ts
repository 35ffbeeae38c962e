import pg from 'pg';
import { literalOf } from '../../monitoring/consistency/readers/mysql-literal.ts';
import type { Cell } from '../../schemas/contract/cell.ts';
import type { Column } from '../../schemas/contract/table.ts';
import { quote } from '../../sinks/mysql/identifiers.ts';
import type { SourceConfig } from '../config/source-schema.ts';

/** The conditions of orders stand in a column of the source, which is often no longer than 2048 characters. */
export const CONDITION_LENGTH = 1_000;

/** SQL of a source that holds for the rows of some keys. */
export interface KeyCondition<T> {
  readonly where: string;
  readonly items: readonly T[];
}

/** Conditions for all of the items, each of which has the key of a row; none is longer than an order can be. */
export function keyConditions<T>(
  kind: SourceConfig['kind'],
  key: readonly Column[],
  items: readonly T[],
  keyOf: (item: T) => readonly Cell[],
): readonly KeyCondition<T>[] {
  const postgres = kind === 'postgresql';
  const columns = tupleOf(key.map(({ name }) => (postgres ? postgresColumn(name) : quote(name))));
  const texts = items.map((item) =>
    tupleOf(
      keyOf(item).map((cell, at) =>
        postgres ? postgresLiteral(cell) : literalOf(key[at]?.type ?? { kind: 'text' }, cell),
      ),
    ),
  );
  const conditions: KeyCondition<T>[] = [];
  for (let from = 0; from < items.length;) {
    let length = 0;
    let to = from;
    do length += (texts[to++]?.length ?? 0) + 1;
    while (to < items.length && length + (texts[to]?.length ?? 0) <= CONDITION_LENGTH);
    const where = `${columns} IN (${texts.slice(from, to).join(',')})`;
    conditions.push({ where, items: items.slice(from, to) });
    from = to;
  }
  return conditions;
}

export function tupleOf(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join() : `(${parts.join(',')})`;
}

export function postgresColumn(column: string): string {
  return pg.escapeIdentifier(column);
}

/** Any cell as text: the database takes it for a value of the column's type. */
export function postgresLiteral(cell: Cell): string {
  if (cell === null) return 'NULL';
  return pg.escapeLiteral(
    cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : String(cell),
  );
}
