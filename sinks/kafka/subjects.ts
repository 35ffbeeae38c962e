import type { Json } from '../../schemas/avro/message-schema.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';

export interface RegistryAddress {
  /** Base of the Confluent API, such as `http://localhost:8081` or `…/apis/ccompat/v7`. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

export interface RegisteredSchema {
  readonly id: number;
  readonly version: number;
  readonly schema: Json;
}

const TIMEOUT_MS = 5_000;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
/** Nobody has promised anything to readers: what a registry says of a subject that it was told nothing about. */
const NO_PROMISE = 'NONE';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The subjects of a registry, through the Confluent API. Throws CounterfoilError REGISTRY_UNAVAILABLE, or
 * TARGET_INCOMPATIBLE for a schema that breaks what a subject promises its readers.
 */
export class Subjects {
  readonly #address: RegistryAddress;

  constructor(address: RegistryAddress) {
    this.#address = address;
  }

  /** Registers a schema whose successors must be compatible by `level`; returns its id. Idempotent. */
  async register(subject: string, schema: Json, level: string): Promise<number> {
    const promised = await this.#promised(subject, level);
    if (promised === NO_PROMISE) await this.#promise(subject, level);
    const answer = await this.#ask(
      'POST',
      `/subjects/${encodeURIComponent(subject)}/versions`,
      asBody(schema),
    );
    if (isRefusal(answer)) throw incompatible(subject, level);
    const { id } = succeeded(this.#address, answer).body;
    // Last, for there are registries that know no settings of a subject before its first schema.
    if (promised === null) await this.#promise(subject, level);
    return Number(id);
  }

  /** Whether the subject has a schema. Throws TARGET_INCOMPATIBLE when the given one could not be registered. */
  async look(subject: string, schema: Json, level: string): Promise<boolean> {
    if ((await this.latest(subject)) === null) return false;
    await this.#promised(subject, level);
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest`;
    const answer = await this.#ask('POST', path, asBody(schema));
    if (isRefusal(answer) || answer.body['is_compatible'] === false) throw incompatible(subject, level);
    succeeded(this.#address, answer);
    return true;
  }

  /** The schema registered last; null when there is none. */
  async latest(subject: string): Promise<RegisteredSchema | null> {
    const answer = await this.#ask('GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`);
    if (answer.status === 404) return null;
    const { id, version, schema } = succeeded(this.#address, answer).body;
    return { id: Number(id), version: Number(version), schema: JSON.parse(String(schema)) as Json };
  }

  /** What the subject promises its readers; null when it promises nothing by itself. */
  async compatibility(subject: string): Promise<string | null> {
    const answer = await this.#ask('GET', `/config/${encodeURIComponent(subject)}`);
    if (answer.status === 404) return null;
    return String(succeeded(this.#address, answer).body['compatibilityLevel']);
  }

  async #promised(subject: string, wanted: string): Promise<string | null> {
    const found = await this.compatibility(subject);
    if (found === null || found === wanted || found === NO_PROMISE) return found;
    throw new CounterfoilError(
      'TARGET_INCOMPATIBLE',
      `the subject ${subject} promises its readers ${found}, and the configuration says ${wanted}`,
      { remedy: 'Set `compatibility` of the target to what the subject has, or change the subject.' },
    );
  }

  async #promise(subject: string, compatibility: string): Promise<void> {
    succeeded(
      this.#address,
      await this.#ask('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility }),
    );
  }

  async #ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Answer> {
    const { url, auth } = this.#address;
    const headers: Record<string, string> = { accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE };
    if (auth !== undefined)
      headers['authorization'] =
        `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
    try {
      const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
        ...{ method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Answer['body'] };
    } catch (error) {
      throw unavailable(this.#address, 'does not answer', error);
    }
  }
}

function asBody(schema: Json): object {
  return { schema: JSON.stringify(schema) };
}

function isRefusal({ status }: Answer): boolean {
  return status === 409 || status === 422;
}

function succeeded(address: RegistryAddress, answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw unavailable(address, `answers with status ${answer.status}`);
}

function unavailable({ url }: RegistryAddress, why: string, cause?: unknown): CounterfoilError {
  const { host, pathname } = new URL(url);
  return new CounterfoilError('REGISTRY_UNAVAILABLE', `the schema registry at ${host}${pathname} ${why}`, {
    cause,
    remedy:
      'Check that it runs and that its address (with the path of its Confluent API) and credentials are right.',
  });
}

function incompatible(subject: string, level: string): CounterfoilError {
  return new CounterfoilError(
    'TARGET_INCOMPATIBLE',
    `the schema of ${subject} has changed in a way that its readers were promised it would not (${level})`,
    {
      remedy:
        'Take the change back; or make it one that readers can live with, such as a new field that may be null; or publish under another `prefix`. Nothing is published until then, and nothing is lost.',
    },
  );
}
