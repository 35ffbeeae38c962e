import { NAMED_TYPES } from '../../../processors/decode/named-types.ts';
import { PLAIN_TYPES } from '../../../processors/decode/plain-types.ts';
import { MARIADB_CASES, POSTGRES_CASES } from '../../integration/types/cases.ts';
import { ABSENT, arriving, isRefused } from '../../integration/types/type-case.ts';
import type { TypeCase } from '../../integration/types/type-case.ts';
import { saidOf, typesChapter, typesRows } from '../../integration/types/types-page.ts';

const CHARSET = /CHARACTER SET (\w+)$/;

describe.each([
  ['MariaDB and MySQL', MARIADB_CASES],
  ['PostgreSQL', POSTGRES_CASES],
] as const)('docs/types.md on %s', (title, cases) => {
  const rows = typesRows(title);
  const tabled = cases.filter(({ type }) => rows.has(type));

  test('has every type of the round trip, and no other', () => {
    const missing = cases.filter(({ type }) => !rows.has(type)).map(({ type }) => type);
    // The character sets are listed below the table.
    const unnamed = missing.filter(
      (type) => !typesChapter(title).includes(`\`${CHARSET.exec(type)?.[1] ?? type}\``),
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
    for (const to of ['postgres', 'mariadb'] as const)
      for (const word of wordsOf(each, to)) expect(saidOf(rows.get(each.type), to)).toContain(word);
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
  const forms = typesChapter('The forms that are understood');
  expect([...NAMED_TYPES.keys()].filter((name) => !forms.includes(`\`${name}\``))).toEqual([]);
  expect(
    [...PLAIN_TYPES.keys()].filter((avro) => !new RegExp(`^\\| ${avro} +\\| none`, 'm').test(forms)),
  ).toEqual([]);
});
