import { createServer } from 'node:net';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import { tryLock, type Lock } from './lock.ts';
import type { PortName, Ports } from './stack-types.ts';

/**
 * Not the well-known ports: on a developer's machine a MariaDB on 3306 would be somebody else's. Below the range from
 * which the kernel takes ports for outgoing connections (32768 upwards), so that none is lost by chance.
 */
export const DEFAULT_PORTS: Ports = {
  kafka: 19092,
  kafkaController: 19093,
  registry: 18081,
  registryManagement: 18082,
  connect: 18083,
  mariadb: 13306,
  postgres: 15432,
};

const STEP = 10;
const TRIES = 200;

/** Ports that are free and that no other stack of this machine is about to bind, until `release`. */
export interface ReservedPorts {
  readonly ports: Ports;
  release(): Promise<void>;
}

/**
 * Takes each wanted port, or the next free one. Between this and the bind another program can still take a port; the
 * launcher then asks again.
 */
export async function reservePorts(wanted: Ports): Promise<ReservedPorts> {
  const locks: Lock[] = [];
  const chosen: Partial<Record<PortName, number>> = {};
  const release = async (): Promise<void> => {
    await Promise.all(locks.map((lock) => lock.release()));
  };
  try {
    for (const name of Object.keys(DEFAULT_PORTS) as PortName[]) {
      const { port, lock } = await reserveFrom(name, wanted[name]);
      locks.push(lock);
      chosen[name] = port;
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { ports: chosen as Ports, release };
}

/** Whether 127.0.0.1:port can be bound now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

async function reserveFrom(name: PortName, wanted: number): Promise<{ port: number; lock: Lock }> {
  for (let tried = 0, port = wanted; tried < TRIES && port < 65_536; tried++, port += STEP) {
    const lock = await tryLock(`port ${port.toString()}`);
    if (lock === null) continue;
    if (await isPortFree(port)) return { port, lock };
    await lock.release();
  }
  throw new CounterfoilError('STACK_FAILED', `no free port for ${name} from ${wanted.toString()} upwards`, {
    remedy: 'stop what listens there, or ask for another port',
  });
}
