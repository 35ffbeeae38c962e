import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Repair, RepairPoint } from '../../schemas/contract/repair.ts';
import type { Config } from '../config/schema.ts';
import { checkableRoute, incomparable } from '../runtime/checks.ts';
import type { CheckableRoute } from '../runtime/checks.ts';
import { kafkaOf } from '../runtime/kafka.ts';
import type { Route } from '../runtime/routes.ts';
import { createSink } from '../runtime/targets.ts';

export interface RepairOptions {
  readonly config: Config;
  /** Who is at the keyboard. */
  readonly by: string;
  /** How long each wait may make no progress. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  readonly reach: (point: RepairPoint) => void;
}

/** What a repair works with: a route as checks see it, and the sink that its batches go through. */
export interface RepairSession extends RepairOptions {
  readonly route: Route;
  readonly checkable: CheckableRoute;
  readonly sink: Sink;
}

/** Throws CONFIGURATION_INVALID for a route whose target cannot be repaired. */
export async function withSession<T>(
  route: Route,
  options: RepairOptions,
  use: (session: RepairSession) => Promise<T>,
): Promise<T> {
  const { config } = options;
  assertRepairable(route, config);
  const reader = createTopicReader(kafkaOf(config, 'check'));
  const checkable = checkableRoute(route, config, reader);
  const sink = await createSink(config, route.config.target, { poolSize: 2 });
  try {
    await sink.prepare();
    return await use({ ...options, route, checkable, sink });
  } finally {
    await Promise.allSettled([sink.close(), checkable.close(), reader.close()]);
  }
}

export async function repairNamed(
  { route, sink }: Pick<RepairSession, 'route' | 'sink'>,
  id: string,
): Promise<Repair> {
  const [repair] = await sink.repairs.list(route.name, { id, limit: 1 });
  if (repair !== undefined) return repair;
  throw refused(`${route.name} has no repair "${id}"`, 'See `counterfoil repair list`.');
}

function assertRepairable(route: Route, config: Config): void {
  const { name, config: settings } = route;
  if (incomparable(route, config) !== null)
    throw refused(
      `${name} is told to ${settings.target}, which has no rows to repair: what was sent cannot be taken back`,
      'Have rows sent again with `counterfoil sync --table …`; documents with `counterfoil documents`.',
    );
  if (settings.sync.mode === 'batch')
    throw refused(
      `${name} rests between its runs, so that there is nothing its rows could be compared with now`,
      'Correct rows of it with `counterfoil sync --table … --where … --now`, or run it again.',
    );
}

export function refused(message: string, remedy: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', message, { remedy });
}
