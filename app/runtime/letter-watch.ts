import { setTimeout as sleep } from 'node:timers/promises';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Logger } from '../../monitoring/metrics/log.ts';

const INTERVAL_MS = 10_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

export interface LetterWatchOptions {
  readonly routes: readonly { readonly name: string; readonly sink: Sink }[];
  /** Letters that were settled so many days ago are removed; 0 keeps them for ever. */
  readonly keepDays: number;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Counts the open dead letters of each route, and removes those settled long ago, until `signal` aborts. */
export async function startLetterWatch(options: LetterWatchOptions): Promise<void> {
  const { routes, signal, logger } = options;
  while (!signal.aborted) {
    for (const route of routes) {
      try {
        await look(route, options);
      } catch (error) {
        const { code, message } = asCounterfoilError(error, 'INTERNAL', 'unexpected failure');
        logger.debug({ route: route.name, code }, `dead letters were not counted: ${message}`);
      }
    }
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function look(
  { name, sink }: LetterWatchOptions['routes'][number],
  { keepDays, telemetry }: LetterWatchOptions,
): Promise<void> {
  if (keepDays > 0) await sink.letters.prune(name, Date.now() - keepDays * DAY_MS);
  telemetry.emit({ type: 'letters-open', route: name, ...(await sink.letters.summary(name)) });
}
