import type { Publisher } from '../../../../schemas/contract/publisher.ts';
import type { Reception, TelemetryEvent } from '../../../../schemas/contract/telemetry.ts';
import type { HttpOptions } from '../../../../sinks/http/options.ts';
import { createHttpPublisher } from '../../../../sinks/http/publisher.ts';
import { Receiver } from '../../../support/receiver.ts';
import type { ReceiverOptions } from '../../../support/receiver.ts';
import { batch } from './messages.ts';

const closing: (() => Promise<void>)[] = [];

/** Closes what the test has opened. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

export const OAUTH = { clientId: 'counter:foil', clientSecret: 'p&ss wörd', lifetime: 3_600 };

export interface Subject {
  readonly receiver: Receiver;
  readonly publisher: Publisher;
  readonly events: TelemetryEvent[];
  /** What the receiver made of each request. */
  readonly receptions: () => readonly Reception[];
}

/** A publisher and the real server that it sends to. */
export async function subject(
  receiving: ReceiverOptions = {},
  sending: Partial<HttpOptions> = {},
  given?: Receiver,
): Promise<Subject> {
  const receiver = given ?? (await Receiver.start(receiving));
  const events: TelemetryEvent[] = [];
  const publisher = createHttpPublisher({
    ...{ name: 'gateway', url: receiver.url, headers: {}, concurrency: 4, timeoutMs: 2_000 },
    ...({ format: 'json', numbers: 'strings', envelope: true } as const),
    endpoints: [{ match: ['ap.claim'], path: '/claims/{id}', upsert: 'PUT', delete: 'DELETE' }],
    auth:
      receiving.oauth === undefined
        ? { kind: 'none' }
        : { kind: 'oauth2', endpoint: `${receiver.url}/token`, clientAuth: 'form', ...receiving.oauth },
    answers: { applied: [], absent: [404, 410], refused: [], retry: [] },
    breaker: { failures: 5, firstMs: 50, maxMs: 200 },
    ...sending,
    firstRetryMs: 5,
    telemetry: { emit: (event) => void events.push(event) },
  });
  closing.push(async () => {
    await publisher.close();
    await receiver.close();
  });
  const receptions = () =>
    events.flatMap((event) => (event.type === 'request-answered' ? [event.reception] : []));
  return { receiver, publisher, events, receptions };
}

export const paths = ({ taken }: Receiver) => taken.map(({ path }) => path).sort();

/** As the pipeline does: the same batch until it goes through. Returns how often it did not. */
export async function untilPublished(
  publisher: Publisher,
  messages: Parameters<typeof batch>,
): Promise<number> {
  for (let failures = 0; ; failures += 1) {
    try {
      await publisher.publish(batch(...messages));
      return failures;
    } catch (error) {
      expect(error).toMatchObject({ disposition: 'retry' });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
