import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { DEFAULT_PORTS, isPortFree, reservePorts } from '../../../stack/ports.ts';
import type { Ports } from '../../../stack/stack-types.ts';

// Away from the defaults: a stack may be running on this machine.
const wanted = Object.fromEntries(
  Object.entries(DEFAULT_PORTS).map(([part, port]) => [part, port + 9_000]),
) as unknown as Ports;

async function listenOn(port: number, host: string): Promise<Server> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
}

test('the defaults are distinct and below the range of outgoing connections', () => {
  const ports = Object.values(DEFAULT_PORTS);
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test.each(['127.0.0.1', '0.0.0.0'])(
  'a port that is taken on %s gives way to the next free one',
  async (host) => {
    const server = await listenOn(wanted.kafka, host);
    try {
      expect(await isPortFree(wanted.kafka)).toBe(false);
      const reserved = await reservePorts(wanted);
      expect(reserved.ports.kafka).toBeGreaterThan(wanted.kafka);
      expect(await isPortFree(reserved.ports.kafka)).toBe(true);
      expect(reserved.ports.postgres).toBe(wanted.postgres);
      await reserved.release();
    } finally {
      server.close();
    }
  },
);

test('stacks that start at the same time never get the same port', async () => {
  const several = await Promise.all([1, 2, 3, 4].map(() => reservePorts(wanted)));
  const ports = several.flatMap((reserved) => Object.values(reserved.ports));
  expect(new Set(ports).size).toBe(4 * Object.keys(DEFAULT_PORTS).length);
  await Promise.all(several.map((reserved) => reserved.release()));
  const again = await reservePorts(wanted);
  expect(again.ports).toEqual(wanted);
  await again.release();
});

test('says so when there is no free port left', async () => {
  const server = await listenOn(65_535, '127.0.0.1');
  try {
    await expect(reservePorts({ ...wanted, kafka: 65_535 })).rejects.toMatchObject({
      code: 'STACK_FAILED',
      message: expect.stringContaining('no free port for kafka') as string,
    });
  } finally {
    server.close();
  }
});
