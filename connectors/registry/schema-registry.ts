import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroSchema, SchemaSource } from '../../schemas/contract/ports.ts';
import { fetchSchema } from './fetch-schema.ts';
import type { RegistryAddress } from './fetch-schema.ts';

export interface SchemaRegistryOptions extends RegistryAddress {
  /** Schemas kept; default 1,000. */
  readonly capacity?: number;
  /** For how long the registry must say that it does not know an id before that is believed, in milliseconds; default 10,000. */
  readonly doubtMs?: number;
  /** How long an id that is believed to be unknown is not asked for again, in milliseconds; default 5,000. */
  readonly unknownForMs?: number;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/** What the registry has said of an id that it does not know. */
interface Absence {
  /** When it said so first, without interruption. */
  readonly since: number;
  readonly last: number;
  readonly error: CounterfoilError;
}

/**
 * Schemas by id from a registry that speaks the Confluent API. Each is fetched once and kept; requests for the same id
 * at the same time share one call. Nothing is retried here: the caller knows how long it wants to wait.
 *
 * A registry that has just started may deny ids that it will know a second later (Apicurio does, until it has read its
 * journal, and with the very answer it gives for ids that do not exist). Taken at its word it would condemn good
 * records, so an unknown id is REGISTRY_UNAVAILABLE at first, and UNKNOWN_SCHEMA_ID only when it stays unknown.
 */
export function createSchemaRegistry(options: SchemaRegistryOptions): SchemaSource {
  const { capacity = 1_000, doubtMs = 10_000, unknownForMs = 5_000, now = Date.now } = options;
  const known = new Map<number, AvroSchema>();
  const asked = new Map<number, Promise<AvroSchema>>();
  const absent = new Map<number, Absence>();

  async function ask(id: number): Promise<AvroSchema> {
    try {
      const schema = await fetchSchema(options, id);
      put(known, id, schema, capacity);
      absent.delete(id);
      return schema;
    } catch (error) {
      if (error instanceof CounterfoilError && error.code === 'UNKNOWN_SCHEMA_ID') throw judged(id, error);
      throw error;
    } finally {
      asked.delete(id);
    }
  }

  function judged(id: number, error: CounterfoilError): CounterfoilError {
    const last = now();
    const before = absent.get(id);
    const continues = before !== undefined && last - before.last <= doubtMs + unknownForMs;
    const since = continues ? before.since : last;
    put(absent, id, { since, last, error }, capacity);
    return last - since >= doubtMs ? error : doubtful(id, error);
  }

  function isBelievedUnknown({ since, last }: Absence): boolean {
    return last - since >= doubtMs && now() - last < unknownForMs;
  }

  return {
    async schema(id) {
      const schema = known.get(id);
      if (schema !== undefined) return schema;
      const absence = absent.get(id);
      if (absence !== undefined && isBelievedUnknown(absence)) throw absence.error;
      const pending = asked.get(id) ?? ask(id);
      asked.set(id, pending);
      return pending;
    },
  };
}

function doubtful(id: number, cause: CounterfoilError): CounterfoilError {
  return new CounterfoilError('REGISTRY_UNAVAILABLE', `the schema registry does not know schema ${id} yet`, {
    cause,
    remedy:
      'Wait: a registry that has just started still reads its storage. If it stays so, restore that storage.',
  });
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
