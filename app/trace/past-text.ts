import type { Row } from '../../schemas/contract/cell.ts';
import type { RowEvent } from '../../schemas/contract/change-event.ts';
import { chainLabel } from '../../schemas/contract/chain.ts';
import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import type { SyncRun } from '../../schemas/contract/sync-run.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import { DONE } from '../row-history.ts';
import { letterId } from '../runtime/letter-id.ts';
import { timeOf } from './changes.ts';
import type { Change, FoundRecord, Origin, Write } from './changes.ts';
import type { Past } from './past.ts';
import { placeText } from './place-text.ts';
import { readingRun } from './reading-run.ts';

/** The changes of a row to read, the newest first. Values are shown only to who asks for them. */
export function pastLines({ changes, older, runs }: Past, withValues: boolean): readonly string[] {
  return [
    ...changes.flatMap((change) => changeLines(change, runs, withValues)),
    ...(older === 0 ? [] : [`and ${older.toString()} older; see --limit`]),
  ];
}

function changeLines(change: Change, runs: readonly SyncRun[], withValues: boolean): readonly string[] {
  const { origin, passed, writes, letters } = change;
  const run = readingRun(change, runs);
  return [
    headline(change),
    ...(origin === null ? [] : originLines(origin)),
    ...(run === undefined ? [] : [line('read for', runText(run))]),
    ...(withValues && origin?.kind === 'record' ? valueLines(origin) : []),
    ...passed.map(({ event }) =>
      line(
        'covers',
        `${operationText(event)}${transactionText(event)}, ${recordText(event)}: in the same batch, not written by itself`,
      ),
    ),
    ...letters.flatMap(letterLines),
    ...[...writes].sort((a, b) => a.entry.appliedAt - b.entry.appliedAt).map(writeLine),
  ];
}

/** As wide as the widest. */
const LABEL = 'written in part'.length;

function line(label: string, text: string): string {
  return `    ${label.padEnd(LABEL)} ${text}`;
}

/** By the clock of the source, as far as it is known. */
function headline(change: Change): string {
  const { origin } = change;
  const time = isoTime(timeOf(change));
  if (origin === null)
    return `${time}  ${change.writes.some(({ entry }) => entry.kind === 'posting') ? 'posted' : 'set aside'}`;
  if (origin.kind !== 'record') return `${time}  ${change.writes.length > 0 ? 'written' : 'set aside'}`;
  const { event } = origin.record;
  const { committedAt, capturedAt, name } = event.source;
  return `${isoTime(committedAt ?? capturedAt)}  ${operationText(event)} in ${name}${transactionText(event)}`;
}

function transactionText({ source: { transaction } }: RowEvent): string {
  return transaction === null ? '' : ` by transaction ${transaction}`;
}

export function operationText(event: RowEvent): string {
  if (event.kind === 'delete') return 'deleted';
  switch (event.operation) {
    case 'insert':
      return 'inserted';
    case 'update':
      return 'updated';
    case 'snapshot':
      return event.source.snapshotRow === 'incremental' ? 'read again' : 'read by a snapshot';
    default:
      return unreachable(event.operation);
  }
}

function originLines(origin: Origin): readonly string[] {
  switch (origin.kind) {
    case 'record': {
      const { event, schemaId } = origin.record;
      const published = `published ${isoTime(event.publishedAt)}, schema ${schemaId.toString()}`;
      return [
        line('from', `${placeText(event.source)}, ${recordText(event)}, ${published}`),
        ...(origin.changed === null ? [] : [line('changed', origin.changed.join(', ') || 'nothing')]),
      ];
    }
    case 'gone': {
      const { topic, partition, first, next } = origin.range;
      const now =
        origin.low === null ? 'there is no such topic any more' : `it begins at ${origin.low.toString()} now`;
      return [
        line(
          'from',
          `${topic}/${partition.toString()}, offsets ${first.toString()} to ${(next - 1n).toString()}`,
        ),
        line('', `Kafka no longer holds them (${now})`),
      ];
    }
    case 'missing':
    case 'unread': {
      const { topic, partition, first, next } = origin.range;
      const why =
        origin.kind === 'unread'
          ? 'they could not be read'
          : 'the record is not among them: it was compacted, or the topic was made anew';
      return [
        line(
          'from',
          `${topic}/${partition.toString()}, offsets ${first.toString()} to ${(next - 1n).toString()}`,
        ),
        line('', why),
      ];
    }
    default:
      return unreachable(origin);
  }
}

function recordText({ at }: FoundRecord['event']): string {
  return `record ${letterId(at)}`;
}

function valueLines({
  record: { event },
  before,
  changed,
}: Extract<Origin, { kind: 'record' }>): readonly string[] {
  if (event.kind === 'delete') return before === null ? [] : [line('values', `were ${rowText(before)}`)];
  if (before === null || changed === null) return [line('values', rowText(event.after))];
  return changed.map((name) =>
    line('values', `${name}: ${cellText(before[name])} → ${cellText(event.after[name])}`),
  );
}

function rowText(row: Row): string {
  return Object.entries(row)
    .map(([name, cell]) => `${name}=${cellText(cell)}`)
    .join(' ');
}

export function cellText(cell: Row[string] | undefined): string {
  if (cell instanceof Uint8Array) return `\\x${Buffer.from(cell).toString('hex')}`;
  return typeof cell === 'bigint' ? cell.toString() : JSON.stringify(cell ?? null);
}

function writeLine({ target, table, operation, entry, mapping, genuine }: Write): string {
  const { chain, kind, sequence, appliedAt } = entry;
  return line(
    DONE[operation],
    [
      `${table} in ${target}, ${isoTime(appliedAt)}`,
      `entry ${sequence.toString()} of ${chainLabel(chain)}`,
      ...(kind === 'redrive' ? ['by a redrive'] : []),
      ...(mapping === '' ? [] : [`mapping ${mapping}`]),
      ...(genuine ? [] : ['NOT AS IT WAS SIGNED']),
    ].join(', '),
  );
}

function letterLines(letter: StoredLetter): readonly string[] {
  const { route, stage, code, reason, createdAt, status, closedAt, closedBy, closedReason } = letter;
  const why = closedReason === null ? '' : ` (${closedReason})`;
  const closed =
    closedAt === null
      ? `open: counterfoil dlq redrive ${route} ${letterId(letter)}`
      : `${status} ${isoTime(closedAt)} by ${closedBy ?? 'nobody known'}${why}`;
  return [
    line('set aside', `by route ${route} at ${stage}, ${isoTime(createdAt)}: ${code} ${reason}`),
    line('', closed),
  ];
}

function runText({ id, route, orderedBy, orderedAt, reason }: SyncRun): string {
  return `${id} of ${route}, ordered by ${orderedBy} ${isoTime(orderedAt)}${reason === null ? '' : ` (${reason})`}`;
}

export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
