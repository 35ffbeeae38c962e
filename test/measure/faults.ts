import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import type { Office } from '../support/office.ts';
import { Pipeline } from '../support/pipeline.ts';
import type { Witness } from './witness.ts';

export interface Fault {
  readonly what: string;
  /** On the clock of Date.now(). */
  readonly at: number;
}

/** The product, and what befalls it and those it works with. */
export class FaultyProduct {
  readonly faults: Fault[] = [];
  /** Rejects when the product ends by itself. */
  readonly failed: Promise<never>;
  readonly #office: Office;
  readonly #witness: Witness;
  #pipeline: Pipeline;
  #fail: (error: Error) => void = () => undefined;

  private constructor(office: Office, witness: Witness) {
    this.#office = office;
    this.#witness = witness;
    this.failed = new Promise<never>((_, reject) => (this.#fail = reject));
    this.failed.catch(() => undefined);
    this.#pipeline = this.#start();
  }

  static async start(office: Office, witness: Witness): Promise<FaultyProduct> {
    const product = new FaultyProduct(office, witness);
    await product.#pipeline.listening;
    return product;
  }

  async strike(): Promise<void> {
    const faults = [
      { what: 'the product is killed', make: () => this.#kill() },
      { what: 'its sessions are cut', make: () => this.#witness.cutSessions(this.#writer) },
      { what: 'the product is killed', make: () => this.#kill() },
      { what: 'the connectors are restarted', make: () => this.#restartConnectors() },
    ];
    const fault = faults[this.faults.length % faults.length];
    if (fault === undefined) return;
    this.faults.push({ what: fault.what, at: Date.now() });
    await fault.make();
  }

  metrics(): Promise<string> {
    return this.#pipeline.metrics();
  }

  async drain(): Promise<void> {
    await this.#pipeline.drain();
  }

  get #writer(): string {
    return this.#office.local.people.finance.sink.user;
  }

  #start(): Pipeline {
    const pipeline = new Pipeline(this.#office.configFile);
    void pipeline.ended.then((end) => {
      if (end !== 0 && end !== 'SIGKILL')
        this.#fail(new Error(`the product ended by itself: ${end}\n${pipeline.log.slice(-4_000)}`));
    });
    return pipeline;
  }

  async #kill(): Promise<void> {
    await this.#pipeline.kill('SIGKILL');
    this.#pipeline = this.#start();
  }

  async #restartConnectors(): Promise<void> {
    const client = createConnectClient({ url: this.#office.local.stack.addresses.connect.url });
    for (const name of (await client.connectors()).keys()) await client.restart(name, 'all');
  }
}
