import { createAuthorization } from './authorization.ts';
import type { HttpOptions } from './options.ts';
import { createTransport } from './transport.ts';

/**
 * Whether a receiver can be reached, and grants a token: its answer to a HEAD request at `url`, which delivers nothing.
 * Throws TARGET_UNAVAILABLE or TARGET_MISCONFIGURED.
 */
export async function probe({
  url,
  headers,
  auth,
  timeoutMs,
  tls,
}: Pick<HttpOptions, 'url' | 'headers' | 'auth' | 'timeoutMs' | 'tls'>): Promise<number> {
  const transport = createTransport(timeoutMs, tls);
  try {
    const credentials = await createAuthorization(auth, transport, () => undefined).header();
    const authorization = credentials === null ? {} : { authorization: credentials };
    const request = { method: 'HEAD', url, headers: { ...headers, ...authorization }, body: null } as const;
    return (await transport.send(request)).status;
  } finally {
    await transport.close();
  }
}
