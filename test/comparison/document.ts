import type { System } from '../integration/types/mirrors.ts';
import type { EventOutcome, SinkOutcome } from './event-run.ts';
import { JDBC_SETTINGS, URL_OPTIONS } from './jdbc-sink.ts';
import { STANDINGS } from './standing.ts';
import type { Standing } from './standing.ts';
import type { Shown, TypeOutcome, ValueOutcome } from './type-tables.ts';

export interface Findings {
  readonly types: readonly TypeOutcome[];
  readonly events: readonly EventOutcome[];
  /** By name, such as `Kafka 4.1.2`. */
  readonly versions: readonly string[];
}

const NAMES: Readonly<Record<System, string>> = { mariadb: 'MariaDB', postgres: 'PostgreSQL' };
const SYSTEMS = ['mariadb', 'postgres'] as const;
type Side = 'ours' | 'jdbc';

/** The page `docs/beside-jdbc-sink.md`. */
export function comparisonPage(findings: Findings): string {
  const { types, events, versions } = findings;
  return [
    '# Beside the JDBC sink of Debezium',
    `What this sink and Debezium's JDBC sink make of the same records. Both read the very same topics; each writes into databases of its own, and what each target's own server then shows is compared with what the source's shows, by code of neither. \`npm run compare:jdbc\` runs it all anew on a stack of its own (about half an hour on two cores) and writes this page.`,
    `Versions: ${versions.join(', ')}.`,
    SETUP,
    settingsTable(),
    '## In numbers',
    numbers(types),
    '## Event kinds',
    'Target equal to the source in the end: _right_. What else is there is said. A JDBC sink whose task has stopped was started again once, and when it stopped at the same record again, that record was skipped by hand: so long, nothing of its topics is applied.',
    eventTable(events),
    '## Types',
    STANDINGS_EXPLAINED,
    ...SYSTEMS.flatMap((from) => [
      `### From ${NAMES[from]}`,
      typeTable(types.filter((each) => each.from === from)),
    ]),
    '## Values that not both have exactly',
    'Values as each target shows them; `-` is no row. A value that both sinks show alike after a snapshot and from the log is listed once.',
    ...SYSTEMS.flatMap((from) => [
      `### Values from ${NAMES[from]}`,
      valueTable(types.filter((each) => each.from === from)),
    ]),
    '## Why tasks of the JDBC sink have stopped',
    causeTable(types),
    '',
  ].join('\n\n');
}

const SETUP = `The topics are those that this product's connectors write ([settings](../connectors/debezium/settings.md)): Avro, with the column types of the source in the schema, and with the \`KeepNulls\` transformation, without which a NULL in a column that has a default arrives as that default, whoever reads it. Both sinks profit from it alike. Tables are made by the sinks themselves unless an event kind says otherwise. The JDBC sink has the extensions \`hstore\`, \`citext\` and \`ltree\` in its PostgreSQL databases, one connector for each table of the types, and these settings:`;

const STANDINGS_EXPLAINED = `How many values of a type, from a snapshot and from the log, ended how:

- **exact**: as the source has it. Spellings of one value count as equal: zeros at the end of a fraction, exponents, a moment at another offset, \`t\` and 1, hex digits with and without \`\\x\`, spaces in JSON, the order of keys in \`jsonb\` and \`hstore\`, spaces at the end of \`char(n)\`. An \`interval\` may be in ISO 8601, an array in JSON.
- **lost upstream**: the record in the topic does not say the value any more ([types.md](types.md)); the sink has written what it says.
- **altered**: the record says it, and the target has something else.
- **refused**: no row, and the sink says so: this product by a dead letter, while other rows go on; the JDBC sink by a task that stops, until somebody skips the record.
- **lost**: no row, and nothing says so.`;

function settingsTable(): string {
  const rows = Object.entries(JDBC_SETTINGS).map(([name, value]) => [`\`${name}\``, `\`${value}\``]);
  return `${table(['setting', 'value'], rows)}\n\n\`errors.tolerance=all\` and the dead letter topic are set as its documentation says. They cover what converters and transformations throw; a row that the database refuses stops the task all the same. The URL for MariaDB ends in \`${URL_OPTIONS.mariadb}\`: without it the sink takes a table of that name in any database of the server for its own. \`max.poll.records=1\` only serves to know at which record a task has stopped.`;
}

function numbers(types: readonly TypeOutcome[]): string {
  const rows = SYSTEMS.flatMap((from) =>
    SYSTEMS.flatMap((to) => {
      const values = types
        .filter((each) => each.from === from && each.to === to)
        .flatMap((each) => each.values);
      return (['ours', 'jdbc'] as const).map((side) => [
        `${NAMES[from]} → ${NAMES[to]}`,
        side === 'ours' ? 'counterfoil' : 'JDBC sink',
        ...STANDINGS.map((standing) => String(countOf(values, side, standing))),
      ]);
    }),
  );
  return table(['way', 'sink', ...STANDINGS], rows);
}

const countOf = (values: readonly ValueOutcome[], side: Side, standing: Standing) =>
  values.filter((value) => value[side].standing === standing).length;

/** Ways with the same outcome share a line. */
function eventTable(events: readonly EventOutcome[]): string {
  const lines = new Map<string, { title: string; ours: string; jdbc: string; ways: string[]; all: number }>();
  for (const { title, from, to, ours, jdbc } of events) {
    const texts = [outcomeText(ours), outcomeText(jdbc)] as const;
    const key = JSON.stringify([title, ...texts]);
    const line = lines.get(key) ?? { title, ours: texts[0], jdbc: texts[1], ways: [], all: 0 };
    line.ways.push(`${NAMES[from]} → ${NAMES[to]}`);
    line.all = events.filter((each) => each.title === title).length;
    lines.set(key, line);
  }
  const rows = [...lines.values()].map(({ title, ours, jdbc, ways, all }) => [
    title,
    ways.length === all ? (all === 4 ? 'all' : `all of ${ways.join(', ')}`) : ways.join(', '),
    ours,
    jdbc,
  ]);
  return table(['event kind', 'ways', 'counterfoil', 'JDBC sink'], rows);
}

function outcomeText({ difference, said }: SinkOutcome): string {
  return [difference === null ? 'right' : difference, ...(said === '' ? [] : [said])].join('. ');
}

function typeTable(types: readonly TypeOutcome[]): string {
  const names = [...new Set(types.map(({ type }) => type))];
  const rows = names.map((type) => [
    `\`${type}\``,
    ...(['postgres', 'mariadb'] as const).flatMap((to) => {
      const found = types.filter((each) => each.type === type && each.to === to);
      const values = found.flatMap((each) => each.values);
      const column = found[0]?.columns.jdbc;
      return [tally(values, 'ours'), tally(values, 'jdbc'), column == null ? 'none' : `\`${column}\``];
    }),
  ]);
  return table(
    [
      ...['type', 'counterfoil to PostgreSQL', 'JDBC sink to PostgreSQL', 'its column'],
      ...['counterfoil to MariaDB', 'JDBC sink to MariaDB', 'its column'],
    ],
    rows,
  );
}

function tally(values: readonly ValueOutcome[], side: Side): string {
  const counts = STANDINGS.map((standing) => [standing, countOf(values, side, standing)] as const).filter(
    ([, count]) => count > 0,
  );
  if (counts.length === 1) return counts[0]?.[0] ?? '';
  return counts.map(([standing, count]) => `${standing} ${count}`).join(', ');
}

function valueTable(types: readonly TypeOutcome[]): string {
  const rows = types.flatMap(({ type, to, values }) => {
    const lines = new Map<string, { cells: readonly string[]; phases: string[] }>();
    for (const { sql, phase, ours, jdbc } of values) {
      if (ours.standing === 'exact' && jdbc.standing === 'exact') continue;
      const cells = [`\`${short(sql)}\``, shownText(ours), shownText(jdbc)];
      const line = lines.get(JSON.stringify(cells)) ?? { cells, phases: [] };
      line.phases.push(phase === 'stream' ? 'log' : phase);
      lines.set(JSON.stringify(cells), line);
    }
    return [...lines.values()].map(({ cells: [value = '', ours = '', jdbc = ''], phases }) => [
      ...[`\`${type}\``, NAMES[to], value, phases.join(', '), ours, jdbc],
    ]);
  });
  return table(['type', 'into', 'value', 'by', 'counterfoil', 'JDBC sink'], rows);
}

function shownText({ standing, text }: Shown): string {
  if (text === undefined) return `${standing} -`;
  return `${standing} ${text === null ? 'NULL' : `\`${short(text)}\``}`;
}

function causeTable(types: readonly TypeOutcome[]): string {
  const causes = new Map<string, Set<string>>();
  for (const { type, to, causes: own } of types)
    for (const cause of own) {
      const known = causes.get(cause) ?? new Set<string>();
      causes.set(cause, known.add(`\`${type}\` to ${NAMES[to]}`));
    }
  return table(
    ['cause', 'types'],
    [...causes].map(([cause, where]) => [cause, [...where].join(', ')]),
  );
}

function short(text: string): string {
  const clean = text.replace(/[\0-\x1f`]/g, '·');
  return clean.length > 48 ? `${clean.slice(0, 44)}…` : clean;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
