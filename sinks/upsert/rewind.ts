import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { PartitionOffset } from '../../schemas/contract/ports.ts';
import type { TargetTransaction } from './database.ts';

/** See `Sink.rewind`. */
export async function rewind(
  transaction: TargetTransaction,
  route: string,
  to: readonly PartitionOffset[],
): Promise<void> {
  const claims = await transaction.raiseEpochs(route, await transaction.listPositions(route));
  for (const { topic, partition, next } of to) {
    const claim = claims.find((each) => each.topic === topic && each.partition === partition);
    if (claim === undefined || claim.next === null || next > claim.next) {
      const stands = claim?.next == null ? 'has no position' : `stands at offset ${claim.next}`;
      throw new CounterfoilError(
        'CONFIGURATION_INVALID',
        `${topic}/${partition} of route ${route} ${stands}: it cannot be set to ${next}`,
        { remedy: 'A position can only be set back: records between would be skipped.' },
      );
    }
    await transaction.setPosition(claim, next);
  }
}
