import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { RouteState, Telemetry } from '../../schemas/contract/telemetry.ts';

/** Says in health and metrics how a route is, or whatever else runs under a name of its own. */
export interface RouteStates {
  readonly is: (state: RouteState, error?: CounterfoilError | null) => void;
  /** An attempt has failed, and there will be another one. */
  readonly retries: (error: CounterfoilError, attempt: number) => void;
}

export function routeStates(telemetry: Telemetry, route: string): RouteStates {
  const is: RouteStates['is'] = (state, error = null) => {
    telemetry.emit({
      ...{ type: 'route-state', route, state },
      ...{ code: error?.code ?? null, reason: error?.message ?? null, remedy: error?.remedy ?? null },
    });
  };
  return {
    is,
    retries: (error, attempt) => {
      telemetry.emit({ type: 'route-retry', route, code: error.code, attempt, reason: error.message });
      is('waiting', error);
    },
  };
}

export interface ToldWork {
  readonly telemetry: Telemetry;
  /** Under which the work is known: a route, a posting, a feed. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** The reason of a failure that has none of its own. */
  readonly failure: string;
}

/** Says how the work is from its start to its end; what it throws is why it has stopped. Never throws. */
export async function telling(
  { telemetry, name, signal, failure }: ToldWork,
  work: (states: RouteStates) => Promise<void>,
): Promise<void> {
  const states = routeStates(telemetry, name);
  states.is('starting');
  try {
    await work(states);
    states.is('stopped');
  } catch (error) {
    states.is('stopped', signal.aborted ? null : asCounterfoilError(error, 'INTERNAL', failure));
  }
}
