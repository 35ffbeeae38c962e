import kafkajs from 'kafkajs';
import type { PartitionAssigner } from 'kafkajs';
import { CounterfoilError } from '../../schemas/contract/errors.ts';

/**
 * Has the broker let only members of the same identity into a group. Processes that do different work under one name would
 * each wait for partitions that the other one has.
 */
export function membersOf(identity: string): PartitionAssigner {
  return (config) => ({ ...kafkajs.PartitionAssigners.roundRobin(config), name: `counterfoil-${identity}` });
}

/** What a member is told whose identity is not that of the group; null for every other error. */
export function refusedMember(groupId: string, error: Error): CounterfoilError | null {
  if (!('type' in error) || error.type !== 'INCONSISTENT_GROUP_PROTOCOL') return null;
  return new CounterfoilError(
    'GROUP_CONFLICT',
    `the consumer group ${groupId} is that of another process, whose route of this name has another source or target`,
    {
      cause: error,
      remedy:
        'Give the route another name, or stop the other process: names of routes are unique in a Kafka.',
    },
  );
}
