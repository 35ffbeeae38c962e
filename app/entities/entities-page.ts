import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import { columnMeanings } from '../../schemas/dictionary/meaning.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import { inputsOf } from '../../schemas/dsl/rule.ts';
import type { TargetTable } from '../../schemas/dsl/source-table.ts';

const PREFACE = `# Entities 实体

Made by \`node --import tsx app/entities/write-documents.ts\` from \`schemas/entities/\` and the
[data dictionary](dictionary.md); do not edit this page.

An entity is a declared mapping of the rows of one table to rows that another system understands, and no more than it
needs. What becomes of which change is written down in the \`examples.ts\` beside each declaration, and how one is added in
[adding-an-entity.md](adding-an-entity.md).
`;

/** The entities as a page of Markdown: what each is, and what each column holds. The same declarations give the same page. */
export function entitiesPage(entities: readonly Entity[], dictionary: Dictionary): string {
  const overview = [
    ['entity', '实体', 'from', 'to', 'what it is'],
    ...entities.map(({ name, declaration: { zh, about, source }, tables }) => [
      `[${name}](#${name})`,
      zh,
      code(tableLabel(source.id)),
      tables.map(({ id }) => code(tableLabel(id))).join(', '),
      about,
    ]),
  ];
  return [PREFACE, tableOf(overview), ...entities.map((entity) => sectionOf(entity, dictionary))].join('\n');
}

function sectionOf({ name, declaration, tables }: Entity, dictionary: Dictionary): string {
  const { zh, about, source, targets } = declaration;
  const parts = targets.flatMap((target, at) => {
    const table = tables[at];
    return table === undefined ? [] : [targetText(tableLabel(source.id), target, table, dictionary)];
  });
  return [`## ${name}\n\n**${zh}** ${about}\n`, ...parts].join('\n');
}

function targetText(
  source: string,
  { about, key, columns, only }: TargetTable,
  table: TableShape,
  dictionary: Dictionary,
): string {
  const meanings = columnMeanings(dictionary, table);
  const rows = Object.entries(columns).map(([name, rule]) => [
    code(name),
    inputsOf(rule).map(code).join(', '),
    meanings.get(name)?.zh ?? '',
    meanings.get(name)?.en ?? '',
  ]);
  const conditions = Object.entries(only).map(
    ([name, values]) =>
      `${code(name)} ${typeof values === 'string' ? values : values.map(String).join(', ')}`,
  );
  return [
    `${code(source)} → ${code(tableLabel(table.id))}, key ${key.map(code).join(', ')}. ${about}\n`,
    ...(conditions.length === 0 ? [] : [`Only rows with ${conditions.join(' and ')}.\n`]),
    tableOf([['column', 'made of', '含义', 'meaning'], ...rows]),
  ].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function tableOf([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
