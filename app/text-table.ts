import Table from 'cli-table3';

/** A table to read: without colours, for it may go into a file or another program. */
export function textTable(head: readonly string[]): Table.Table {
  return new Table({ head: [...head], style: { head: [], border: [] } });
}
