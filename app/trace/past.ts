import { tableHistory } from '../../monitoring/audit/history.ts';
import type { RowEvent } from '../../schemas/contract/change-event.ts';
import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { SyncRun } from '../../schemas/contract/sync-run.ts';
import { auditKeyOf } from '../runtime/journal.ts';
import type { Answers } from './answers.ts';
import { changesOf, draftsOf } from './changes.ts';
import type { Change, Draft, FoundRecord, Write } from './changes.ts';
import type { Keepers } from './keepers.ts';
import { booksWith, databaseName, readersOf, sameTable, writersOf } from './lineage.ts';
import type { Lineage, RouteStep } from './lineage.ts';
import { decoderOf, foundIn, readHeld } from './records.ts';
import type { HeldRecords } from './records.ts';
import { isSameKey, keysBehind, keysInto, rowBefore } from './route-rows.ts';
import { normalText } from './rows.ts';
import type { TracedRow, TracedRows } from './rows.ts';
import { namedKey } from './tree.ts';

/** What was done to a row, and to the rows that routes have made of it. */
export interface Past {
  /** Name of the database. */
  readonly in: string;
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  /** The newest first. */
  readonly changes: readonly Change[];
  /** How many older ones there are. */
  readonly older: number;
  /** Runs by hand of rows of its table. */
  readonly runs: readonly SyncRun[];
}

/** What a past is told from. */
export interface Witnesses {
  readonly lineage: Lineage;
  readonly rows: TracedRows;
  readonly keepers: Keepers;
  readonly answers: Answers;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A row, and how many changes of it are told at most. */
export interface Asked {
  readonly row: TracedRow;
  readonly limit: number;
}

/** A source row, where it is known, in a route. */
interface Way {
  readonly step: RouteStep;
  readonly source: TracedRow | null;
}

/** What is told of a row before its records were looked for. */
interface Told extends Asked {
  readonly ways: readonly Way[];
  readonly drafts: readonly Draft[];
  readonly older: number;
  readonly runs: readonly SyncRun[];
}

const LETTERS = 1_000;

/** Of several rows, whose records are read at once. */
export async function pastsOf(asked: readonly Asked[], witnesses: Witnesses): Promise<readonly Past[]> {
  const told: Told[] = [];
  for (const each of asked) told.push(await toldOf(each, witnesses));
  const isAsked = (event: RowEvent) => told.some((each) => isOfRow(event, each));
  const ranges = told.flatMap(({ drafts }) => drafts.flatMap(({ range }) => range ?? []));
  const { lineage, answers, rows } = witnesses;
  const held = await answers.of('records in Kafka', () =>
    readHeld(lineage.config, { ...witnesses, ranges, isOfRow: isAsked }),
  );
  const pasts: Past[] = [];
  for (const { row, limit, older, runs, ...rest } of told) {
    const changes = await withRecords({ row, limit, older, runs, ...rest }, held, witnesses);
    const key = (await answers.of('the key', () => namedKey(rows, row))) ?? {};
    const table = { in: databaseName(row.table.database), table: tableLabel(row.table.id) };
    pasts.push({ ...table, key, changes: changes.slice(0, limit), older, runs });
  }
  return pasts;
}

async function toldOf({ row, limit }: Asked, witnesses: Witnesses): Promise<Told> {
  const { rows, keepers, answers } = witnesses;
  const ways = await waysOf(row, witnesses);
  const writes: Write[] = [];
  for (const written of await writtenRows(row, ways, witnesses))
    writes.push(...(await writesTo(written, witnesses)));
  const letters: StoredLetter[] = [];
  const runs: SyncRun[] = [];
  for (const { step, source } of ways) {
    const part = `dead letters of ${step.route.name}`;
    if (source === null)
      answers.missing(part, 'the source row cannot be told from the key of its target row');
    else
      letters.push(...((await answers.of(part, () => keepers.letters(step, rows, source, LETTERS))) ?? []));
    runs.push(...((await answers.of(`runs of ${step.route.name}`, () => keepers.runs(step))) ?? []));
  }
  const drafts = draftsOf(writes, letters);
  return {
    ...{ row, limit, ways, runs, older: Math.max(0, drafts.length - limit) },
    // One more than is told: with it the oldest that is told can be compared.
    drafts: drafts.slice(0, limit + 1),
  };
}

async function waysOf(row: TracedRow, { lineage, rows, answers }: Witnesses): Promise<readonly Way[]> {
  const ways: Way[] = readersOf(lineage, row.table).map((step) => ({ step, source: row }));
  for (const step of writersOf(lineage, row.table)) {
    const before = await answers.of(`the source row in ${step.route.name}`, () => rowBefore(rows, step, row));
    ways.push({ step, source: before });
  }
  return ways;
}

/** The row itself, if the product writes it, and those that its routes make of it. */
async function writtenRows(
  row: TracedRow,
  ways: readonly Way[],
  { lineage, rows, answers }: Witnesses,
): Promise<readonly TracedRow[]> {
  const isWritten = booksWith(lineage, row.table) !== null || writersOf(lineage, row.table).length > 0;
  const written: TracedRow[] = isWritten ? [row] : [];
  for (const { step } of ways) {
    const { to } = step;
    if (to === null || !sameTable(step.from, row.table)) continue;
    const keys = await answers.of(`rows of ${tableLabel(to.id)}`, () => keysBehind(rows, step, row));
    written.push(...(keys ?? []).map((key) => ({ table: to, key })));
  }
  return written;
}

/** What the journal tells of a row; nothing when none is kept. */
async function writesTo(row: TracedRow, { lineage, rows, answers }: Witnesses): Promise<readonly Write[]> {
  const { config, steps } = lineage;
  const [target] = row.table.database.targets;
  if (config.journal === undefined || target === undefined) return [];
  const table = tableLabel(row.table.id);
  const from = new Set(writersOf(lineage, row.table).map(({ topic }) => topic));
  const elsewhere = new Set(steps.map(({ topic }) => topic).filter((topic) => !from.has(topic)));
  const told = await answers.of(`the journal of ${target}, about ${table}`, async () => {
    const history = await tableHistory(await rows.journal(target), table, auditKeyOf(config));
    const shape = await rows.shape(row.table);
    if (history === null || shape === null) return [];
    const key = history.key.map((name) => row.key[shape.key.indexOf(name)] ?? '');
    return history.of(key, [...elsewhere]);
  });
  return (told ?? []).map((change) => ({
    ...change,
    target,
    table,
    mapping: mappingOf(change.entry, steps),
  }));
}

/** A route of entities has the versions of all of them: that of the one that made the row. */
function mappingOf({ chain, mappingVersion }: Write['entry'], steps: readonly RouteStep[]): string {
  const step = steps.find(({ route, topic }) => route.name === chain.route && topic === chain.topic);
  const own = mappingVersion.split(',').find((each) => each.startsWith(`${step?.entity ?? ''}@`));
  return own ?? mappingVersion;
}

/** The records of changes in Kafka, or those that dead letters keep. */
async function withRecords(
  told: Told,
  held: HeldRecords | null,
  { lineage, keepers, answers }: Witnesses,
): Promise<readonly Change[]> {
  const { drafts, ways } = told;
  const found = (held?.found ?? []).filter(({ event }) => isOfRow(event, told));
  const decoder = decoderOf(lineage.config);
  for (const letter of drafts.flatMap(({ letters }) => letters)) {
    const step = ways.find(({ step: { route } }) => route.name === letter.route)?.step;
    if (step === undefined || found.some(({ event }) => isAt(event, letter))) continue;
    const record = await answers.of('records of dead letters', async () => {
      const kept = await keepers.record(step, letter);
      return kept === null ? null : foundIn(decoder, kept);
    });
    if (record !== null) found.push(record);
  }
  const changes = changesOf(drafts, found, held?.lowOf ?? (() => null));
  return held === null ? changes.map(unread) : changes;
}

function unread(change: Change): Change {
  const { origin } = change;
  return origin?.kind === 'gone' ? { ...change, origin: { kind: 'unread', range: origin.range } } : change;
}

function isAt({ at }: RowEvent, { topic, partition, offset }: StoredLetter): boolean {
  return at.topic === topic && at.partition === partition && at.offset === offset;
}

function isOfRow(event: RowEvent, { ways, row }: Pick<Told, 'ways' | 'row'>): boolean {
  return ways.some((way) => isAbout(event, way, row));
}

function isAbout({ shape, key }: FoundRecord['event'], { step, source }: Way, row: TracedRow): boolean {
  if (tableLabel(shape.id) !== tableLabel(step.from.id)) return false;
  if (source !== null) return isSameKey(textsOf(shape, key), source.key);
  return keysInto(step.mapping, step.table, shape, key).some((each) => isSameKey(each, row.key));
}

function textsOf(shape: TableShape, key: RowEvent['key']): readonly string[] {
  return key.map((cell, at) => {
    const type = shape.columns.find(({ name }) => name === shape.key[at])?.type ?? { kind: 'text' };
    return normalText(type, cell) ?? '';
  });
}
