import { createKafka } from '../../../connectors/kafka/client.ts';
import type { Sink } from '../../../schemas/contract/ports.ts';
import type { Publisher, PublisherPoint } from '../../../schemas/contract/publisher.ts';
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
}

export function kafkaOfTest() {
  return createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'counterfoil-test' });
}

export function messageSink(
  place: Place,
  options: {
    readonly reach?: (point: PublisherPoint | SinkPoint) => void;
    readonly shape?: typeof claimShape;
  } = {},
): Sink {
  const { postgres } = testStack();
  const { namespace } = place;
  return createMessageSink({
    keeper: createPostgresSink({ ...postgres, namespace, poolSize: 2, reach: options.reach }),
    publisher: publisherOf(place, options.reach),
    shapeOf: () => options.shape ?? claimShape,
  });
}

export function publisherOf(
  { prefix, registryUrl }: Place,
  reach?: (point: PublisherPoint) => void,
): Publisher {
  return createKafkaPublisher({
    ...{ kafka: kafkaOfTest(), registry: { url: registryUrl ?? testStack().registry.url }, reach },
    ...{ prefix, partitions: 3, replicationFactor: 1, compatibility: 'BACKWARD_TRANSITIVE' },
  });
}
