import type { RowEvent } from '../../schemas/contract/change-event.ts';
import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import type { Row } from '../../schemas/contract/cell.ts';
import { compareVersions, nextOffset } from '../../schemas/contract/position.ts';
import type { Coordinates, Offset, OffsetRange, Version } from '../../schemas/contract/position.ts';
import type { JournalOperation } from '../../schemas/journal/record.ts';
import type { EntryHead } from '../../monitoring/audit/evidence.ts';
import { changedColumns } from './route-rows.ts';

/** What an entry of a journal tells of a row that was traced. */
export interface Write {
  readonly target: string;
  /** `namespace.name`. */
  readonly table: string;
  readonly operation: JournalOperation;
  readonly version: Version;
  readonly entry: EntryHead;
  /** Of the mapping that made the row: name and version, or the version alone. */
  readonly mapping: string;
  /** Whether the entry says what was signed. */
  readonly genuine: boolean;
}

/** A record of Kafka about the source row. */
export interface FoundRecord {
  readonly event: RowEvent;
  /** Of its value. */
  readonly schemaId: number;
}

/** Where a change came from. */
export type Origin =
  | {
      readonly kind: 'record';
      readonly record: FoundRecord;
      /** The row as it was before, where that is known. */
      readonly before: Row | null;
      /** Columns that are not as they were before; null when that is not known. */
      readonly changed: readonly string[] | null;
    }
  /** Kafka no longer holds the offsets; `low` is where the partition begins now, null when there is none. */
  | { readonly kind: 'gone'; readonly range: OffsetRange; readonly low: Offset | null }
  /** The offsets are held, but the record is not among them: it was compacted, or the topic was made anew. */
  | { readonly kind: 'missing'; readonly range: OffsetRange }
  /** Kafka could not be asked. */
  | { readonly kind: 'unread'; readonly range: OffsetRange };

/** A change of a source row, and what became of it. What was posted has neither version nor origin. */
export interface Change {
  readonly version: Version | null;
  readonly origin: Origin | null;
  /** Changes of the row that came before it in its batch, and were never written for it. */
  readonly passed: readonly FoundRecord[];
  readonly writes: readonly Write[];
  readonly letters: readonly StoredLetter[];
}

/** A change before its record was looked for. */
export interface Draft extends Omit<Change, 'origin' | 'passed'> {
  /** Offsets that the record is among; null when there is none. */
  readonly range: OffsetRange | null;
}

/** What was written and set aside, put together by the change that it is of; the newest first. */
export function draftsOf(writes: readonly Write[], letters: readonly StoredLetter[]): readonly Draft[] {
  const groups = new Map<string, { writes: Write[]; letters: StoredLetter[] }>();
  const group = (id: string) => {
    const known = groups.get(id) ?? { writes: [], letters: [] };
    groups.set(id, known);
    return known;
  };
  for (const write of writes) group(writeId(write)).writes.push(write);
  for (const letter of letters) group(letter.version ?? letterText(letter)).letters.push(letter);
  const drafts = [...groups.values()].map((each) => ({
    ...each,
    version: versionOf(each),
    range: rangeOf(each),
  }));
  return newestFirst(drafts);
}

/**
 * By time; those of one topic by their versions, for a letter and a row of one batch have the clocks of database and process.
 */
function newestFirst(drafts: readonly Draft[]): readonly Draft[] {
  const sorted = [...drafts].sort((a, b) => timeOf(b) - timeOf(a));
  for (const topic of new Set(sorted.map(({ range }) => range?.topic))) {
    const places = [...sorted.keys()].filter(
      (at) => sorted[at]?.version != null && sorted[at].range?.topic === topic,
    );
    const ofTopic = places.flatMap((at) => sorted[at] ?? []);
    ofTopic.sort((a, b) => compareVersions(b.version ?? NOTHING, a.version ?? NOTHING));
    for (const [index, draft] of ofTopic.entries()) sorted[places[index] ?? 0] = draft;
  }
  return sorted;
}

const NOTHING = '' as Version;

function writeId({ version, entry }: Write): string {
  return entry.kind === 'posting' ? `posting ${entry.sequence.toString()}` : version;
}

function letterText({ topic, partition, offset }: StoredLetter): string {
  return `${topic}/${partition.toString()}@${offset.toString()}`;
}

function versionOf({ writes, letters }: Pick<Change, 'writes' | 'letters'>): Version | null {
  const written = writes.find(({ entry }) => entry.kind !== 'posting')?.version;
  return written ?? letters[0]?.version ?? null;
}

/** The narrowest of what is told. */
function rangeOf({ writes, letters }: Pick<Change, 'writes' | 'letters'>): OffsetRange | null {
  const ranges = [
    ...letters.map((letter) => ({
      ...placeOf(letter),
      first: letter.offset,
      next: nextOffset(letter.offset),
    })),
    ...writes
      .filter(({ entry }) => entry.kind !== 'posting')
      .map(({ entry: { chain, first, next } }) => ({ ...placeOf(chain), first, next })),
  ];
  return ranges.sort((a, b) => Number(a.next - a.first - (b.next - b.first)))[0] ?? null;
}

function placeOf({ topic, partition }: { readonly topic: string; readonly partition: number }) {
  return { topic, partition };
}

/** When it was written first, or set aside. */
export function timeOf({ writes, letters }: Pick<Change, 'writes' | 'letters'>): number {
  return Math.min(
    ...writes.map(({ entry }) => entry.appliedAt),
    ...letters.map(({ createdAt }) => createdAt),
  );
}

/** What Kafka holds of a partition; null when it has no such partition. */
export type LowOf = (range: OffsetRange) => Offset | null;

/**
 * Puts changes and the records that were found together. The record of a change is the one with its version: another one at
 * its offset is of a topic that was made anew.
 */
export function changesOf(
  drafts: readonly Draft[],
  found: readonly FoundRecord[],
  lowOf: LowOf,
): readonly Change[] {
  const records = [...found].sort((a, b) => compareOffsets(a.event.at, b.event.at));
  const taken = new Map<Draft, FoundRecord>();
  for (const draft of drafts) {
    const record = records.find(
      ({ event }) =>
        isIn(event.at, draft.range) && (draft.version === null || event.source.version === draft.version),
    );
    if (record !== undefined) taken.set(draft, record);
  }
  const written = new Set(taken.values());
  const lost = drafts.flatMap((draft) => (taken.has(draft) ? [] : (draft.range ?? [])));
  return drafts.map((draft): Change => {
    const { range, ...rest } = draft;
    const record = taken.get(draft);
    if (range === null) return { ...rest, origin: null, passed: [] };
    if (record === undefined) return { ...rest, origin: absence(range, lowOf(range)), passed: [] };
    const passed = records.filter(
      (each) =>
        !written.has(each) &&
        isIn(each.event.at, range) &&
        compareOffsets(each.event.at, record.event.at) < 0,
    );
    return { ...rest, origin: originOf(record, records, lost), passed };
  });
}

function absence(range: OffsetRange, low: Offset | null): Origin {
  if (low === null || range.first < low) return { kind: 'gone', range, low };
  return { kind: 'missing', range };
}

function isIn(at: Coordinates, range: OffsetRange | null): boolean {
  return (
    range !== null &&
    at.topic === range.topic &&
    at.partition === range.partition &&
    at.offset >= range.first &&
    at.offset < range.next
  );
}

function compareOffsets(a: Coordinates, b: Coordinates): number {
  return a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0;
}

/** What was before is not known of the first that was found, and where a record between the two is not there. */
function originOf(
  record: FoundRecord,
  records: readonly FoundRecord[],
  lost: readonly OffsetRange[],
): Origin {
  const previous = records[records.indexOf(record) - 1]?.event;
  const { event } = record;
  const unknown = { kind: 'record', record, before: null, changed: null } as const;
  if (previous?.kind !== 'upsert' || lost.some((range) => isBetween(range, previous.at, event.at)))
    return unknown;
  const before = previous.after;
  if (event.kind === 'delete') return { ...unknown, before };
  return { kind: 'record', record, before, changed: changedColumns(event.shape, before, event.after) };
}

/** Whether what was lost may have been between two records. */
function isBetween({ topic, first, next }: OffsetRange, from: Coordinates, to: Coordinates): boolean {
  return topic === from.topic && first < to.offset && next > from.offset + 1n;
}
