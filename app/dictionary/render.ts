import type { ColumnValue } from '../../schemas/dictionary/column.ts';
import type { Entry } from '../../schemas/dictionary/dictionary.ts';
import { LIST_NAMES, columnsOf } from '../../schemas/dictionary/lists.ts';
import type { ListName } from '../../schemas/dictionary/lists.ts';
import type { LoadedDictionary } from './load.ts';

const PREFACE = `# Data dictionary 数据字典

Made by \`counterfoil dictionary render\` from the files of the dictionary; do not edit this page.

What the codes of the OA and of finance mean, and what becomes of them in a voucher. Each list is a YAML file of its own,
\`<list>.yaml\`, that finance people can read and change; \`counterfoil dictionary check\` tells what is wrong with it, by file,
line and column. The shipped dictionary is that of the demo. It is part of the product, and is not changed in its place. To
have your own, copy the folder \`schemas/dictionary/\`, change it, and name it: \`dictionary: DIR\` of a posting in the
configuration, which a running pipeline reads again when a file has changed, and \`--dictionary DIR\` of the commands.

- **Days** 生效日期: an entry holds from \`from\` to \`to\`, **both days included**. Without \`to\` it holds until the day before
  the next entry of its code begins, or with no end. To change what a code means, add an entry with the same code, a later
  \`from\` and a higher \`version\`; never change the old one, for vouchers have been made with it.
- **Versions** 版本 rise with the days. A voucher says which version of each code it was made with.
- **Codes that mean nothing** on a day are never guessed: the document waits, and list, code and day are named.
- Everything is text as it is written: \`6602\` is an account, \`7.10\` keeps its digits, yes and no are \`yes\` and \`no\`.
- Days may not overlap or leave a gap within a code. An entry may refer only to codes that are in force on all of its days.
`;

/** The dictionary as a page of Markdown. The same files give the same page. */
export function renderDictionary({ dictionary, files }: LoadedDictionary): string {
  const contents = LIST_NAMES.map((list) => {
    const file = files.get(list);
    return `- [${list}](#${list}) ${file?.zh ?? ''}: ${file?.en ?? ''}`;
  });
  const sections = LIST_NAMES.map((list) => {
    const file = files.get(list);
    const entries = [...(dictionary.get(list)?.values() ?? [])].flat();
    return `## ${list}\n\n**${file?.zh ?? ''}** ${file?.en ?? ''}. ${file?.about ?? ''}\n\n${tableOf(list, entries)}`;
  });
  return [PREFACE, `${contents.join('\n')}\n`, ...sections].join('\n');
}

/** Names of the columns of a list as they are shown. */
export function shownColumns(list: ListName): readonly string[] {
  return ['code', 'zh', 'en', ...columnsOf(list).keys(), 'from', 'to', 'version'];
}

/** The cells of an entry under those columns. */
export function shownCells(list: ListName, { code, version, from, to, value }: Entry): readonly string[] {
  const own = [...columnsOf(list).keys()].map((name) => shown(value[name] ?? null));
  return [
    code,
    shown(value['zh'] ?? null),
    shown(value['en'] ?? null),
    ...own,
    from,
    to ?? '',
    String(version),
  ];
}

function tableOf(list: ListName, entries: readonly Entry[]): string {
  const head = shownColumns(list);
  const rows = [head, head.map(() => '---'), ...entries.map((entry) => shownCells(list, entry))];
  return rows
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}

function shown(value: ColumnValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? '' : String(value);
}
