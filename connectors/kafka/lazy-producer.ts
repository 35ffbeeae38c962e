import kafkajs from 'kafkajs';
import type { Kafka, Producer } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';

/** An idempotent producer that connects on first use, and anew after a failure. */
export interface LazyProducer {
  /** Throws what `work` throws as KAFKA_UNAVAILABLE, with this message. */
  use(message: string, work: (producer: Producer) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** `before` is done once before each connection. */
export function createLazyProducer(
  kafka: Kafka,
  before: () => Promise<void> = () => Promise.resolve(),
): LazyProducer {
  let connected: Promise<Producer> | null = null;

  async function connect(): Promise<Producer> {
    await before();
    const producer = kafka.producer({
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  return {
    async use(message, work) {
      const mine = (connected ??= connect());
      try {
        await work(await mine);
      } catch (error) {
        if (connected === mine) connected = null;
        void mine.then((producer) => producer.disconnect()).catch(() => undefined);
        throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', message);
      }
    },
    async close() {
      const producer = await connected?.catch(() => null);
      connected = null;
      await producer?.disconnect();
    },
  };
}
