import { asCounterfoilError, CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Message } from '../../schemas/contract/message.ts';
import type { RowRejection } from '../../schemas/contract/ports.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Courier, Delivered } from './courier.ts';
import type { Endpoint, HttpOptions, Writing } from './options.ts';
import { idempotencyKey, requestOf } from './request.ts';
import { DOUBTS } from './standing.ts';
import type { Standing } from './standing.ts';

export interface RoundOptions extends Writing, Pick<HttpOptions, 'url' | 'headers' | 'concurrency'> {
  readonly courier: Courier;
  /** Throws CONFIGURATION_INVALID when there is none. */
  readonly endpointOf: (table: TableShape) => Endpoint;
  readonly standings: ReadonlyMap<Endpoint, Standing>;
}

interface Doubt {
  readonly message: Message;
  readonly endpoint: Endpoint;
  readonly status: number;
}

/**
 * One attempt to deliver the messages of a batch, several at once: each has another key. What arrives is noted in
 * `arrived`, and not sent again when it is there already.
 */
export class Round {
  readonly #options: RoundOptions;
  readonly #route: string;
  readonly #arrived: Set<string>;
  readonly #refused: RowRejection[] = [];
  readonly #doubts: Doubt[] = [];
  #failure: CounterfoilError | null = null;

  constructor(options: RoundOptions, route: string, arrived: Set<string>) {
    this.#options = options;
    this.#route = route;
    this.#arrived = arrived;
  }

  /**
   * Resolves when the receiver has all of them. After a failure that is no message's fault no further one is sent, those
   * under way are waited for, and it is thrown; else RowRejectedError names the messages that were refused.
   */
  async run(messages: readonly Message[]): Promise<void> {
    const waiting = messages.filter((message) => !this.#arrived.has(idempotencyKey(this.#route, message)));
    const queue = waiting.values();
    const lane = async () => {
      for (const message of queue) {
        await this.#deliver(message);
        if (this.#failure !== null || this.#doubts.length >= DOUBTS) return;
      }
    };
    await Promise.all(Array.from({ length: this.#options.concurrency }, lane));
    if (this.#failure !== null) throw this.#failure;
    for (const doubt of this.#doubts) this.#judge(doubt);
    if (this.#refused.length > 0) throw new RowRejectedError(this.#refused);
  }

  async #deliver(message: Message): Promise<void> {
    try {
      const endpoint = this.#options.endpointOf(message.shape.table);
      const request = requestOf(this.#route, message, endpoint, this.#options);
      this.#note(message, endpoint, await this.#options.courier.deliver(request));
    } catch (error) {
      if (error instanceof CounterfoilError && error.code === 'ROW_REJECTED') this.#refuse(message, error);
      else this.#failure ??= asCounterfoilError(error, 'INTERNAL', 'a message could not be delivered');
    }
  }

  #note(message: Message, endpoint: Endpoint, { reception, status }: Delivered): void {
    switch (reception) {
      case 'applied':
      case 'known':
        this.#standing(endpoint).takes();
        this.#arrived.add(idempotencyKey(this.#route, message));
        return;
      case 'refused':
        this.#refuse(message, refusal(message, status));
        return;
      case 'doubtful':
        this.#standing(endpoint).doubts();
        this.#doubts.push({ message, endpoint, status });
    }
  }

  /** Once the others have been tried as well. */
  #judge({ message, endpoint, status }: Doubt): void {
    if (!this.#standing(endpoint).blamesMessage)
      throw new CounterfoilError(
        'TARGET_MISCONFIGURED',
        `the endpoint of ${tableLabel(message.shape.table.id)} takes no message (HTTP ${status})`,
        {
          remedy:
            'Correct url and paths of the target, or the rights of the client. If this status is about single messages, list it under `answers.refused`.',
        },
      );
    this.#refuse(message, refusal(message, status));
  }

  #standing(endpoint: Endpoint): Standing {
    const standing = this.#options.standings.get(endpoint);
    if (standing) return standing;
    throw new CounterfoilError('INTERNAL', 'an endpoint has no standing');
  }

  #refuse({ shape: { table }, key, version }: Message, error: CounterfoilError): void {
    this.#refused.push({ table, key, version, error });
  }
}

/** The receiver's own words may repeat values: they are left out. */
function refusal({ shape }: Message, status: number): CounterfoilError {
  return new CounterfoilError(
    'ROW_REJECTED',
    `the receiver refused a message of ${tableLabel(shape.table.id)} (HTTP ${status})`,
    { remedy: 'See its own log for why; mend the row or the receiver, then redrive.' },
  );
}
