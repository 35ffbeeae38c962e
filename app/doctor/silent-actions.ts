import type { Connection, RowDataPacket } from 'mysql2/promise';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { Finding, Findings } from './finding.ts';
import { quotedName, quotedTable, someOf } from './names.ts';

/**
 * A foreign key by whose action rows are changed, in the words of SHOW CREATE TABLE: its name is the group. A backtick in
 * it stands there once on MariaDB, twice on MySQL.
 */
const ACTING_KEY =
  /^\s*CONSTRAINT `(.+?)` FOREIGN KEY \(.* ON (?:DELETE|UPDATE) (?:CASCADE|SET NULL|SET DEFAULT)/gm;

/**
 * Rows that InnoDB deletes or changes because a row they refer to was: the log has no word of them. Found in the
 * definitions of the tables, for the catalogue hides keys from users who may only read.
 */
export async function lookAtSilentActions(
  connection: Connection,
  kind: 'mariadb' | 'mysql',
  tables: readonly TableId[],
  find: Findings,
): Promise<readonly Finding[]> {
  const acting: { readonly id: TableId; readonly key: string }[] = [];
  for (const id of tables) {
    const [[row]] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE ${quotedTable(kind, id)}`);
    for (const [, name = ''] of String(row?.['Create Table']).matchAll(ACTING_KEY))
      acting.push({ id, key: quotedName(kind, name.replaceAll('``', '`')) });
  }
  if (acting.length === 0) return [find.ok('no captured table has rows that a foreign key changes')];
  const labels = acting.map(({ id, key }) => `${tableLabel(id)} (${key})`);
  return [
    find.warning(
      `rows that a foreign key deletes or changes are not in the log, so that copies keep them as they were: ${someOf(labels)}`,
      acting
        .map(
          ({ id, key }) =>
            `ALTER TABLE ${quotedTable(kind, id)} DROP FOREIGN KEY ${key}; -- and add it without the action, which the application takes over`,
        )
        .join('\n'),
    ),
  ];
}
