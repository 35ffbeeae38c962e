import type { Kafka } from 'kafkajs';

/** Removes a group that kept no positions: nobody will join it again. What fails leaves an empty group, which expires. */
export async function forgetGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin();
  await admin
    .connect()
    .then(() => admin.deleteGroups([groupId]))
    .catch(() => undefined);
  await admin.disconnect().catch(() => undefined);
}
