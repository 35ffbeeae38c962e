import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { SourceKind } from './capture-source.ts';
import { escapeJava } from './table-patterns.ts';

/** A row of the table of signals. */
export interface SignalRow {
  /** At most 64 characters; what the connector says of it carries it, too. */
  readonly id: string;
  readonly type: 'execute-snapshot' | 'stop-snapshot';
  /** JSON. */
  readonly data: string;
}

/**
 * Tells the connector to read a table again while it streams, or the rows of it for which `where` (SQL, as the database
 * of the source understands it) holds. Throws CONFIGURATION_INVALID for a table whose name it cannot be told.
 */
export function readAgainSignal(
  id: string,
  kind: SourceKind,
  table: TableId,
  where: string | null,
): SignalRow {
  const name = quotedName(kind, table);
  const condition = { 'data-collection': escapeJava(name), filter: `(${where ?? ''})` };
  return {
    id,
    type: 'execute-snapshot',
    data: JSON.stringify({
      type: 'incremental',
      'data-collections': [name],
      ...(where === null ? {} : { 'additional-conditions': [condition] }),
    }),
  };
}

/** Ends whatever the connector is reading again. */
export function stopSignal(id: string): SignalRow {
  return { id, type: 'stop-snapshot', data: JSON.stringify({ type: 'incremental' }) };
}

/**
 * Debezium takes names for regular expressions first. A quoted one matches no table, and is then taken as it is: the one
 * way to name a table that has a blank in its name, and to mean one out of two that differ in case.
 */
function quotedName(kind: SourceKind, { namespace, name }: TableId): string {
  const quote = kind === 'postgresql' ? '"' : '`';
  for (const part of [namespace, name]) {
    if (!/[\\^|?*+()[\]{}"`]/.test(part)) continue;
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${tableLabel({ namespace, name })} cannot be read again by itself: its name has characters that the connector takes for something else`,
      { remedy: 'make a new snapshot of its source, see docs/operations.md' },
    );
  }
  return `${quote}${namespace}${quote}.${quote}${name}${quote}`;
}
