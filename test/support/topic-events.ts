import type { Kafka } from 'kafkajs';
import { capturedSystems } from '../../app/runtime/captured-systems.ts';
import { registryOf } from '../../app/runtime/registry.ts';
import type { Config } from '../../app/config/schema.ts';
import { createDecoder } from '../../processors/decode/decoder.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { recordsIn } from './topic-records.ts';

/** All events that a captured topic holds by now, of all its partitions. Records that are none are left out. */
export async function eventsIn(kafka: Kafka, config: Config, topic: string): Promise<ChangeEvent[]> {
  const decoder = createDecoder({ schemas: registryOf(config), sources: capturedSystems(config) });
  const events: ChangeEvent[] = [];
  for (const record of await recordsIn(kafka, topic)) {
    try {
      events.push(await decoder.decode(record));
    } catch (error) {
      if (!(error instanceof CounterfoilError && error.code === 'UNDECODABLE_RECORD')) throw error;
    }
  }
  return events;
}
