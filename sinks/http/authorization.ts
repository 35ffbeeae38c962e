import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Answer, Transport } from './transport.ts';

export interface ClientCredentials {
  readonly kind: 'oauth2';
  /** Where tokens are had. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whether the client says who it is in a header, as RFC 6749 prefers, or in the form. */
  readonly clientAuth: 'basic' | 'form';
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
}

export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | ClientCredentials;

/** Says who sends. */
export interface Authorization {
  /** The value of the Authorization header; null when there is none. Throws TARGET_UNAVAILABLE or TARGET_MISCONFIGURED. */
  header(): Promise<string | null>;
  /** This value was refused: whether there may be a better one. */
  renew(refused: string | null): boolean;
}

export function createAuthorization(
  auth: Authentication,
  transport: Transport,
  onToken: (outcome: 'granted' | 'failed') => void,
): Authorization {
  switch (auth.kind) {
    case 'none':
      return fixed(null);
    case 'basic':
      return fixed(basic(auth.user, auth.password));
    case 'bearer':
      return fixed(`Bearer ${auth.token}`);
    case 'oauth2':
      return new Tokens(auth, transport, onToken);
  }
}

function fixed(value: string | null): Authorization {
  return { header: () => Promise.resolve(value), renew: () => false };
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

interface Token {
  readonly header: string;
  /** By the clock of `performance.now()`. */
  readonly goodUntil: number;
}

/** A token is replaced this long before it expires, or after half its time when that is shorter. */
const LEEWAY_MS = 30_000;

/** OAuth 2.0 client credentials (RFC 6749, 4.4): one token for all, fetched once however many ask for it. */
class Tokens implements Authorization {
  readonly #credentials: ClientCredentials;
  readonly #transport: Transport;
  readonly #onToken: (outcome: 'granted' | 'failed') => void;
  #token: Token | null = null;
  #fetching: Promise<Token> | null = null;

  constructor(
    credentials: ClientCredentials,
    transport: Transport,
    onToken: (outcome: 'granted' | 'failed') => void,
  ) {
    this.#credentials = credentials;
    this.#transport = transport;
    this.#onToken = onToken;
  }

  async header(): Promise<string> {
    if (this.#token !== null && performance.now() < this.#token.goodUntil) return this.#token.header;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return (await this.#fetching).header;
  }

  renew(refused: string | null): boolean {
    // Another request may have got a new one meanwhile.
    if (this.#token?.header === refused) this.#token = null;
    return true;
  }

  async #fetch(): Promise<Token> {
    try {
      const asked = performance.now();
      const { access, lifetimeMs } = grantIn(this.#credentials, await this.#ask());
      const leeway = Math.min(LEEWAY_MS, lifetimeMs / 2);
      this.#token = { header: `Bearer ${access}`, goodUntil: asked + lifetimeMs - leeway };
      this.#onToken('granted');
      return this.#token;
    } catch (error) {
      this.#onToken('failed');
      throw error;
    }
  }

  #ask(): Promise<Answer> {
    const { endpoint, clientId, clientSecret, clientAuth, scope, audience } = this.#credentials;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope === undefined ? {} : { scope }),
      ...(audience === undefined ? {} : { audience }),
      ...(clientAuth === 'form' ? { client_id: clientId, client_secret: clientSecret } : {}),
    });
    return this.#transport.send({
      method: 'POST',
      url: endpoint,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        // Each part is encoded as in a form before (RFC 6749, 2.3.1).
        ...(clientAuth === 'basic'
          ? { authorization: basic(formEncoded(clientId), formEncoded(clientSecret)) }
          : {}),
      },
      body: form.toString(),
    });
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

/** Codes of RFC 6749, 5.2: what else an answer holds is not repeated. */
const KNOWN_FAULTS: readonly unknown[] = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
];

function grantIn(
  { endpoint }: ClientCredentials,
  { status, text }: Answer,
): { readonly access: string; readonly lifetimeMs: number } {
  const where = `the token endpoint at ${new URL(endpoint).host}`;
  if (status >= 500 || status === 429 || status === 408)
    throw new CounterfoilError('TARGET_UNAVAILABLE', `${where} answers ${status}`);
  const { access_token: access, token_type: type, expires_in: seconds, error: fault } = parsedObject(text);
  if (status !== 200)
    throw new CounterfoilError(
      'TARGET_MISCONFIGURED',
      `${where} grants no token (${KNOWN_FAULTS.includes(fault) ? String(fault) : status})`,
      { remedy: 'Correct client id, secret, scope or audience; then the route goes on by itself.' },
    );
  if (typeof access !== 'string' || access === '' || !/^bearer$/i.test(String(type)))
    throw new CounterfoilError('TARGET_MISCONFIGURED', `${where} grants no bearer token`, {
      remedy: 'See that `auth.endpoint` is that of tokens.',
    });
  const lifetime = Number(seconds);
  // Without a lifetime it is good until it is refused.
  return { access, lifetimeMs: lifetime > 0 ? lifetime * 1_000 : Number.POSITIVE_INFINITY };
}

function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
