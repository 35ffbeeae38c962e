import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { RowKey } from '../../schemas/contract/cell.ts';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { RawRecord, SchemaSource } from '../../schemas/contract/ports.ts';
import { BoundedCache } from './bounded-cache.ts';
import { PAYLOAD_OFFSET, schemaIdOf } from './frame.ts';
import { compileKeySchema } from './record-key.ts';
import type { KeySchema } from './record-key.ts';
import type { TopicSources } from './topic-sources.ts';

/** Reads the keys of records whose values cannot be decoded. */
export class KeyDecoder {
  readonly #schemas: SchemaSource;
  readonly #topics: TopicSources;
  readonly #compiled = new BoundedCache<string, KeySchema>(100);

  constructor(schemas: SchemaSource, topics: TopicSources) {
    this.#schemas = schemas;
    this.#topics = topics;
  }

  /** Null when the record does not tell. Throws CounterfoilError REGISTRY_UNAVAILABLE. */
  async keyOf({ topic, key }: RawRecord): Promise<RowKey | null> {
    const connector = this.#topics.connectorOf(topic);
    if (key === null || connector === null) return null;
    try {
      const id = schemaIdOf(key, 'key');
      const known = this.#compiled.get(`${connector}:${id}`);
      const schema = known ?? compileKeySchema(await this.#schemas.schema(id), connector);
      if (known === undefined) this.#compiled.set(`${connector}:${id}`, schema);
      // Whether the record is of a snapshot, its value alone could tell; what one alters is hardly ever in a key.
      return rowKeyOf(schema.read(key, PAYLOAD_OFFSET, false));
    } catch (error) {
      const failure = asCounterfoilError(error, 'UNDECODABLE_RECORD', 'the key cannot be read');
      if (failure.disposition === 'dead-letter') return null;
      throw failure;
    }
  }
}
