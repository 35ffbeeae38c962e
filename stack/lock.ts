import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock that the kernel gives back by itself when its owner dies, however it dies: an abstract Unix socket,
 * which has no file that could be left behind. Waits for the present owner to end or release; `onWait` is called once
 * when there is one. Throws the signal's reason when aborted.
 */
export async function acquireLock(name: string, onWait: () => void, signal?: AbortSignal): Promise<Lock> {
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const lock = await tryLock(name);
    if (lock !== null) return lock;
    if (!told) onWait();
    told = true;
    signal?.throwIfAborted();
    await ownerGone(name, signal);
  }
}

/** Takes the lock, or gives null when another process (or this one) holds it. */
export async function tryLock(name: string): Promise<Lock | null> {
  const server = createServer();
  const held = new Set<{ destroy(): void }>();
  // Whoever waits keeps a connection open: its end is the signal that the lock may be free.
  server.on('connection', (socket) => {
    held.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => held.delete(socket));
  });
  if (!(await listening(server, addressOf(name)))) return null;
  server.unref();
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of held) socket.destroy();
      }),
  };
}

/** Runs `work` under the lock. */
export async function withLock<T>(
  name: string,
  onWait: () => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(name, onWait, signal);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function addressOf(name: string): string {
  return `\0counterfoil-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

function listening(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(address, () => {
      resolve(true);
    });
  });
}

function ownerGone(name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(addressOf(name));
    const done = (): void => {
      signal?.removeEventListener('abort', done);
      socket.destroy();
      resolve();
    };
    socket.on('error', done);
    socket.on('close', done);
    signal?.addEventListener('abort', done);
  });
}
