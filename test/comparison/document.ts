import { SOURCE_EXTENSIONS } from '../integration/types/postgres-texts.ts';
import { RETRIES } from './event-run.ts';
import type { EventOutcome, SinkOutcome } from './event-run.ts';
import { JDBC_SETTINGS, URL_OPTIONS } from './jdbc-sink.ts';
import { table, wayOf } from './markdown.ts';
import { typeChapter } from './type-document.ts';
import type { TypeOutcome } from './type-run.ts';

export interface Findings {
  readonly events: readonly EventOutcome[];
  readonly types: readonly TypeOutcome[];
  /** By name, such as `Kafka 4.1.2`. */
  readonly versions: readonly string[];
}

/** The page `docs/beside-jdbc-sink.md`. */
export function comparisonPage({ events, types, versions }: Findings): string {
  return [
    '# Beside the JDBC sink of Debezium',
    `What this product's mirror and Debezium's JDBC sink make of the same records, by kind of event and by column type. Both read the very same topics; each writes into databases of its own, and what each target's server then shows is compared, column by column, with what the source's server shows, by code of neither. \`npm run compare:jdbc\` runs it all anew on a stack of its own and writes this page.`,
    `Versions: ${versions.join(', ')}.`,
    '## Settings',
    SETUP,
    settingsTable(),
    '## Event kinds',
    OUTCOMES,
    eventTable(events),
    typeChapter(types),
    '',
  ].join('\n\n');
}

const SETUP = `The topics are those that this product's connectors write ([settings](../connectors/debezium/settings.md)): Avro, with the column types of the source in the schema, and with the \`KeepNulls\` transformation, without which a NULL in a column that has a default arrives as that default. Both sinks profit from it alike. Each sink makes its tables itself, except where the kind speaks of what a target has. The mirror has its default settings, but for \`truncate: apply\`: by default a truncate is a dead letter. The JDBC sink has a connector for each kind and each type, with these settings:`;

const OUTCOMES = `**right**: every row of the source is in the target with the same values, and no other row is; columns that only a target has do not count. Otherwise the row says what differs. What a sink has reported stands behind it:

- this product's dead letters, by code. After the last change (and after the target was mended, where the kind says so) they are redriven once, with \`dlq redrive --all\`: \`redriven\` ones are applied, \`open\` ones are not;
- stops of the JDBC sink's task. A stopped task applies nothing until somebody starts it again. It was started again after the last change (and the mending), ${RETRIES} times at the same record at the most; then that record was skipped by hand, by its offset.

With foreign keys it is chance which of its two topics a task reads first: where it is that of the children, it stops at the same record each time, and the rows that are missing are those that were skipped. A connector of its own for the parents would help.

A record is delivered again by writing the first record of the topic to it once more, byte for byte.`;

function settingsTable(): string {
  const rows = Object.entries(JDBC_SETTINGS).map(([name, value]) => [`\`${name}\``, `\`${value}\``]);
  return `${table(['setting', 'value'], rows)}\n\nWith \`errors.tolerance=all\` and a dead letter topic, a row that the database refuses stops the task of this version all the same; [debezium/debezium#7716](https://github.com/debezium/debezium/pull/7716) changes that for later ones, which were not tried. The URLs end in \`${URL_OPTIONS.mariadb}\` and \`${URL_OPTIONS.postgres}\`, so that sessions are in UTC and the sink looks for its tables in its own database only. \`max.poll.records=1\` only serves to know at which record a task has stopped (it is 500 where the sink is killed).

${APART}`;
}

const APART = `All connectors of the JDBC sink in a worker of Connect share the objects that stand for its types, and these hold the dialect of the connector that was started last. With connectors into both systems at once, tables of the one were made with types of the other. Here its connectors into MariaDB run first, and those into PostgreSQL when they are gone. Its databases in PostgreSQL have the extensions whose types the source has (${SOURCE_EXTENSIONS.join(', ')}); PostGIS, which it needs for points and shapes there, is not on this server.`;

/** Ways with the same outcome share a line. */
function eventTable(events: readonly EventOutcome[]): string {
  const lines = new Map<string, { title: string; ours: string; jdbc: string; ways: string[]; all: number }>();
  for (const { title, from, to, ours, jdbc } of events) {
    const texts = [outcomeText(ours), outcomeText(jdbc)] as const;
    const key = JSON.stringify([title, ...texts]);
    const line = lines.get(key) ?? { title, ours: texts[0], jdbc: texts[1], ways: [], all: 0 };
    line.ways.push(wayOf({ from, to }));
    line.all = events.filter((each) => each.title === title).length;
    lines.set(key, line);
  }
  // Each kind stands once for each system that it was run into.
  const titles = [...new Set(events.map(({ title }) => title))];
  const ordered = [...lines.values()].sort((a, b) => titles.indexOf(a.title) - titles.indexOf(b.title));
  const rows = ordered.map(({ title, ours, jdbc, ways, all }) => [
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
