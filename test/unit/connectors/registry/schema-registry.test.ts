import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchemaRegistry } from '../../../../connectors/registry/schema-registry.ts';
import type { SchemaRegistryOptions } from '../../../../connectors/registry/schema-registry.ts';

// A registry that misbehaves on demand: what a real one answers is covered by the tests on the real stack.
type Answer = (response: ServerResponse, authorization: string | undefined) => void;

const schema = {
  type: 'record',
  name: 'Value',
  namespace: 'oa.claim',
  fields: [
    {
      name: 'id',
      type: { type: 'long', 'connect.parameters': { '__debezium.source.column.type': 'BIGINT' } },
    },
  ],
  'connect.name': 'oa.claim.Value',
};

let server: Server;
let url: string;
let asked: string[];
let answers: Record<string, Answer>;

const json =
  (status: number, body: unknown): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const avro = json(200, { schema: JSON.stringify(schema) });
const unknown = json(404, { error_code: 40403, message: 'Schema 7 not found.' });

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    (answers[path] ?? json(404, { detail: 'no such resource' }))(response, request.headers.authorization);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ccompat`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const registry = (options: Partial<SchemaRegistryOptions> = {}) =>
  createSchemaRegistry({ url, timeoutMs: 1_000, ...options });
const path = (id: number) => `/ccompat/schemas/ids/${id}`;

test('a schema comes with every attribute, and is asked for once', async () => {
  answers[path(7)] = avro;
  const schemas = registry({ url: `${url}/` });
  expect(await schemas.schema(7)).toEqual(schema);
  expect(await schemas.schema(7)).toEqual(schema);
  expect(asked).toEqual([path(7)]);
});

test('requests at the same time share one call', async () => {
  answers[path(7)] = avro;
  const schemas = registry();
  const results = await Promise.all([schemas.schema(7), schemas.schema(7), schemas.schema(7)]);
  expect(new Set(results).size).toBe(1);
  expect(asked).toEqual([path(7)]);
});

test('what is beyond the capacity is forgotten', async () => {
  for (const id of [1, 2, 3]) answers[path(id)] = avro;
  const schemas = registry({ capacity: 2 });
  for (const id of [1, 2, 3, 3, 2, 1]) await schemas.schema(id);
  expect(asked).toEqual([path(1), path(2), path(3), path(1)]);
});

test("schemas with the same names do not get in each other's way", async () => {
  answers[path(1)] = avro;
  answers[path(2)] = json(200, { schema: JSON.stringify({ ...schema, doc: 'second' }) });
  const schemas = registry();
  expect(await schemas.schema(1)).not.toEqual(await schemas.schema(2));
});

describe('an unknown id', () => {
  const yet = { code: 'REGISTRY_UNAVAILABLE', message: 'the schema registry does not know schema 7 yet' };
  const never = { code: 'UNKNOWN_SCHEMA_ID', message: 'the schema registry knows no schema 7' };
  let time: number;
  const patient = () => registry({ doubtMs: 1_000, unknownForMs: 500, now: () => time });

  beforeEach(() => {
    time = 0;
    answers[path(7)] = unknown;
  });

  test('is not believed at once: a registry that has just started denies what it will know', async () => {
    const schemas = patient();
    await expect(schemas.schema(7)).rejects.toMatchObject(yet);
    time = 999;
    await expect(schemas.schema(7)).rejects.toMatchObject(yet);
    answers[path(7)] = avro;
    expect(await schemas.schema(7)).toEqual(schema);
  });

  test('is believed when it stays unknown, then not asked for again for a while', async () => {
    const schemas = patient();
    await expect(schemas.schema(7)).rejects.toMatchObject(yet);
    time = 1_000;
    await expect(schemas.schema(7)).rejects.toMatchObject(never);
    const calls = asked.length;
    time = 1_499;
    await expect(schemas.schema(7)).rejects.toMatchObject(never);
    expect(asked).toHaveLength(calls);
    time = 1_500;
    await expect(schemas.schema(7)).rejects.toMatchObject(never);
    expect(asked.length).toBeGreaterThan(calls);
    answers[path(7)] = avro;
    time = 2_500;
    expect(await schemas.schema(7)).toEqual(schema);
  });

  test('is doubted anew when it was last asked for long ago', async () => {
    const schemas = patient();
    for (const [at, answer] of [
      [0, yet],
      [1_000, never],
      [10_000, yet],
    ] as const) {
      time = at;
      await expect(schemas.schema(7)).rejects.toMatchObject(answer);
    }
  });
});

test('a failure is not remembered', async () => {
  answers[path(7)] = json(503, { error_code: 50301, message: 'starting' });
  const schemas = registry();
  await expect(schemas.schema(7)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  answers[path(7)] = avro;
  expect(await schemas.schema(7)).toEqual(schema);
});

test.each<[string, Answer, RegExp]>([
  [
    'a path that is none of a registry',
    json(404, { title: 'not found' }),
    /does not answer as a schema registry/,
  ],
  [
    'a 404 without a body',
    (response) => response.writeHead(404).end(),
    /does not answer as a schema registry/,
  ],
  ['wrong credentials', json(401, { error_code: 40101 }), /refuses the credentials/],
  ['a missing right', json(403, { error_code: 40301 }), /refuses the credentials/],
  ['a fault of the server', json(500, { error_code: 50001 }), /does not answer/],
  [
    'a page of some proxy',
    (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    /does not answer/,
  ],
  ['an answer without a schema', json(200, {}), /does not answer/],
  ['a connection that breaks', (response) => response.socket?.destroy(), /does not answer/],
])("%s is the registry's fault, not the record's", async (_, answer, message) => {
  answers[path(7)] = answer;
  await expect(registry().schema(7)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringMatching(message) as string,
    remedy: expect.any(String) as string,
  });
});

test.each<[string, Answer]>([
  ['no answer at all', () => undefined],
  [
    'an answer that stops in the middle',
    (response) => response.writeHead(200, { 'content-length': 1000 }).write('{"schema":'),
  ],
  [
    'an answer that breaks off in the middle',
    (response) => {
      response
        .writeHead(200, { 'content-length': 1000 })
        .write('{"schema":', () => response.socket?.destroy());
    },
  ],
])('%s ends at the deadline', async (_, answer) => {
  answers[path(7)] = answer;
  await expect(registry({ timeoutMs: 200 }).schema(7)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
  });
});

test('a server that is not there', async () => {
  const gone = `http://127.0.0.1:1/base`;
  await expect(registry({ url: gone }).schema(7)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: 'the schema registry at 127.0.0.1:1/base does not answer',
  });
});

test.each([
  ['JSON Schema', { schemaType: 'JSON', schema: '{"type":"object"}' }],
  ['an unknown kind', { schemaType: 'THRIFT', schema: '{}' }],
  ['a text that is no JSON', { schema: 'record Value' }],
])("%s is no Avro schema: the record's fault", async (_, body) => {
  answers[path(7)] = json(200, body);
  await expect(registry().schema(7)).rejects.toMatchObject({ code: 'UNSUPPORTED_SCHEMA' });
});

test('credentials are sent, with both kinds of question, and are in no message', async () => {
  const seen: (string | undefined)[] = [];
  answers[path(7)] = (response, authorization) => {
    seen.push(authorization);
    unknown(response, authorization);
  };
  const auth = { username: 'reader', password: 'geheim' };
  const error = await registry({ auth, doubtMs: 0 })
    .schema(7)
    .catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'UNKNOWN_SCHEMA_ID' });
  const expected = `Basic ${Buffer.from('reader:geheim').toString('base64')}`;
  expect(seen).toEqual([expected, expected]);
  const refused = await registry({ auth, url: `http://127.0.0.1:1/` })
    .schema(7)
    .catch((cause: unknown) => cause);
  expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toContain('geheim');
});
