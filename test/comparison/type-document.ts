import { arriving, isRefused } from '../integration/types/type-case.ts';
import { SYSTEMS } from '../integration/types/mirrors.ts';
import type { System } from '../integration/types/mirrors.ts';
import { saidOf, typesRows } from '../integration/types/types-page.ts';
import type { TypesChapter } from '../integration/types/types-page.ts';
import { SYSTEM_NAMES, table, wayOf } from './markdown.ts';
import type { ValueOutcome } from './type-outcome.ts';
import type { TypeOutcome } from './type-run.ts';
import { summaryTable } from './type-summary.ts';
import { FORMS, examplesOf, wordsOf } from './type-words.ts';

const CHAPTERS: Readonly<Record<System, TypesChapter>> = {
  mariadb: 'MariaDB and MySQL',
  postgres: 'PostgreSQL',
};

/** The chapter on column types. */
export function typeChapter(outcomes: readonly TypeOutcome[]): string {
  return [
    '## Column types',
    INTRODUCTION,
    summaryTable(outcomes),
    LEGEND,
    '### Where the JDBC sink is better',
    betterOf(outcomes),
    '### What this product does not get right',
    notRightOf(outcomes),
    '### What lies behind it',
    CAUSES,
    ...SYSTEMS.flatMap((system) => [
      `### From ${SYSTEM_NAMES[system]}`,
      typesFrom(outcomes.filter(({ from }) => from === system)),
    ]),
  ].join('\n\n');
}

const INTRODUCTION = `The types and values are those of the product's own test of types (\`test/integration/types\`), which were chosen for the limits at which a copy goes wrong; ordinary values fare better with both. Each type is a table of its own, with each value once in the snapshot and once in the log. Both sinks make the columns themselves. A value is **right** when the target's server shows what the source's server shows, by what it means and not by its spelling (\`test/comparison/type-meaning.ts\`): zeros at the end of a decimal, the order of keys in JSON, and the way to write an interval do not count; a \`timetz\` is its moment; a zero date that has become NULL is not right.`;

const LEGEND = `- **as text**, **as bytes**: the value can be read from the text, or from the bytes of the text, in a column of such a type; the target may have a type of its own for it, or none.
- **wrong**: the target shows another value, and no sink says so. Much of it was lost before, in the connector or in its Java driver, and is so with both sinks alike.
- **refused**: the row is not in the target, and the sink says why: a dead letter of this product, by its code; a task of the JDBC sink that has stopped, was started again, has stopped at the same record once more, and was made to skip it.
- **no column**: the connector leaves the column out of its records.`;

const CAUSES = `- Zero dates, \`FLOAT\` in a snapshot, cp932, \`timetz\`, \`money\` and the columns that are left out are lost in the connector, before either sink: where this product refuses what it cannot trust, the JDBC sink writes what it got.
- Before 1582-10-15 a snapshot is read through the Julian calendar. This product takes that back, and refuses the days of which it cannot know whether they were; the JDBC sink writes them as they come.
- The Avro converter hands bytes over as a \`ByteBuffer\`. The JDBC sink of this version cannot write bits that come so, and writes the name of the buffer for bytes in an array. For bits, [debezium/debezium#7538](https://github.com/debezium/debezium/pull/7538) and [#7546](https://github.com/debezium/debezium/pull/7546) change that for later ones, which were not tried.
- The JDBC sink has no arrays in MariaDB, and needs PostGIS for points and shapes in PostgreSQL.
- It makes \`decimal\` of 38 digits at the most, and a double of a \`numeric\` of no precision; a \`TIMESTAMP\` in MariaDB of a moment, which ends in 2038; and it takes a \`TIME\` for a time of day.
- It does not escape the labels of an \`ENUM\`: one with an apostrophe or a comma spoils the whole table. Other labels keep the type, as the line on gbk shows. [#7565](https://github.com/debezium/debezium/pull/7565) is about that in later versions, which were not tried.`;

/** Values, and forms of values. */
function betterOf(outcomes: readonly TypeOutcome[]): string {
  const isRight = ({ verdict }: ValueOutcome) => verdict.is === 'right';
  const values = outcomes.flatMap((outcome) => {
    const { ours, jdbc } = outcome;
    const ahead = ours.values.filter(
      (value, at) => !isRight(value) && jdbc.values[at]?.verdict.is === 'right',
    );
    return ahead.length === 0 ? [] : [{ outcome, text: examplesOf(ahead) }];
  });
  const forms = outcomes.flatMap((outcome) => {
    const [ours, jdbc] = [wordsOf(outcome.ours), wordsOf(outcome.jdbc)];
    return jdbc === FORMS.own && (ours === FORMS.text || ours === FORMS.bytes)
      ? [{ outcome, text: ours }]
      : [];
  });
  const line = ({ outcome, text }: (typeof values)[number]) =>
    `- \`${outcome.each.type}\`, ${wayOf(outcome)}: ${text}`;
  return [
    values.length === 0
      ? 'No value is right with the JDBC sink and not with this product.'
      : `Values that are right with the JDBC sink and not with this product:\n\n${values.map(line).join('\n')}`,
    forms.length === 0
      ? 'No type keeps a type of its own with the JDBC sink and becomes text or bytes with this product.'
      : `Types that keep a type of their own with the JDBC sink, all values right, and of which this product makes text or bytes:\n\n${forms.map(line).join('\n')}`,
  ].join('\n\n');
}

function notRightOf(outcomes: readonly TypeOutcome[]): string {
  const undeclared = outcomes.flatMap((outcome) =>
    outcome.ours.values.filter((value) => !isDeclared(outcome, value)).map(() => outcome),
  );
  const lines = [...new Set(undeclared)].map(
    (outcome) => `- \`${outcome.each.type}\`, ${wayOf(outcome)}: ${wordsOf(outcome.ours)}`,
  );
  return lines.length === 0
    ? 'All of it is declared in [types.md](types.md): as _refused_ with its code, or as _lossy_ with what is lost. The check finds it, except where that page says that it does not.'
    : `What [types.md](types.md) declares neither as _refused_ nor as _lossy_:\n\n${lines.join('\n')}`;
}

function isDeclared({ each, from, to }: TypeOutcome, { row, verdict }: ValueOutcome): boolean {
  if (verdict.is === 'right') return true;
  const arrives = arriving(row.value, row.phase)[to];
  if (verdict.is === 'missing') return isRefused(arrives);
  const said = saidOf(typesRows(CHAPTERS[from]).get(each.type), to);
  return arrives !== row.value.exact[to] || said.includes('lossy');
}

/** Types that fare alike share their lines; those that are right with both on both ways are named only. */
function typesFrom(outcomes: readonly TypeOutcome[]): string {
  const alike = new Map<string, { readonly lines: readonly Line[]; readonly types: string[] }>();
  for (const each of new Set(outcomes.map((outcome) => outcome.each))) {
    const lines = linesOf(outcomes.filter((outcome) => outcome.each === each));
    const group = alike.get(JSON.stringify(lines)) ?? { lines, types: [] };
    group.types.push(each.type);
    alike.set(JSON.stringify(lines), group);
  }
  const isRight = ({ ours, jdbc }: Line) => ours === FORMS.own && jdbc === FORMS.own;
  const [right, others] = [true, false].map((wanted) =>
    [...alike.values()].filter(({ lines }) => lines.every(isRight) === wanted),
  );
  const rows = (others ?? []).flatMap(({ lines, types }) =>
    lines.map(({ ways, ours, jdbc }) => [typeNames(types), ways, ours, jdbc]),
  );
  const names = typeNames((right ?? []).flatMap(({ types }) => types));
  return `Right with both, into both: ${names}.\n\n${table(['type', 'into', 'counterfoil', 'JDBC sink'], rows)}`;
}

/** Types that differ in their character set are one. */
function typeNames(types: readonly string[]): string {
  const charsets = new Map<string, string[]>();
  for (const type of types) {
    const [bare = '', charset] = type.split(' CHARACTER SET ');
    charsets.set(bare, [...(charsets.get(bare) ?? []), ...(charset === undefined ? [] : [charset])]);
  }
  return [...charsets]
    .map(([bare, some]) => `\`${bare}\`${some.length === 0 ? '' : ` in ${some.join(', ')}`}`)
    .join(', ');
}

interface Line {
  readonly ways: string;
  readonly ours: string;
  readonly jdbc: string;
}

/** One line where both ways are alike. */
function linesOf(outcomes: readonly TypeOutcome[]): readonly Line[] {
  const lines = outcomes.map(({ to, ours, jdbc }) => ({
    ...{ ways: SYSTEM_NAMES[to], ours: wordsOf(ours), jdbc: wordsOf(jdbc) },
  }));
  const [first] = lines;
  const isAlike = lines.every(({ ours, jdbc }) => ours === first?.ours && jdbc === first.jdbc);
  return first !== undefined && isAlike ? [{ ...first, ways: 'both' }] : lines;
}
