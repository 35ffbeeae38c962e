import { groupBy } from '../../schemas/contract/grouping.ts';
import type { DocumentRows, TextRow } from '../../schemas/posting/declaration.ts';
import type { Place } from './settings.ts';
import { Unreadable } from './value.ts';
import type { Value } from './value.ts';
import { readVariable } from './variable.ts';

export type Rows = DocumentRows<'variables' | 'bytes'>;

/** Finds the value of a name; null when there is none. */
export type Named = (name: string) => Value;

/** The variables of a process instance. They are read when they are asked for: others may be whatever they like. */
export class Variables {
  readonly #rows: ReadonlyMap<string, readonly TextRow[]>;
  readonly #bytes: ReadonlyMap<string, Uint8Array>;

  constructor({ parts: { variables, bytes } }: Rows) {
    // Those of a task or of a branch may have names that the process has as well.
    const ofProcess = variables.filter(
      (row) => (row['TASK_ID_'] ?? null) === null && row['EXECUTION_ID_'] === row['PROC_INST_ID_'],
    );
    this.#rows = groupBy(ofProcess, (row) => row['NAME_'] ?? '');
    this.#bytes = new Map(bytes.map((row) => [row['ID_'] ?? '', bytesOf(row['BYTES_'] ?? '')]));
  }

  /** Null when there is none of that name. Throws {@link Unreadable} for two. */
  row(name: string): TextRow | null {
    const [row = null, ...others] = this.#rows.get(name) ?? [];
    if (others.length > 0) throw new Unreadable(`there are two variables ${name}`);
    return row;
  }

  /** Null also for a variable that has no value. Throws {@link Unreadable}. */
  readonly value: Named = (name) => {
    const row = this.row(name);
    if (row === null) return null;
    try {
      return readVariable(row, this.#bytes.get(row['BYTEARRAY_ID_'] ?? '') ?? null);
    } catch (error) {
      if (error instanceof Unreadable) throw new Unreadable(`the variable ${name} is ${error.message}`);
      throw error;
    }
  };
}

/** The text in a place; `named` finds what it names. Throws {@link Unreadable} when there is none. */
export function textAt(place: Place, header: TextRow, named: Named): string {
  if (typeof place === 'string') return textOf(named(place), place);
  if ('variable' in place) return textOf(named(place.variable) ?? place.otherwise, place.variable);
  return 'value' in place ? place.value : textOf(header[place.column] ?? null, place.column);
}

function textOf(value: Value, name: string): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value !== '') return value;
  throw new Unreadable(
    value === null || value === '' ? `${name} has no value` : `${name} is no single value`,
  );
}

/** Bytes as PostgreSQL writes them as text. */
function bytesOf(text: string): Uint8Array {
  return Buffer.from(text.replace('\\x', ''), 'hex');
}
