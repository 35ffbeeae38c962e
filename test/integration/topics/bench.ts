import { createKafka } from '../../../connectors/kafka/client.ts';
import type { Sink } from '../../../schemas/contract/ports.ts';
import type { PublisherPoint } from '../../../schemas/contract/publisher.ts';
import type { SinkPoint } from '../../../schemas/contract/ports.ts';
import { createKafkaPublisher } from '../../../sinks/kafka/publisher.ts';
import { createMessageSink } from '../../../sinks/messages/sink.ts';
import { createPostgresSink } from '../../../sinks/postgres/sink.ts';
import { testStack } from '../../support/stack-file.ts';
import { claimShape } from './claims.ts';

/** Where a test publishes to, and where its keeper is. */
export interface Place {
  readonly prefix: string;
  /** Schema of the keeper's tables. */
  readonly namespace: string;
  readonly registryUrl?: string;
  readonly compatibility?: string;
}

export function kafkaOfTest() {
  return createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'counterfoil-test' });
}

export function messageSink(
  { prefix, namespace, registryUrl, compatibility }: Place,
  options: {
    readonly reach?: (point: PublisherPoint | SinkPoint) => void;
    readonly shape?: typeof claimShape;
  } = {},
): Sink {
  const { postgres, registry } = testStack();
  return createMessageSink({
    keeper: createPostgresSink({ ...postgres, namespace, poolSize: 2, reach: options.reach }),
    publisher: createKafkaPublisher({
      kafka: kafkaOfTest(),
      registry: { url: registryUrl ?? registry.url },
      ...{ prefix, partitions: 3, replicationFactor: 1 },
      compatibility: compatibility ?? 'BACKWARD_TRANSITIVE',
      reach: options.reach,
    }),
    shapeOf: () => options.shape ?? claimShape,
  });
}
