import type { RowEvent } from '../../schemas/contract/change-event.ts';
import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import type { SyncRun } from '../../schemas/contract/sync-run.ts';
import { letterId } from '../runtime/letter-id.ts';
import type { Change, FoundRecord, Origin, Write } from './changes.ts';
import { cellText, isoTime } from './past-text.ts';
import { placeText } from './place-text.ts';
import type { Past } from './past.ts';
import { readingRun } from './reading-run.ts';
import type { Trace } from './trace.ts';
import type { OffsetRange } from '../../schemas/contract/position.ts';

/** The same for programs. Integers of 64 bits and decimals are texts. */
export function traceJson({ lineage, past, pastOfDocument, ...trace }: Trace, withValues: boolean) {
  return {
    ...trace,
    journal: lineage.config.journal !== undefined,
    ...changesJson(past, withValues),
    document: pastOfDocument.map((each) => ({
      ...{ in: each.in, table: each.table, key: each.key },
      ...changesJson(each, withValues),
    })),
  };
}

function changesJson({ changes, older, runs }: Past, withValues: boolean) {
  return { changes: changes.map((change) => changeJson(change, runs, withValues)), olderChanges: older };
}

function changeJson(change: Change, runs: readonly SyncRun[], withValues: boolean) {
  const { version, origin, passed, writes, letters } = change;
  const run = readingRun(change, runs);
  return {
    version,
    origin: origin === null ? null : originJson(origin, withValues),
    readFor:
      run === undefined ? null : { route: run.route, id: run.id, by: run.orderedBy, reason: run.reason },
    passed: passed.map(recordJson),
    writes: writes.map(writeJson),
    deadLetters: letters.map(letterJson),
  };
}

function originJson(origin: Origin, withValues: boolean) {
  if (origin.kind !== 'record') return { kind: origin.kind, ...rangeJson(origin.range) };
  const { record, before, changed } = origin;
  return {
    kind: origin.kind,
    ...recordJson(record),
    changed,
    ...(withValues ? { before: valuesOf(before), after: valuesOf(afterOf(record.event)) } : {}),
  };
}

function rangeJson({ topic, partition, first, next }: OffsetRange) {
  return { topic, partition, firstOffset: first.toString(), nextOffset: next.toString() };
}

function recordJson({ event, schemaId }: FoundRecord) {
  const { at, source, publishedAt } = event;
  return {
    ...{ topic: at.topic, partition: at.partition, offset: at.offset.toString(), schemaId },
    operation: event.kind === 'delete' ? 'delete' : event.operation,
    ...{ source: source.name, transaction: source.transaction, place: placeText(source) },
    snapshot: source.snapshotRow,
    committedAt: source.committedAt === null ? null : isoTime(source.committedAt),
    ...{ capturedAt: isoTime(source.capturedAt), publishedAt: isoTime(publishedAt) },
  };
}

function afterOf(event: RowEvent) {
  return event.kind === 'delete' ? null : event.after;
}

function valuesOf(row: ReturnType<typeof afterOf>) {
  if (row === null) return null;
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name, JSON.parse(quoted(cell)) as unknown]),
  );
}

function quoted(cell: Parameters<typeof cellText>[0]): string {
  const text = cellText(cell);
  return typeof cell === 'bigint' || cell instanceof Uint8Array ? JSON.stringify(text) : text;
}

function writeJson({ target, table, operation, entry, mapping, genuine }: Write) {
  return {
    ...{ target, table, operation, kind: entry.kind, ...entry.chain, sequence: entry.sequence.toString() },
    ...{ firstOffset: entry.first.toString(), nextOffset: entry.next.toString() },
    ...{ mapping, appliedAt: isoTime(entry.appliedAt), genuine },
  };
}

function letterJson({ offset, createdAt, closedAt, ...letter }: StoredLetter) {
  return {
    ...letter,
    id: letterId({ ...letter, offset }),
    ...{ offset: offset.toString(), createdAt: isoTime(createdAt) },
    closedAt: closedAt === null ? null : isoTime(closedAt),
  };
}
