import { setTimeout as sleep } from 'node:timers/promises';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Logger } from '../../monitoring/metrics/log.ts';

const INTERVAL_MS = 10_000;
/** While letters wait for rows that they refer to. */
const WAITING_INTERVAL_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

export interface WatchedRoute {
  readonly name: string;
  readonly sink: Sink;
  /** Tries again what may have been mended by itself. */
  readonly redriveWaiting: () => Promise<void>;
  /** Orders rows to be read again that came without some of their values. */
  readonly readIncomplete: () => Promise<void>;
}

export interface LetterWatchOptions {
  readonly routes: readonly WatchedRoute[];
  /** Letters that were settled so many days ago are removed; 0 keeps them for ever. */
  readonly keepDays: number;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Looks after the dead letters of each route until `signal` aborts: counts the open ones, redrives those that wait for
 * rows that they refer to, has rows that came incomplete read again, and removes those settled long ago.
 */
export async function startLetterWatch(options: LetterWatchOptions): Promise<void> {
  const { routes, signal, logger } = options;
  while (!signal.aborted) {
    let waiting = false;
    for (const route of routes) {
      try {
        waiting = (await look(route, options)) || waiting;
      } catch (error) {
        const { code, message } = asCounterfoilError(error, 'INTERNAL', 'unexpected failure');
        logger.debug({ route: route.name, code }, `dead letters were not counted: ${message}`);
      }
    }
    await sleep(waiting ? WAITING_INTERVAL_MS : INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Says whether letters wait for rows that they refer to. */
async function look(
  { name, sink, redriveWaiting, readIncomplete }: WatchedRoute,
  { keepDays, telemetry }: LetterWatchOptions,
): Promise<boolean> {
  if (keepDays > 0) await sink.letters.prune(name, Date.now() - keepDays * DAY_MS);
  const summary = await sink.letters.summary(name);
  telemetry.emit({ type: 'letters-open', route: name, ...summary });
  if (summary.open.has('MISSING_BASE_ROW')) await readIncomplete();
  if (!summary.open.has('AWAITS_REFERENCE')) return false;
  await redriveWaiting();
  return true;
}
