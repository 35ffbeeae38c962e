import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/**
 * A TCP proxy before a database that can lose one answer: the server does what it was asked, and the client never
 * hears of it. That is what a network failure during COMMIT looks like.
 */
export class SeveringProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #state: { armed: boolean };

  private constructor(server: Server, port: number, sockets: Set<Socket>, state: { armed: boolean }) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
    this.#state = state;
  }

  static async start(target: { host: string; port: number }): Promise<SeveringProxy> {
    const sockets = new Set<Socket>();
    const state = { armed: false };
    const server = createServer((client) => {
      const upstream = createConnection(target);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.on('data', (data) => upstream.write(data));
      upstream.on('data', (data) => {
        if (!state.armed) {
          client.write(data);
          return;
        }
        state.armed = false;
        client.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return new SeveringProxy(server, address.port, sockets, state);
  }

  /** The next answer of the server is lost, with its connection. */
  loseNextAnswer(): void {
    this.#state.armed = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
