import { CounterfoilError } from './errors.ts';
import type { RowRejection } from './ports.ts';
import { tableLabel } from './table.ts';

/**
 * A batch was refused because of some of its rows, and nothing of it was written. `rejections` names each of them, at
 * least one; the same batch without them can be applied again. Each rejection carries its own code: ROW_REJECTED or
 * MISSING_BASE_ROW.
 */
export class RowRejectedError extends CounterfoilError {
  readonly rejections: readonly RowRejection[];

  constructor(rejections: readonly RowRejection[]) {
    super('ROW_REJECTED', describe(rejections));
    this.name = 'RowRejectedError';
    this.rejections = rejections;
  }

  /** Whether all that is wrong is that other rows have not come yet. */
  get onlyAwaitsReferences(): boolean {
    return this.rejections.every(({ error }) => error.code === 'AWAITS_REFERENCE');
  }
}

function describe(rejections: readonly RowRejection[]): string {
  const [first] = rejections;
  if (first === undefined) throw new RangeError('a rejected batch names at least one row');
  const rows = rejections.length === 1 ? '1 row was' : `${rejections.length} rows were`;
  return `${rows} rejected, first in ${tableLabel(first.table.id)}: ${first.error.message}`;
}
