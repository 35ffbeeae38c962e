import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testStack } from '../../support/stack-file.ts';

/** The registry behind a gate that can be closed. */
export async function registryGate(): Promise<{ url: string; open: boolean; server: Server }> {
  const target = new URL(testStack().registry.url);
  const server = createServer((request, response) => {
    if (!gate.open) {
      request.socket.destroy();
      return;
    }
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const answer = await fetch(new URL(request.url ?? '/', target), {
        ...(request.method === undefined ? {} : { method: request.method }),
        headers: { 'content-type': 'application/json' },
        ...(body.length === 0 ? {} : { body }),
      });
      response.writeHead(answer.status).end(await answer.text());
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const gate = { open: true, server, url: `http://127.0.0.1:${port}${target.pathname}` };
  return gate;
}
