import { mapEvent } from '../../processors/map/map-event.ts';
import { reduceChanges } from '../../processors/reduce/reduce.ts';
import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { CounterfoilError, ErrorCode } from '../../schemas/contract/errors.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import type { Decoder, RowGroups, Sink } from '../../schemas/contract/ports.ts';

/** What became of a letter that was to be redriven. */
export type RedriveOutcome =
  /** Its rows are in the target, or were kept out by newer ones; `rows` were written. */
  | { readonly kind: 'redriven'; readonly rows: number }
  /** It is as bad as before. */
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly reason: string;
      readonly remedy: string | null;
    }
  /** An earlier letter of the same row is open. */
  | { readonly kind: 'waiting' }
  /** Somebody else has closed it meanwhile. */
  | { readonly kind: 'gone' };

export interface Redrive {
  readonly route: string;
  readonly mapping: Mapping;
  readonly decoder: Decoder;
  readonly sink: Sink;
  /** Who asks for it; recorded. */
  readonly by: string;
  readonly wanted: (letter: StoredLetter) => boolean;
  readonly onOutcome: (letter: StoredLetter, outcome: RedriveOutcome) => void;
  readonly signal: AbortSignal;
}

/**
 * Takes open letters the way of live records again: decode, map, apply under the version guard, each with its closing
 * in one transaction. Letters of one row go in their order, and wait behind one that is not wanted or fails. Harmless
 * beside a running route and beside another redrive. Throws CounterfoilError for what is no letter's fault.
 */
export async function redriveLetters(redrive: Redrive): Promise<void> {
  const { route, sink, wanted, onOutcome, signal } = redrive;
  const blocked = new Set<string>();
  for (const letter of await sink.letters.list(route, { status: 'open' })) {
    signal.throwIfAborted();
    const row = letter.key === null ? null : `${letter.topic}\n${letter.key}`;
    const outcome = !wanted(letter)
      ? null
      : row !== null && blocked.has(row)
        ? ({ kind: 'waiting' } as const)
        : await redriveOne(redrive, letter);
    if (row !== null && (outcome === null || outcome.kind === 'failed')) blocked.add(row);
    if (outcome !== null) onOutcome(letter, outcome);
  }
}

/** Redrives what waits for rows that it refers to, and what is parked behind it: the route's own doing. */
export function redriveAwaiting(redrive: Omit<Redrive, 'by' | 'wanted' | 'onOutcome'>): Promise<void> {
  return redriveLetters({
    ...redrive,
    by: 'counterfoil',
    wanted: ({ code }) => code === 'AWAITS_REFERENCE' || code === 'PARKED',
    onOutcome: () => undefined,
  });
}

async function redriveOne(redrive: Redrive, letter: StoredLetter): Promise<RedriveOutcome> {
  const { sink, by } = redrive;
  try {
    const rows = await rowsOf(redrive, letter);
    if (rows === null) return { kind: 'gone' };
    const groups = [...rows.deletes, ...rows.upserts, ...rows.occurrences];
    for (const { table } of groups) await sink.ensureTable(table);
    const { version: mappingVersion } = redrive.mapping;
    const result = await sink.letters.redrive(letter, { ...rows, mappingVersion }, by);
    if (result === null) return { kind: 'gone' };
    const sent = groups.reduce((sum, { keys }) => sum + keys.length, rows.clears.length);
    return { kind: 'redriven', rows: sent - result.withheld.length };
  } catch (error) {
    const failure = causeOf(error);
    if (failure.disposition !== 'dead-letter') throw failure;
    const { code, message, remedy } = failure;
    return { kind: 'failed', code, reason: message, remedy: remedy ?? null };
  }
}

/** Of rows that are refused, why the first one is. */
function causeOf(error: unknown): CounterfoilError {
  const [first] = error instanceof RowRejectedError ? error.rejections : [];
  return first?.error ?? asCounterfoilError(error, 'INTERNAL', 'the redrive failed');
}

/** What the record means for the target by now; no rows when a rule leaves it out, null when the letter has vanished. */
async function rowsOf(
  { route, mapping, decoder, sink }: Redrive,
  letter: StoredLetter,
): Promise<RowGroups | null> {
  const record = await sink.letters.record(route, letter);
  if (record === null) return null;
  const event = await decoder.decode(record);
  const mapped = mapEvent(event, mapping);
  const changes = mapped.kind === 'filtered' ? [] : mapped.changes;
  return reduceChanges(
    changes.map((change) => ({
      // What a change's version is may depend on the records before it: the route knew those.
      change: letter.version === null ? change : { ...change, version: letter.version },
      event: 0,
    })),
  );
}
