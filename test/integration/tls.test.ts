import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import pg from 'pg';
import { parseConfig } from '../../app/config/load.ts';
import type { Config } from '../../app/config/schema.ts';
import { sourceReader } from '../../app/runtime/checks.ts';
import { withPostgres } from '../../app/runtime/databases.ts';
import { listSourceTables } from '../../app/runtime/source-tables.ts';
import type { DatabaseTarget } from '../../app/config/target-schema.ts';
import { createDatabaseSink } from '../../app/runtime/targets.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const CERTIFICATE = 'test/support/tls/server.pem';
const OTHER = 'test/support/tls/other.pem';

const stack = testStack();
const namespace = uniqueName('cf_tls');
let admin: pg.Client;

/** The server gets the certificate for `localhost`; connections without TLS go on as before. */
beforeAll(async () => {
  const { host, port, user, password, database } = stack.postgres;
  admin = new pg.Client({ host, port, user, password, database });
  await admin.connect();
  for (const [name, file] of [
    ['cf_test.pem', CERTIFICATE],
    ['cf_test.key', 'test/support/tls/server.key'],
  ] as const) {
    const text = readFileSync(file, 'utf8').replaceAll("'", "''");
    // Through the server, which must own the key and be the only one to read it.
    await admin.query(
      `COPY (SELECT regexp_split_to_table($$${text.trimEnd()}$$, E'\\n')) TO PROGRAM 'cat > ${name} && chmod 600 ${name}'`,
    );
  }
  await admin.query(`ALTER SYSTEM SET ssl_cert_file = 'cf_test.pem'`);
  await admin.query(`ALTER SYSTEM SET ssl_key_file = 'cf_test.key'`);
  await admin.query('ALTER SYSTEM SET ssl = on');
  await admin.query('SELECT pg_reload_conf()');
  while ((await admin.query<{ ssl: string }>('SHOW ssl')).rows[0]!.ssl !== 'on');
});
afterAll(async () => {
  for (const setting of ['ssl', 'ssl_cert_file', 'ssl_key_file'])
    await admin.query(`ALTER SYSTEM RESET ${setting}`);
  await admin.query('SELECT pg_reload_conf()');
  await admin.query(`DROP SCHEMA IF EXISTS ${namespace} CASCADE`);
  await admin.end();
});

function configOf(host: string, tls: string): Config {
  const { port, user, password, database } = stack.postgres;
  const account = `{ user: ${user}, password: "${password}" }`;
  return parseConfig(
    `
kafka: { brokers: [b] }
connect: { url: http://c }
registry: { url: http://r }
sources:
  f: { kind: postgresql, host: ${host}, port: ${port}, database: ${database}, tls: ${tls}, capture: ${account}, check: ${account}, heartbeat: { table: a.b }, include: ['pg_catalog.*'] }
targets:
  f: { kind: postgresql, host: ${host}, port: ${port}, database: ${database}, tls: ${tls}, namespace: ${namespace}, sink: ${account}, check: ${account} }
routes: [{ name: r, kind: mirror, source: f, target: f, namespace: n, include: [a.*] }]
`,
    `${process.cwd()}/c.yaml`,
    {},
  );
}

/** Every connection that the product makes to a database. */
const WAYS: readonly (readonly [string, (config: Config) => Promise<unknown>])[] = [
  ['the list of tables', ({ sources }) => listSourceTables('f', sources['f']!)],
  ['the check', ({ sources }) => sourceReader(sources['f']!).position()],
  [
    'the sink',
    async ({ targets }) => {
      const sink = createDatabaseSink(targets['f'] as DatabaseTarget);
      try {
        await sink.prepare();
      } finally {
        await sink.close();
      }
    },
  ],
];

const ca = (file: string) => `'\${file:${file}}'`;

describe.each(WAYS)('%s', (_, connect) => {
  test.each([
    ['encrypt', '127.0.0.1', '{ mode: encrypt }'],
    ['verify-ca, under another name', '127.0.0.1', `{ mode: verify-ca, ca: ${ca(CERTIFICATE)} }`],
    ['verify-full', 'localhost', `{ mode: verify-full, ca: ${ca(CERTIFICATE)} }`],
  ])('connects with %s', async (_mode, host, tls) => {
    await connect(configOf(host, tls));
  });

  test.each([
    ['a certificate that another has signed', 'localhost', `{ mode: verify-ca, ca: ${ca(OTHER)} }`],
    ['a certificate that nobody known has signed', 'localhost', '{ mode: verify-full }'],
    ['another name than the certificate has', '127.0.0.1', `{ mode: verify-full, ca: ${ca(CERTIFICATE)} }`],
  ])('refuses %s', async (_fault, host, tls) => {
    await expect(connect(configOf(host, tls))).rejects.toThrow();
  });
});

test('what is said to be encrypted is', async () => {
  const source = configOf('127.0.0.1', '{ mode: encrypt }').sources['f']!;
  if (source.kind !== 'postgresql') throw new Error('no PostgreSQL');
  const ssl = await withPostgres({ ...source, ...source.check }, async (client) => {
    const { rows } = await client.query<{ ssl: boolean }>(
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    return rows[0]!.ssl;
  });
  expect(ssl).toBe(true);
  expect(new X509Certificate(readFileSync(CERTIFICATE)).subjectAltName).toBe('DNS:localhost');
});
