import type { Admin, Kafka } from 'kafkajs';
import { createKafka } from '../../connectors/kafka/client.ts';
import { createRecordSource } from '../../connectors/kafka/record-source.ts';
import type { RecordSourceOptions } from '../../connectors/kafka/record-source.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import type { RecordSource } from '../../schemas/contract/ports.ts';
import { testStack, uniqueName } from './stack-file.ts';
import { createTopic } from './topics.ts';

export const newKafka = (): Kafka =>
  createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'record-source-test' });

/** Topics of a test file's own, and record sources that read them. */
export class TopicBench {
  readonly kafka = newKafka();
  readonly admin: Admin = this.kafka.admin();
  readonly reader: TopicReader = createTopicReader(this.kafka);

  async open(): Promise<void> {
    await this.admin.connect();
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.admin.disconnect();
  }

  async newTopic(partitions = 1): Promise<string> {
    const topic = uniqueName('record-source');
    await createTopic(this.admin, topic, partitions);
    return topic;
  }

  sourceOf(topics: readonly string[], options: Partial<RecordSourceOptions> = {}): RecordSource {
    return createRecordSource({
      kafka: this.kafka,
      reader: this.reader,
      groupId: uniqueName('group'),
      identity: 'test',
      accepts: (topic) => topics.includes(topic),
      refreshMs: 200,
      sessionTimeoutMs: 6_000,
      ...options,
    });
  }

  async produce(topic: string, values: readonly string[]): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: values.map((value) => ({ value })) });
    await producer.disconnect();
  }
}
