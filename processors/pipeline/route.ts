import type { BatchHandler, RecordSource, SessionEnd } from '../../schemas/contract/ports.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import { DEFAULT_BACK_OFF, retrying } from './retry.ts';
import type { BackOff } from './retry.ts';
import { telling } from './route-state.ts';
import type { RouteStates } from './route-state.ts';

export interface RouteOptions {
  readonly name: string;
  readonly source: RecordSource;
  readonly handler: BatchHandler;
  /** Readies the target; retried until it answers. */
  readonly prepare: () => Promise<void>;
  readonly telemetry: Telemetry;
  readonly backOff?: BackOff;
}

/**
 * Keeps a route going until `signal` aborts: one session after the other, with back-off after failures that pass.
 * A failure of disposition `stop` ends the route and only the route; it stays stopped, with its reason in health and
 * metrics, until somebody has mended it and starts it again. Never throws.
 */
export async function runRoute(options: RouteOptions, signal: AbortSignal): Promise<void> {
  const { name, telemetry } = options;
  await telling({ telemetry, name, signal, failure: 'the route failed' }, (states) =>
    runSessions(options, states, signal),
  );
}

/**
 * Runs one session after the other until `signal` aborts, with back-off after failures that pass. Throws a failure of
 * disposition `stop`.
 */
export async function runSessions(
  { source, handler, prepare, backOff }: Pick<RouteOptions, 'source' | 'handler' | 'prepare' | 'backOff'>,
  states: RouteStates,
  signal: AbortSignal,
): Promise<void> {
  async function session(): Promise<SessionEnd> {
    await prepare();
    return source.run(handler, signal);
  }
  let end: SessionEnd;
  do {
    end = await retrying(session, {
      signal,
      backOff: backOff ?? DEFAULT_BACK_OFF,
      // Fenced: somebody else owns a partition that this member believed its own. Join again and see who has it now.
      retriable: (error) => error.disposition === 'retry' || error.code === 'STALE_WRITER',
      onFailure: states.retries,
    });
  } while (end !== 'stopped' && !signal.aborted);
}
