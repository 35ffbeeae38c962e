import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** What happens to the next answer: it is passed on, or lost with its connection, or all that follows is silence. */
type Fate = 'passed' | 'severed' | 'silent';

/**
 * A TCP proxy before a database that can lose an answer: the server does what it was asked, and the client never hears
 * of it. That is what a network failure during COMMIT looks like. Later connections work again.
 */
export class SeveringProxy {
  #fate: Fate = 'passed';
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(target: { host: string; port: number }) {
    this.#server = createServer((client) => {
      this.#join(client, createConnection(target));
    });
  }

  static async start(target: { host: string; port: number }): Promise<SeveringProxy> {
    const proxy = new SeveringProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return address.port;
  }

  loseNextAnswer(how: 'severed' | 'silent'): void {
    this.#fate = how;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, upstream: Socket): void {
    let silent = false;
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      const fate = silent ? 'silent' : this.#fate;
      this.#fate = 'passed';
      if (fate === 'passed') client.write(data);
      else if (fate === 'severed') client.destroy();
      else silent = true;
    });
  }
}
