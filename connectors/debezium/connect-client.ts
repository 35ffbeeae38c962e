import { z } from 'zod';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { ConnectorDefinition } from './capture-source.ts';
import { redact } from './secret.ts';

const state = z.object({ state: z.string(), trace: z.string().optional(), worker_id: z.string().optional() });

const expanded = z.record(
  z.string(),
  z.object({
    status: z.object({ connector: state, tasks: z.array(state.extend({ id: z.number() })) }),
    info: z.object({ config: z.record(z.string(), z.string().nullable()) }),
  }),
);

const validation = z.object({
  configs: z.array(z.object({ value: z.object({ name: z.string(), errors: z.array(z.string()) }) })),
});

const plugins = z.array(z.object({ class: z.string(), version: z.string().nullish() }));

const offsets = z.object({
  offsets: z.array(z.object({ offset: z.record(z.string(), z.unknown()).nullable() })),
});

const problem = z.object({ message: z.string() });

/** A connector as Connect has it. `config` holds the password: print it through `maskedConfig`. */
export interface DeployedConnector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  /** As Connect says it: RUNNING, FAILED, PAUSED, STOPPED, UNASSIGNED, RESTARTING. */
  readonly state: string;
  /** The stack trace of a failure. It may quote row values: show it through `explainFailure` only. */
  readonly trace: string | null;
  readonly tasks: readonly DeployedTask[];
}

export interface DeployedTask {
  readonly id: number;
  readonly state: string;
  readonly trace: string | null;
}

/** A class that the worker has, and the version of what it came with. */
export interface InstalledPlugin {
  readonly class: string;
  readonly version: string | null;
}

/** What is wrong with one setting, in Connect's words. */
export interface SettingProblem {
  readonly setting: string;
  readonly messages: readonly string[];
}

/**
 * The REST API of a Connect cluster. Every method throws CONNECT_UNAVAILABLE when it does not answer in time, is
 * rebalancing, or fails by itself; and CONNECTOR_REJECTED when it refuses what it was asked for.
 */
export interface ConnectClient {
  /** All connectors of the cluster, also those of others, by name. */
  connectors(): Promise<ReadonlyMap<string, DeployedConnector>>;
  /** Everything that is installed: connectors, transformations, converters. */
  plugins(): Promise<readonly InstalledPlugin[]>;
  /** The problems that Connect sees in these settings; it also tries to reach the database. */
  validate(definition: ConnectorDefinition): Promise<readonly SettingProblem[]>;
  /** Creates the connector, or replaces its settings. */
  put(definition: ConnectorDefinition): Promise<void>;
  /** `failed`: the connector and those of its tasks that have failed; what runs goes on running. */
  restart(name: string, which: 'failed' | 'all'): Promise<void>;
  /** How far the connector has committed, as it calls it; null when it has committed nothing yet. */
  offset(name: string): Promise<Readonly<Record<string, unknown>> | null>;
  /** Ends its tasks; it stays as it is until {@link ConnectClient.resume}. */
  stop(name: string): Promise<void>;
  /** Forgets how far a stopped connector has committed: when it is resumed, it begins with a new snapshot. */
  forgetOffset(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  /** Its offsets stay in Connect, its slot in the database. */
  remove(name: string): Promise<void>;
}

export interface ConnectClientOptions {
  readonly url: string;
  /** Log-in (HTTP basic). */
  readonly auth?: { readonly user: string; readonly password: string };
  /** For one request. Validation waits for the database, up to `connection.validation.timeout.ms`. */
  readonly timeoutMs?: number;
}

export function createConnectClient(options: ConnectClientOptions): ConnectClient {
  const base = options.url.replace(/\/+$/, '');
  const timeoutMs = options.timeoutMs ?? 30_000;
  const { auth } = options;
  const login =
    auth === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` };

  async function request(method: string, path: string, body?: unknown): Promise<unknown> {
    const what = `${method} ${path}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(base + path, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { accept: 'application/json', 'content-type': 'application/json', ...login },
        body: body === undefined ? null : JSON.stringify(body),
      });
      text = await response.text();
    } catch (error) {
      throw unavailable(`Kafka Connect at ${base} did not answer ${what}`, error);
    }
    if (response.ok) return text === '' ? null : parse(text, what);
    throw refusal(response.status, what, messageOf(text));
  }

  function parse(text: string, what: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw unavailable(`what answered ${what} at ${base} is not Kafka Connect`, error);
    }
  }

  function refusal(status: number, what: string, message: string): CounterfoilError {
    // 409: the workers are rebalancing; 5xx: Connect's own fault. Both pass.
    if (status === 409 || status >= 500)
      return unavailable(`Kafka Connect cannot answer ${what} now (${status}): ${message}`);
    return new CounterfoilError(
      'CONNECTOR_REJECTED',
      `Kafka Connect refused ${what} (${status}): ${message}`,
      status === 404 ? { remedy: `see that ${base} is a Connect cluster and that the connector exists` } : {},
    );
  }

  return {
    async connectors() {
      const answer = read(expanded, await request('GET', '/connectors?expand=status&expand=info'), base);
      return new Map(Object.entries(answer).map(([name, entry]) => [name, deployed(name, entry)]));
    },
    async plugins() {
      const answer = read(plugins, await request('GET', '/connector-plugins?connectorsOnly=false'), base);
      return answer.map((plugin) => ({ class: plugin.class, version: plugin.version ?? null }));
    },
    async validate({ name, config }) {
      const plugin = config['connector.class'] ?? '';
      const path = `/connector-plugins/${encodeURIComponent(plugin)}/config/validate`;
      try {
        const answer = read(validation, await request('PUT', path, { ...config, name }), base);
        return answer.configs
          .filter(({ value }) => value.errors.length > 0)
          .map(({ value }) => ({
            setting: value.name,
            messages: value.errors.map((message) => redact(message, config)),
          }));
      } catch (error) {
        throw redacted(error, config);
      }
    },
    async put({ name, config }) {
      try {
        await request('PUT', `/connectors/${encodeURIComponent(name)}/config`, { ...config, name });
      } catch (error) {
        throw redacted(error, config);
      }
    },
    async restart(name, which) {
      const query = `includeTasks=true&onlyFailed=${which === 'failed'}`;
      await request('POST', `/connectors/${encodeURIComponent(name)}/restart?${query}`);
    },
    async offset(name) {
      const path = `/connectors/${encodeURIComponent(name)}/offsets`;
      return read(offsets, await request('GET', path), base).offsets[0]?.offset ?? null;
    },
    async stop(name) {
      await request('PUT', `/connectors/${encodeURIComponent(name)}/stop`);
    },
    async forgetOffset(name) {
      await request('DELETE', `/connectors/${encodeURIComponent(name)}/offsets`);
    },
    async resume(name) {
      await request('PUT', `/connectors/${encodeURIComponent(name)}/resume`);
    },
    async remove(name) {
      await request('DELETE', `/connectors/${encodeURIComponent(name)}`);
    },
  };
}

function deployed(name: string, entry: z.infer<typeof expanded>[string]): DeployedConnector {
  const { connector, tasks } = entry.status;
  const settings = Object.entries(entry.info.config).map(([setting, value]) => [setting, value ?? '']);
  return {
    name,
    config: Object.fromEntries(settings) as Record<string, string>,
    state: connector.state,
    trace: connector.trace ?? null,
    tasks: tasks.map((task) => ({ id: task.id, state: task.state, trace: task.trace ?? null })),
  };
}

function read<T>(schema: z.ZodType<T>, answer: unknown, base: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw unavailable(`what answered at ${base} is not Kafka Connect`, result.error);
}

function unavailable(message: string, cause?: unknown): CounterfoilError {
  return new CounterfoilError('CONNECT_UNAVAILABLE', message, {
    cause,
    remedy: 'see that the Connect worker runs and that connect.url is its address',
  });
}

function messageOf(text: string): string {
  try {
    const result = problem.safeParse(JSON.parse(text));
    return result.success ? result.data.message : 'no reason given';
  } catch {
    return 'no reason given';
  }
}

/** Connect quotes settings in its refusals. */
function redacted(error: unknown, config: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof CounterfoilError)) return error;
  const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
  return new CounterfoilError(error.code, redact(error.message, config), remedy);
}
