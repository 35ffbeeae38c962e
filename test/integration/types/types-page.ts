import { readFileSync } from 'node:fs';

const page = readFileSync('docs/types.md', 'utf8');

export type TypesChapter = 'MariaDB and MySQL' | 'PostgreSQL';

/** The text of a chapter of docs/types.md. */
export const typesChapter = (title: string): string =>
  page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** The cells of the rows of a chapter's table, by the type in the first one. */
export function typesRows(title: TypesChapter): ReadonlyMap<string, readonly string[]> {
  const rows = typesChapter(title)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
  return new Map(rows.map((row) => [row[0]?.slice(1, -1) ?? '', row]));
}

/** What a row says of its type on the way to a target: exact, lossy, refused. */
export function saidOf(row: readonly string[] | undefined, to: 'postgres' | 'mariadb'): string {
  return row?.[to === 'postgres' ? 5 : 6] ?? '';
}
