import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { BatchHandler, RecordSource, SessionEnd } from '../../schemas/contract/ports.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import { DEFAULT_BACK_OFF, retrying } from './retry.ts';
import type { BackOff } from './retry.ts';

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
  const state = (state: 'starting' | 'waiting' | 'stopped', error: CounterfoilError | null) => {
    telemetry.emit({
      type: 'route-state',
      route: name,
      state,
      code: error?.code ?? null,
      reason: error?.message ?? null,
      remedy: error?.remedy ?? null,
    });
  };

  async function session(): Promise<SessionEnd> {
    await options.prepare();
    return options.source.run(options.handler, signal);
  }

  state('starting', null);
  try {
    let end: SessionEnd;
    do {
      end = await retrying(session, {
        signal,
        backOff: options.backOff ?? DEFAULT_BACK_OFF,
        // Fenced: somebody else owns a partition that this member believed its own. Join again and see who has it now.
        retriable: (error) => error.disposition === 'retry' || error.code === 'STALE_WRITER',
        onFailure: (error, attempt) => {
          telemetry.emit({
            type: 'route-retry',
            route: name,
            code: error.code,
            attempt,
            reason: error.message,
          });
          state('waiting', error);
        },
      });
    } while (end !== 'stopped' && !signal.aborted);
    state('stopped', null);
  } catch (error) {
    const aborted = signal.aborted;
    state('stopped', aborted ? null : asCounterfoilError(error, 'INTERNAL', 'the route failed'));
  }
}
