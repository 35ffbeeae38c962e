import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * What happens to a request. `unheard` ones never reach the receiver's books; the others do, and their answer is lost, cut
 * in half, late, or wrong.
 */
export type Fault =
  'reset-unheard' | 'error-unheard' | 'throttle' | 'token-expired' | 'reset' | 'half' | 'late' | 'error';

export const FAULTS: readonly Fault[] = [
  ...(['reset-unheard', 'error-unheard', 'throttle', 'token-expired'] as const),
  ...(['reset', 'half', 'late', 'error'] as const),
];

/** A message as it came. */
export interface Delivery {
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string;
  readonly version: string;
  readonly operation: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ReceiverOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Tokens are asked for at `/token`, and needed. */
  readonly oauth?: { readonly clientId: string; readonly clientSecret: string; readonly lifetime: number };
  /** The next request's fault. */
  readonly fault?: (request: { readonly method: string; readonly path: string }) => Fault | null;
  /** The status that a message is refused with; null takes it. */
  readonly refuse?: (delivery: Delivery) => number | null;
  /** What a throttled request is told to wait; by default no time at all. */
  readonly retryAfter?: string;
  /** How long an answer is late, in milliseconds. */
  readonly lateMs?: number;
}

/**
 * A REST receiver as a gateway would be: a real server that takes messages by path, once for each Idempotency-Key, and
 * writes down whatever a sender must not do.
 */
export class Receiver {
  options: ReceiverOptions;
  /** By path, the body that was put there last. */
  readonly documents = new Map<string, Delivery>();
  /** What was taken, each message once, in order. */
  readonly taken: Delivery[] = [];
  /** Requests that a message was sent again with. */
  repeated = 0;
  tokensGranted = 0;
  requests = 0;
  /** Messages that were older than what their path had: a sender that was killed may send such, and they are ignored. */
  outdated = 0;
  readonly violations: string[] = [];
  readonly #server: ReturnType<typeof createHttpServer>;
  readonly #books = new Map<
    string,
    { readonly body: string; readonly path: string; readonly status: number }
  >();
  readonly #newest = new Map<string, string>();
  readonly #waiting = new Set<{ readonly condition: () => boolean; readonly resolve: () => void }>();
  readonly #tokens = new Set<string>();

  private constructor(options: ReceiverOptions) {
    this.options = options;
    const listener: RequestListener = (request, response) => {
      this.#handle(request, response)
        .catch(() => request.socket.destroy())
        .finally(() => {
          this.#look();
        });
    };
    this.#server =
      options.tls === undefined ? createHttpServer(listener) : createHttpsServer(options.tls, listener);
  }

  static async start(options: ReceiverOptions = {}, port = 0): Promise<Receiver> {
    const receiver = new Receiver(options);
    await receiver.listen(port);
    return receiver;
  }

  /** Opens the port, again after `close`. */
  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.options.tls === undefined ? 'http' : 'https'}://localhost:${this.port}`;
  }

  /** Cuts all connections; what it holds stays. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Resolves when this is so, as soon as a request has made it so; a test's own time limit ends a wait in vain. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ condition, resolve }));
  }

  expireTokens(): void {
    this.#tokens.clear();
  }

  #look(): void {
    for (const each of this.#waiting)
      if (each.condition()) {
        this.#waiting.delete(each);
        each.resolve();
      }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const body = await text(request);
    if (path === '/token') {
      this.#grant(request, response, body);
      return;
    }
    this.requests += 1;
    const fault = this.options.fault?.({ method, path }) ?? null;
    if (fault === 'token-expired') this.expireTokens();
    if (this.options.oauth !== undefined && !this.#tokens.has(request.headers.authorization ?? ''))
      answer(response, 401);
    else if (method === 'HEAD') answer(response, 200);
    else if (fault === 'reset-unheard') request.socket.destroy();
    else if (fault === 'error-unheard') answer(response, 503);
    else if (fault === 'throttle') answer(response, 429, { 'retry-after': this.options.retryAfter ?? '0' });
    else await this.#answerAfter(fault, request, response, this.#take(deliveryOf(request, body)));
  }

  async #answerAfter(
    fault: Fault | null,
    { socket }: IncomingMessage,
    response: ServerResponse,
    status: number,
  ): Promise<void> {
    if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, this.options.lateMs ?? 1_000));
    if (fault === 'reset') socket.destroy();
    else if (fault === 'half') {
      response.writeHead(status, { 'content-length': 100 });
      response.write('half', () => socket.destroy());
    } else answer(response, fault === 'error' ? 500 : status);
  }

  /** Once for each Idempotency-Key; a repetition gets the answer of before. */
  #take(delivery: Delivery): number {
    const { idempotencyKey, path, body, version } = delivery;
    const before = this.#books.get(idempotencyKey);
    if (before !== undefined) {
      if (before.body !== body || before.path !== path)
        this.violations.push(`${path}: another message with the same Idempotency-Key`);
      // What was refused may have been mended on this side.
      if (before.status < 400) {
        this.repeated += 1;
        return before.status;
      }
    }
    const status = this.options.refuse?.(delivery) ?? 200;
    this.#books.set(idempotencyKey, { body, path, status });
    if (status >= 400) return status;
    if (version < (this.#newest.get(path) ?? '')) {
      this.outdated += 1;
      return status;
    }
    this.#newest.set(path, version);
    this.taken.push(delivery);
    if (delivery.operation === 'delete') this.documents.delete(path);
    else this.documents.set(path, delivery);
    return status;
  }

  #grant(request: IncomingMessage, response: ServerResponse, body: string): void {
    const { oauth } = this.options;
    const form = new URLSearchParams(body);
    const login = Buffer.from(
      request.headers.authorization?.slice('Basic '.length) ?? '',
      'base64',
    ).toString();
    const [id, secret] =
      login === '' ? [form.get('client_id'), form.get('client_secret')] : formDecoded(login);
    if (
      oauth === undefined ||
      id !== oauth.clientId ||
      secret !== oauth.clientSecret ||
      form.get('grant_type') !== 'client_credentials'
    ) {
      answer(response, 401, {}, { error: 'invalid_client' });
      return;
    }
    this.tokensGranted += 1;
    const token = `token-${this.tokensGranted}`;
    this.#tokens.add(`Bearer ${token}`);
    answer(response, 200, {}, { access_token: token, token_type: 'bearer', expires_in: oauth.lifetime });
  }
}

function formDecoded(login: string): readonly string[] {
  return login.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
}

function deliveryOf({ method = '', url = '', headers }: IncomingMessage, body: string): Delivery {
  return {
    ...{ method, path: url, body, headers },
    idempotencyKey: String(headers['idempotency-key']),
    version: String(headers['counterfoil-version']),
    operation: String(headers['counterfoil-operation']),
  };
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: object = { status },
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
