import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroSchema, SchemaSource } from '../../schemas/contract/ports.ts';
import { fetchSchema } from './fetch-schema.ts';
import type { RegistryAddress } from './fetch-schema.ts';

export interface SchemaRegistryOptions extends RegistryAddress {
  /** Schemas kept; default 1,000. */
  readonly capacity?: number;
  /** How long an id that the registry does not know is not asked for again, in milliseconds; default 5,000. */
  readonly unknownForMs?: number;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/**
 * Schemas by id from a registry that speaks the Confluent API. Each is fetched once and kept; requests for the same id
 * at the same time share one call. Nothing is retried here: the caller knows how long it wants to wait.
 */
export function createSchemaRegistry(options: SchemaRegistryOptions): SchemaSource {
  const { capacity = 1_000, unknownForMs = 5_000, now = Date.now } = options;
  const known = new Map<number, AvroSchema>();
  const asked = new Map<number, Promise<AvroSchema>>();
  // An id may become known (a registry that is still reading its storage), so its absence is believed for a while only.
  const unknown = new Map<number, { readonly error: CounterfoilError; readonly until: number }>();

  async function ask(id: number): Promise<AvroSchema> {
    try {
      const schema = await fetchSchema(options, id);
      put(known, id, schema, capacity);
      return schema;
    } catch (error) {
      if (error instanceof CounterfoilError && error.code === 'UNKNOWN_SCHEMA_ID') {
        put(unknown, id, { error, until: now() + unknownForMs }, capacity);
      }
      throw error;
    } finally {
      asked.delete(id);
    }
  }

  return {
    async schema(id) {
      const schema = known.get(id);
      if (schema !== undefined) return schema;
      const absence = unknown.get(id);
      if (absence !== undefined && now() < absence.until) throw absence.error;
      const pending = asked.get(id) ?? ask(id);
      asked.set(id, pending);
      return pending;
    },
  };
}

/** Forgets what was put first when the map is full. */
function put<V>(map: Map<number, V>, id: number, value: V, capacity: number): void {
  if (map.size >= capacity && !map.has(id)) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  map.set(id, value);
}
