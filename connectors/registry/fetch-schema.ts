import confluent from '@kafkajs/confluent-schema-registry';
import avsc from 'avsc';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroSchema } from '../../schemas/contract/ports.ts';

const { SchemaRegistry, SchemaType } = confluent;

export interface RegistryAddress {
  /** Base of the Confluent API, such as `http://localhost:8081` or `…/apis/ccompat/v7`. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** For one request, in milliseconds; default 5,000. */
  readonly timeoutMs?: number;
}

/** What the Confluent API answers with when it does not know a schema id. A wrong path gives a 404, too, without it. */
const SCHEMA_NOT_FOUND = 40403;

/**
 * Asks the registry once. Throws CounterfoilError UNKNOWN_SCHEMA_ID, UNSUPPORTED_SCHEMA when the schema is not Avro,
 * and REGISTRY_UNAVAILABLE for everything else, wrong credentials included: the records are not to blame.
 */
export async function fetchSchema(address: RegistryAddress, id: number): Promise<AvroSchema> {
  const timeoutMs = address.timeoutMs ?? 5_000;
  try {
    return await answeredWithin(rawSchema(address, id, timeoutMs), timeoutMs);
  } catch (error) {
    if (error instanceof CounterfoilError) throw error;
    if (statusOf(error) === 404 && (await isUnknown(address, id, timeoutMs))) {
      throw new CounterfoilError('UNKNOWN_SCHEMA_ID', `the schema registry knows no schema ${id}`, {
        cause: error,
      });
    }
    throw unavailable(address, error);
  }
}

/**
 * The client compiles what it fetches with avsc, which keeps none of Connect's attributes. Its type hook is shown the
 * parsed JSON first: that is kept, and the compilation cut short. The client is new each time, because its own cache
 * has no bound and its hook does not say for which id it is called.
 */
async function rawSchema(address: RegistryAddress, id: number, timeoutMs: number): Promise<AvroSchema> {
  let shown: { readonly schema: unknown } | undefined;
  const client = new SchemaRegistry(
    {
      host: baseOf(address),
      retry: { retries: 0 },
      middlewares: [
        () => ({ prepareRequest: async (next) => (await next()).enhance({ timeout: timeoutMs }) }),
      ],
      ...(address.auth ? { auth: address.auth } : {}),
    },
    {
      [SchemaType.AVRO]: {
        typeHook: (schema) => {
          shown = { schema };
          return avsc.Type.forSchema('null');
        },
      },
    },
  );
  try {
    await client.getSchema(id);
  } catch (error) {
    // Without a status it is not the answer that is wrong, but the schema in it.
    if (statusOf(error) === null) throw notAvro(id, error);
    throw error;
  }
  if (shown === undefined) throw notAvro(id);
  if (!isAvroSchema(shown.schema)) throw unavailable(address, new Error('the answer holds no schema'));
  return shown.schema;
}

function isAvroSchema(schema: unknown): schema is AvroSchema {
  return typeof schema === 'string' || (typeof schema === 'object' && schema !== null);
}

function notAvro(id: number, cause?: unknown): CounterfoilError {
  return new CounterfoilError(
    'UNSUPPORTED_SCHEMA',
    `the schema ${id} of the registry is not an Avro schema`,
    { cause },
  );
}

/** Whether it is the id that is unknown, and not the path: an address that is wrong must not condemn every record. */
async function isUnknown(address: RegistryAddress, id: number, timeoutMs: number): Promise<boolean> {
  const { auth } = address;
  const headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json' };
  if (auth)
    headers['authorization'] = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  try {
    const response = await fetch(`${baseOf(address)}/schemas/ids/${id}`, {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body: unknown = await response.json();
    return (
      typeof body === 'object' &&
      body !== null &&
      'error_code' in body &&
      body.error_code === SCHEMA_NOT_FOUND
    );
  } catch {
    return false;
  }
}

/** Rejects when the time is over. A connection that breaks in the middle of an answer is no error to the client. */
async function answeredWithin<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs + 500);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The HTTP status of the client's error; 400 also stands for a connection that failed. */
function statusOf(error: unknown): number | null {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
    ? error.status
    : null;
}

function baseOf({ url }: RegistryAddress): string {
  return url.replace(/\/+$/, '');
}

function unavailable(address: RegistryAddress, cause: unknown): CounterfoilError {
  const { host, pathname } = new URL(address.url);
  const status = statusOf(cause);
  const why =
    status === 401 || status === 403
      ? 'refuses the credentials'
      : status === 404
        ? 'does not answer as a schema registry'
        : 'does not answer';
  return new CounterfoilError('REGISTRY_UNAVAILABLE', `the schema registry at ${host}${pathname} ${why}`, {
    cause,
    remedy:
      'Check that it runs and that its address (with the path of its Confluent API) and credentials are right.',
  });
}
