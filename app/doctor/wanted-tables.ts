import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Finding, Findings } from './finding.ts';
import { quotedName, quotedTable } from './names.ts';

/** The tables that routes want in a target, as far as their sources could be looked at. */
export interface WantedTables {
  readonly tables: readonly TableShape[];
  /** Target tables that the product makes by itself alone: those of mirrors. */
  readonly mirrored: ReadonlySet<string>;
}

/** A unique index of a table that is there. */
export interface FoundIndex {
  readonly table: string;
  readonly columns: readonly string[];
  /** It takes texts for equal that are not. */
  readonly inexact: boolean;
}

/** Whether tables that are there have a unique index on exactly their key, which tells all texts apart. */
export function keyFindings(
  kind: 'mariadb' | 'mysql' | 'postgresql',
  { tables }: WantedTables,
  existing: ReadonlySet<string>,
  indexes: readonly FoundIndex[],
  find: Findings,
): readonly Finding[] {
  // What has no key is counted, and needs no such index.
  const there = tables.filter(({ id, key }) => key.length > 0 && existing.has(tableLabel(id)));
  const faults = there.flatMap((shape) => {
    const label = tableLabel(shape.id);
    const matching = indexes.filter(({ table, columns }) => table === label && sameNames(columns, shape.key));
    const table = quotedTable(kind, shape.id);
    const key = shape.key.map((name) => quotedName(kind, name)).join(', ');
    if (matching.length === 0)
      return [
        find.error(
          `the target table ${label} has no unique index on exactly its key (${shape.key.join(', ')})`,
          `ALTER TABLE ${table} ADD UNIQUE (${key});`,
        ),
      ];
    if (matching.every(({ inexact }) => inexact))
      return [
        find.error(
          `the key of the target table ${label} takes texts for equal that are not (its collation)`,
          kind === 'postgresql'
            ? `ALTER TABLE ${table} ALTER COLUMN <key column> TYPE text COLLATE "C";`
            : `ALTER TABLE ${table} MODIFY <key column> … CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;`,
        ),
      ];
    return [];
  });
  if (faults.length > 0 || there.length === 0) return faults;
  return [find.ok(`${there.length.toString()} target tables that are there have their keys`)];
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join('\0') === [...b].sort().join('\0');
}
