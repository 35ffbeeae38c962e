import { readFileSync } from 'node:fs';
import { NAMED_TYPES } from '../../../processors/decode/named-types.ts';
import { PLAIN_TYPES } from '../../../processors/decode/plain-types.ts';
import { MARIADB_CASES, POSTGRES_CASES } from '../../integration/types/cases.ts';
import { ABSENT, arriving, isRefused } from '../../integration/types/type-case.ts';
import type { TypeCase } from '../../integration/types/type-case.ts';

const page = readFileSync('docs/types.md', 'utf8');
const chapter = (title: string): string => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** The cells of the rows of a chapter's table, by the type in the first one. */
function rowsOf(title: string): ReadonlyMap<string, readonly string[]> {
  const rows = chapter(title)
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

const CHARSET = /CHARACTER SET (\w+)$/;

describe.each([
  ['MariaDB and MySQL', MARIADB_CASES],
  ['PostgreSQL', POSTGRES_CASES],
] as const)('docs/types.md on %s', (title, cases) => {
  const rows = rowsOf(title);
  const tabled = cases.filter(({ type }) => rows.has(type));

  test('has every type of the round trip, and no other', () => {
    const missing = cases.filter(({ type }) => !rows.has(type)).map(({ type }) => type);
    // The character sets are listed below the table.
    const unnamed = missing.filter(
      (type) => !chapter(title).includes(`\`${CHARSET.exec(type)?.[1] ?? type}\``),
    );
    expect(unnamed).toEqual([]);
    expect([...rows.keys()].filter((type) => !cases.some((each) => each.type === type))).toEqual([]);
  });

  test.each(tabled.map((each) => [each.name, each] as const))(
    '%s: the columns that it becomes',
    (_, each) => {
      const [, , , postgres, mariadb] = rows.get(each.type) ?? [];
      const shown = (type: string) => (type === ABSENT ? 'none' : `\`${type}\``);
      expect([postgres, mariadb]).toEqual([shown(each.columns.postgres), shown(each.columns.mariadb)]);
    },
  );

  test.each(tabled.map((each) => [each.name, each] as const))('%s: what is lost or refused', (_, each) => {
    const cells = rows.get(each.type) ?? [];
    const [postgres, mariadb] = [cells[5] ?? '', cells[6] ?? ''];
    for (const [said, words] of [
      [postgres, wordsOf(each, 'postgres')],
      [mariadb, wordsOf(each, 'mariadb')],
    ] as const)
      for (const word of words) expect(said).toContain(word);
  });
});

/** What the page must say of a type on its way to a target. */
function wordsOf({ values }: TypeCase, to: 'postgres' | 'mariadb'): readonly string[] {
  const words = values.flatMap((value) =>
    (['snapshot', 'stream'] as const).flatMap((phase) => {
      if (value.onlyIn !== undefined && value.onlyIn !== phase) return [];
      const arrives = arriving(value, phase)[to];
      if (isRefused(arrives)) return [`\`${arrives.refused}\``];
      return [arrives === value.exact[to] ? 'exact' : 'lossy'];
    }),
  );
  return [...new Set(words)];
}

test('docs/types.md names every form that the decoder understands', () => {
  const forms = chapter('The forms that are understood');
  expect([...NAMED_TYPES.keys()].filter((name) => !forms.includes(`\`${name}\``))).toEqual([]);
  expect(
    [...PLAIN_TYPES.keys()].filter((avro) => !new RegExp(`^\\| ${avro} +\\| none`, 'm').test(forms)),
  ).toEqual([]);
});
