import avsc from 'avsc';
import type { Type } from 'avsc';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../app/config/load.ts';
import { capturedSystems } from '../../app/runtime/captured-systems.ts';
import { registryOf } from '../../app/runtime/registry.ts';
import { routesOf } from '../../app/runtime/routes.ts';
import { LONG } from '../../schemas/avro/long.ts';
import { createDecoder } from '../../processors/decode/decoder.ts';
import { mapEvent } from '../../processors/map/map-event.ts';
import { BatchWork } from '../../processors/pipeline/batch-work.ts';
import { ParkedRows } from '../../processors/pipeline/parked-rows.ts';
import type { Decoder, RecordBatch } from '../../schemas/contract/ports.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import { routed } from '../apply/ground.ts';
import type { Ground } from '../apply/ground.ts';

const PAYLOAD_OFFSET = 5;

/** What is measured, each over all batches. */
export async function stagesOf(
  ground: Ground,
  batches: readonly RecordBatch[],
): Promise<ReadonlyMap<string, () => Promise<void>>> {
  const file = join(ground.folder, 'read.yaml');
  writeFileSync(file, stringify({ ...ground.config, ...routed(ground.name, 'postgres', 'read', 'read') }));
  const config = loadConfig(file);
  const [route] = await routesOf(config);
  if (route === undefined) throw new Error('no route');
  const schemas = registryOf(config);
  const records = batches.flatMap(({ records: some }) => some);
  const types = new Map<number, Type>();
  for (const { key, value } of records)
    for (const bytes of [key, value]) {
      const id = bytes?.readInt32BE(1);
      if (id !== undefined && !types.has(id))
        types.set(id, avsc.Type.forSchema((await schemas.schema(id)) as never, { registry: { long: LONG } }));
    }
  const decoder = createDecoder({ schemas, sources: capturedSystems(config) });
  const events: ChangeEvent[] = [];
  for (const record of records) events.push(await decoder.decode(record));
  const { mapping } = route;

  return new Map<string, () => Promise<void>>([
    [
      'avsc, keys and values whole',
      () => {
        for (const { key, value } of records)
          for (const bytes of [key, value])
            if (bytes !== null) types.get(bytes.readInt32BE(1))?.decode(bytes, PAYLOAD_OFFSET);
        return Promise.resolve();
      },
    ],
    [
      'decode and validate',
      async () => {
        for (const batch of batches) await decodeAll(decoder, batch, () => undefined);
      },
    ],
    [
      'map',
      () => {
        for (const event of events) mapEvent(event, mapping);
        return Promise.resolve();
      },
    ],
    [
      'decode, validate, map, reduce',
      async () => {
        for (const batch of batches) {
          const work = new BatchWork('read', batch, mapping, null);
          let at = 0;
          await decodeAll(decoder, batch, (event) => {
            const entry = work.entries[at++];
            if (entry) work.decoded(entry, event);
          });
          work.map(new ParkedRows());
        }
      },
    ],
  ]);
}

/** Nearly all come at once: whoever awaited them would measure that. */
async function decodeAll(decoder: Decoder, { records }: RecordBatch, take: (event: ChangeEvent) => void) {
  for (const record of records) {
    const event = decoder.decode(record);
    take(event instanceof Promise ? await event : event);
  }
}
