import { Agent, request } from 'undici';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { HttpTls } from './options.ts';
import type { HttpRequest } from './request.ts';

export interface Answer {
  readonly status: number;
  /** How long the server asks to be left alone, in milliseconds; null when it does not. */
  readonly retryAfterMs: number | null;
  /** Its beginning. May repeat what was sent: not for messages or logs. */
  readonly text: string;
}

export interface Transport {
  /** Resolves when the whole answer has come. Throws TARGET_UNAVAILABLE, or TARGET_MISCONFIGURED for a bad certificate. */
  send(
    request: Omit<HttpRequest, 'method'> & { readonly method: HttpRequest['method'] | 'HEAD' },
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** What is kept of an answer, in characters; the rest is not even read. */
const ENOUGH = 64 * 1_024;

/** Connections are kept and used again. */
export function createTransport(timeoutMs: number, tls: HttpTls | undefined): Transport {
  const agent = new Agent({ connect: { timeout: timeoutMs, ...tls } });
  return {
    async send({ method, url, headers, body }) {
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const answer = await request(url, { dispatcher: agent, method, headers, body, signal });
        let text = '';
        for await (const chunk of answer.body.setEncoding('utf8')) {
          text += String(chunk);
          if (text.length > ENOUGH) break;
        }
        return {
          status: answer.statusCode,
          retryAfterMs: retryAfter(answer.headers['retry-after'], Date.now()),
          text,
        };
      } catch (error) {
        throw noAnswer(url, error);
      }
    },
    close: () => agent.close(),
  };
}

/** Seconds, or a date by the server's clock. */
export function retryAfter(header: string | string[] | undefined, now: number): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Read by name, not by class. The messages of these errors name addresses and ports, at most. */
function noAnswer(url: string, error: unknown): CounterfoilError {
  const { host } = new URL(url);
  const { name = '', code = '' } = error as { readonly name?: string; readonly code?: string };
  if (name === 'TimeoutError')
    return new CounterfoilError('TARGET_UNAVAILABLE', `${host} did not answer in time`);
  if (/CERT|SIGNATURE|TLS|SSL/.test(code))
    return new CounterfoilError(
      'TARGET_MISCONFIGURED',
      `${host} is not trusted, or speaks no TLS (${code})`,
      {
        remedy: 'Correct the address or the TLS settings of the target.',
      },
    );
  return new CounterfoilError('TARGET_UNAVAILABLE', `${host} does not answer (${code === '' ? name : code})`);
}
