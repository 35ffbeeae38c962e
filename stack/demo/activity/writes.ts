/** What a column is given: text, dates and decimals as strings, 64-bit integers as bigint. */
export type Value = string | number | bigint | boolean | null | Uint8Array;

/** One row by column name; the order of the properties is the order of the columns. */
export type Row = Readonly<Record<string, Value>>;

/** The changes that a planned action makes, as data: execution turns them into SQL. */
export type Write =
  | { readonly kind: 'insert'; readonly table: string; readonly rows: readonly Row[] }
  /** Must match exactly one row: otherwise somebody else changed the document, and the action is given up. */
  | { readonly kind: 'update'; readonly table: string; readonly where: Row; readonly set: Row }
  /** May match any number of rows. */
  | { readonly kind: 'delete'; readonly table: string; readonly where: Row }
  /** Adds to what a budget has reserved and consumed, and creates the budget when there is none. */
  | { readonly kind: 'add-to-budget'; readonly row: Row };

export interface SqlStatement {
  readonly text: string;
  readonly values: readonly Value[];
}

/** The statement on MariaDB. Table and column names come from this program, never from data. */
export function statementOf(write: Write): SqlStatement {
  switch (write.kind) {
    case 'insert':
      return insertStatement(write.table, write.rows);
    case 'update': {
      const set = assignments(write.set, ', ');
      const where = assignments(write.where, ' AND ');
      return {
        text: `UPDATE \`${write.table}\` SET ${set.text} WHERE ${where.text}`,
        values: [...set.values, ...where.values],
      };
    }
    case 'delete': {
      const where = assignments(write.where, ' AND ');
      return { text: `DELETE FROM \`${write.table}\` WHERE ${where.text}`, values: where.values };
    }
    case 'add-to-budget': {
      const insert = insertStatement('budget', [write.row]);
      // Every part commutes, so the row ends the same in whichever order two approvals commit.
      const update =
        ' ON DUPLICATE KEY UPDATE reserved_amount = reserved_amount + VALUES(reserved_amount),' +
        ' consumed_amount = consumed_amount + VALUES(consumed_amount),' +
        ' version = version + 1, updated_at = GREATEST(updated_at, VALUES(updated_at))';
      return { text: insert.text + update, values: insert.values };
    }
  }
}

/** `INSERT INTO … VALUES (…), (…)` for rows of one shape. Throws RangeError without rows. */
export function insertStatement(table: string, rows: readonly Row[]): SqlStatement {
  const first = rows[0];
  if (first === undefined) throw new RangeError(`nothing to insert into ${table}`);
  const columns = Object.keys(first);
  const tuple = `(${columns.map(() => '?').join(', ')})`;
  return {
    text: `INSERT INTO \`${table}\` (\`${columns.join('`, `')}\`) VALUES ${rows.map(() => tuple).join(', ')}`,
    values: rows.flatMap((row) => columns.map((column) => row[column] ?? null)),
  };
}

function assignments(row: Row, separator: string): SqlStatement {
  const entries = Object.entries(row);
  return {
    text: entries.map(([column]) => `\`${column}\` = ?`).join(separator),
    values: entries.map(([, value]) => value),
  };
}
