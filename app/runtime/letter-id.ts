import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Coordinates } from '../../schemas/contract/position.ts';

/** How people name a record: `topic/partition@offset`. */
export function letterId({ topic, partition, offset }: Coordinates): string {
  return `${topic}/${partition}@${offset.toString()}`;
}

/** Throws CONFIGURATION_INVALID for what is no such name. */
export function parseLetterId(text: string): Coordinates {
  const [, topic, partition, offset] = /^(.+)\/(\d{1,9})@(\d{1,19})$/.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined)
    throw new CounterfoilError('CONFIGURATION_INVALID', `"${text}" is not a record: topic/partition@offset`, {
      remedy: 'Take the id from `counterfoil dlq list`.',
    });
  return { topic, partition: Number(partition), offset: offsetOf(offset) };
}
