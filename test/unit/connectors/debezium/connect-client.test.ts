import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConnectClient } from '../../../../connectors/debezium/connect-client.ts';
import { renderConnector } from '../../../../connectors/debezium/render.ts';
import { binlogSource, PASSWORD } from './sources.ts';

/** Answers as Connect 4.1 does; the answers were taken from the real one. */
let answer: { status: number; body: string };
let asked: { method: string; url: string; body: string }[];
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', body });
      if (answer.status === 0) return;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  asked = [];
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const oa = renderConnector(binlogSource());
const client = () => createConnectClient({ url: `${url}/`, timeoutMs: 2_000 });
const reply = (status: number, body: unknown) => {
  answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
};

describe('the Connect client', () => {
  test('reads all connectors with their settings and states', async () => {
    reply(200, {
      oa: {
        status: {
          name: 'oa',
          connector: { state: 'RUNNING', worker_id: 'w', version: '3.5.0.Final' },
          tasks: [{ id: 0, state: 'FAILED', worker_id: 'w', trace: 'a.B: c' }],
          type: 'source',
        },
        info: { name: 'oa', config: { name: 'oa', empty: null }, tasks: [], type: 'source' },
      },
    });
    expect([...(await client().connectors()).values()]).toEqual([
      {
        name: 'oa',
        config: { name: 'oa', empty: '' },
        state: 'RUNNING',
        trace: null,
        tasks: [{ id: 0, state: 'FAILED', trace: 'a.B: c' }],
      },
    ]);
    expect(asked[0]?.url).toBe('/connectors?expand=status&expand=info');
  });

  test('gives the problems of a validation, without the password', async () => {
    reply(200, {
      name: 'x',
      error_count: 1,
      configs: [
        { value: { name: 'database.port', value: '1', errors: [] } },
        { value: { name: 'database.hostname', value: null, errors: [`no entry with ${PASSWORD}`] } },
      ],
    });
    expect(await client().validate(oa)).toEqual([
      { setting: 'database.hostname', messages: ['no entry with ***'] },
    ]);
    expect(asked[0]?.url).toBe(
      '/connector-plugins/io.debezium.connector.mariadb.MariaDbConnector/config/validate',
    );
  });

  test('puts, restarts and removes', async () => {
    reply(200, '');
    await client().put(oa);
    await client().restart('a b', 'failed');
    await client().restart('oa', 'all');
    await client().remove('oa');
    expect(asked.map((one) => `${one.method} ${one.url}`)).toEqual([
      'PUT /connectors/oa/config',
      'POST /connectors/a%20b/restart?includeTasks=true&onlyFailed=true',
      'POST /connectors/oa/restart?includeTasks=true&onlyFailed=false',
      'DELETE /connectors/oa',
    ]);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual(oa.config);
  });

  test.each([
    [
      409,
      { error_code: 409, message: 'rebalance in process' },
      'CONNECT_UNAVAILABLE',
      /rebalance in process/,
    ],
    [500, { error_code: 500, message: 'Request timed out' }, 'CONNECT_UNAVAILABLE', /timed out/],
    [503, '<html>down</html>', 'CONNECT_UNAVAILABLE', /503/],
    [400, { error_code: 400, message: `bad ${PASSWORD}` }, 'CONNECTOR_REJECTED', /bad \*\*\*/],
    [404, { error_code: 404, message: 'No such' }, 'CONNECTOR_REJECTED', /No such/],
  ])('calls a %d what it is', async (status, body, code, message) => {
    reply(status, body);
    await expect(client().put(oa)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });

  test('does not take anything else for Connect', async () => {
    reply(200, '<html>hello</html>');
    await expect(client().connectors()).rejects.toMatchObject({ code: 'CONNECT_UNAVAILABLE' });
    reply(200, { anything: 'else' });
    await expect(client().connectors()).rejects.toMatchObject({ code: 'CONNECT_UNAVAILABLE' });
  });

  test('gives up when Connect does not answer', async () => {
    reply(0, '');
    const impatient = createConnectClient({ url, timeoutMs: 50 });
    await expect(impatient.connectors()).rejects.toMatchObject({ code: 'CONNECT_UNAVAILABLE' });
    const nobody = createConnectClient({ url: 'http://127.0.0.1:9' });
    await expect(nobody.connectors()).rejects.toMatchObject({ code: 'CONNECT_UNAVAILABLE' });
  });
});
