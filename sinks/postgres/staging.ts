import { createHash } from 'node:crypto';
import { tableLabel } from '../../schemas/contract/table.ts';
import { storedKeyOf } from '../../schemas/contract/stored-key.ts';
import type { RowSet, TargetColumn } from '../upsert/database.ts';
import { elementAt } from '../upsert/row-sets.ts';
import type { Session } from './connection.ts';
import { jsonOf, recordColumn } from './types.ts';

/** Below this, the round trips cost more than what COPY saves. */
export const STAGED_FROM = 200;

/** Whether this user may make temporary tables: everybody may, where nobody has taken that right away. */
export async function mayStage(session: Session): Promise<boolean> {
  const [answer] = await session.run<{ may: boolean }>(
    `SELECT has_database_privilege(current_database(), 'TEMP') AS may`,
    [],
    'look for the right to temporary tables',
  );
  return answer?.may === true;
}

/**
 * Brings large sets of rows into a temporary table by COPY, which takes the server half of the time that reading them out of a
 * JSON parameter does. Sets of the same types share a table: it outlives the transaction, and its rows do not.
 */
export class Staging {
  readonly #session: Session;
  readonly #from: number;
  /** Tables that a set of this transaction may still be in. */
  readonly #filled = new Set<string>();

  /** @param from rows that a set must have; sets of fewer are not staged. */
  constructor(session: Session, from: number) {
    this.#session = session;
    this.#from = from;
  }

  /** The table that the rows are in now, with the columns of a record (`i`, `k`, `v`, `c0`…); null when they are too few. */
  async bring(set: RowSet): Promise<string | null> {
    if (set.rows.length < this.#from) return null;
    const columns = definitionOf(set.columns);
    const table = `pg_temp.cf_rows_${createHash('sha256').update(columns).digest('hex').slice(0, 16)}`;
    const doing = `bring rows for ${tableLabel(set.target.shape.id)}`;
    await this.#session.run(
      `CREATE TEMP TABLE IF NOT EXISTS ${table} (${columns}) ON COMMIT DELETE ROWS`,
      [],
      doing,
    );
    if (this.#filled.has(table)) await this.#session.run(`DELETE FROM ${table}`, [], doing);
    this.#filled.add(table);
    await this.#session.copy(`COPY ${table} FROM STDIN`, linesOf(set), doing);
    return table;
  }
}

function definitionOf(columns: readonly TargetColumn[]): string {
  const cells = columns.map((column, at) => `c${at} ${recordColumn(column).type}`);
  return ['i integer', 'k text', 'v bytea', ...cells].join(', ');
}

/** In COPY's text format: a line for each row, cells apart by tabs. */
function linesOf({ columns, rows, keys, versions }: RowSet): string {
  const texts = columns.map(jsonOf);
  let lines = '';
  for (const [i, row] of rows.entries()) {
    lines += `${i}\t${escaped(storedKeyOf(elementAt(keys, i)))}\t\\\\x${elementAt(versions, i)}`;
    for (const [at, textOf] of texts.entries()) {
      const cell = textOf(elementAt(row, at));
      lines += cell === null ? '\t\\N' : `\t${typeof cell === 'string' ? escaped(cell) : String(cell)}`;
    }
    lines += '\n';
  }
  return lines;
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (special) => ESCAPES[special] ?? special) : text;
}
