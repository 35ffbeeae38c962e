import { createKafka } from '../../connectors/kafka/client.ts';
import { recordOf } from '../../connectors/kafka/raw-record.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { RecordBatch } from '../../schemas/contract/ports.ts';
import { testStack, uniqueName } from '../../test/support/stack-file.ts';

/** Reads a topic of one partition to its end: its batches, and what kafkajs takes for it when values are left alone. */
export async function drain(
  topic: string,
): Promise<{ readonly batches: readonly RecordBatch[]; readonly nanosecondsPerRow: number }> {
  const kafka = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'bench' });
  const admin = kafka.admin();
  await admin.connect();
  const [range] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const end = Number(range?.high) - 1;
  await readTo(end, () => undefined); // warm
  const before = process.cpuUsage();
  const rows = await readTo(end, () => undefined);
  const { user, system } = process.cpuUsage(before);
  const batches: RecordBatch[] = [];
  await readTo(end, (batch) => batches.push(batch));
  return { batches, nanosecondsPerRow: ((user + system) * 1_000) / rows };

  async function readTo(last: number, take: (batch: RecordBatch) => void): Promise<number> {
    const consumer = kafka.consumer({ groupId: uniqueName('bench'), readUncommitted: false });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    let count = 0;
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          autoCommit: false,
          eachBatchAutoResolve: true,
          eachBatch: ({ batch }) => {
            count += batch.messages.length;
            const at = { topic, partition: batch.partition };
            const first = offsetOf(batch.messages[0]?.offset ?? batch.lastOffset());
            const next = offsetOf(BigInt(batch.lastOffset()) + 1n);
            take({ ...at, first, next, records: batch.messages.map((message) => recordOf(at, message)) });
            // The last offset is that of the marker of a transaction, which is no message.
            if (Number(batch.lastOffset()) >= last - 1) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return count;
  }
}
