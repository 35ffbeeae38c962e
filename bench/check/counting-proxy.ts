import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** Stands before a server and counts what it sends. */
export interface CountingProxy {
  readonly port: number;
  /** Bytes since the last question. */
  taken(): number;
  close(): void;
}

export async function countingProxy(host: string, port: number): Promise<CountingProxy> {
  let bytes = 0;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    upstream.on('data', (chunk) => (bytes += chunk.length));
    client.pipe(upstream).pipe(client);
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      end.on('error', () => undefined).on('close', () => other.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => {
      const since = bytes;
      bytes = 0;
      return since;
    },
    close: () => void server.close(),
  };
}
