import type { MessageBatch } from '../../schemas/contract/message.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { Publisher, PublisherPoint } from '../../schemas/contract/publisher.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import { createAuthorization } from './authorization.ts';
import { Breaker } from './breaker.ts';
import { Courier } from './courier.ts';
import type { Endpoint, HttpOptions } from './options.ts';
import { endpointOf } from './request.ts';
import { Round } from './round.ts';
import type { RoundOptions } from './round.ts';
import { Standing } from './standing.ts';
import { createTransport } from './transport.ts';

export interface HttpPublisherOptions extends HttpOptions {
  readonly telemetry: Telemetry;
  /** Before a request is made again, at least; default 100. */
  readonly firstRetryMs?: number | undefined;
  readonly reach?: ((point: PublisherPoint) => void) | undefined;
}

/**
 * Sends messages to a REST receiver, each at least once: after a crash those of the last batch go again, with the same
 * `Idempotency-Key` and the same bytes. The receiver keeps no positions, so that there is nothing to learn from it.
 */
export function createHttpPublisher(options: HttpPublisherOptions): Publisher {
  const { name, url, answers, endpoints, telemetry, reach = () => undefined } = options;
  const { host } = new URL(url);
  const transport = createTransport(options.timeoutMs, options.tls);
  const courier = new Courier({
    ...{ name, host, answers, transport, telemetry, firstRetryMs: options.firstRetryMs },
    authorization: createAuthorization(options.auth, transport, (outcome) => {
      telemetry.emit({ type: 'token-requested', target: name, outcome });
    }),
    breaker: new Breaker(host, options.breaker, (state, reason) => {
      telemetry.emit({ type: 'breaker-state', target: name, state, reason });
    }),
  });
  const known = new WeakMap<TableShape, Endpoint>();
  const findEndpoint = (table: TableShape): Endpoint => {
    const endpoint = known.get(table) ?? endpointOf(table, endpoints);
    known.set(table, endpoint);
    return endpoint;
  };
  const round: RoundOptions = {
    ...options,
    courier,
    endpointOf: findEndpoint,
    standings: new Map(endpoints.map((endpoint) => [endpoint, new Standing()])),
  };
  const arrivals = new Arrivals();

  return {
    prepare: () => Promise.resolve(),
    ensure: ({ table }) =>
      new Promise((resolve) => {
        findEndpoint(table);
        resolve();
      }),
    plan: ({ table }) =>
      new Promise((resolve) => {
        findEndpoint(table);
        resolve([]);
      }),
    claim: () => Promise.resolve([]),
    publish: async (batch) => {
      await new Round(round, batch.claim.route, arrivals.of(batch)).run(batch.messages);
      reach('publish:sent');
    },
    redrive: ({ route }, messages) => new Round(round, route, new Set()).run(messages),
    rewind: () => Promise.resolve(),
    close: () => transport.close(),
  };
}

/** What has arrived of the batch in hand of each partition: a batch is tried again until all of it has. */
class Arrivals {
  readonly #batches = new Map<string, { readonly first: Offset; readonly keys: Set<string> }>();

  of({ claim: { route, topic, partition }, first }: MessageBatch): Set<string> {
    const place = `${route}/${topic}/${partition}`;
    const before = this.#batches.get(place);
    if (before?.first === first) return before.keys;
    const keys = new Set<string>();
    this.#batches.set(place, { first, keys });
    return keys;
  }
}
