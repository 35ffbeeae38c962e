import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hiddenConfig } from '../../../app/config/hidden.ts';
import { loadConfigFile, parseConfig } from '../../../app/config/load.ts';

const VALID = `
kafka: { brokers: ["127.0.0.1:9092"] }
connect: { url: "http://127.0.0.1:8083" }
registry: { url: "http://127.0.0.1:8081/apis/ccompat/v7" }
sources:
  oa:
    kind: mariadb
    port: 3306
    databases: [oa]
    serverId: 4711
    capture: { user: capture, password: "\${CAPTURE_PASSWORD}" }
    check: { user: check, password: check }
    heartbeat: { table: oa.counterfoil_heartbeat }
    include: ["oa.*"]
targets:
  finance:
    kind: postgresql
    port: 5432
    database: finance
    sink: { user: sink, password: sink }
    check: { user: check, password: check }
routes:
  - { name: oa-mirror, kind: mirror, source: oa, target: finance, namespace: oa_mirror, include: ["oa.*"] }
`;
const ENVIRONMENT = { CAPTURE_PASSWORD: 'p@ss: ${x} "quoted"' };
const parse = (text: string, environment = ENVIRONMENT) => parseConfig(text, 'test.yaml', environment);
const route = (more: string) => VALID.replace('include: ["oa.*"] }\n', `include: ["oa.*"], ${more} }\n`);
const http = (more: string) =>
  VALID.replace(
    'routes:',
    `  gateway: { kind: http, keeper: finance, url: "http://gateway/v1", endpoints: [{ match: [ap.*], path: /a }], ${more} }\nroutes:`,
  );

test('a valid file is completed by defaults, and environment values are taken literally', () => {
  const config = parse(VALID);
  expect(config.sources['oa']).toMatchObject({
    host: '127.0.0.1',
    era: 0,
    capture: { password: ENVIRONMENT.CAPTURE_PASSWORD },
  });
  expect(config.http).toEqual({ host: '127.0.0.1', port: 9464 });
  expect(config.routes[0]).toMatchObject({ delete: 'hard', truncate: 'deny', rename: [], tables: [] });
});

test('sections and lists without a value are like absent ones', () => {
  const text = VALID.replace('include: ["oa.*"]\ntargets', 'include: ["oa.*"]\n    exclude:\ntargets');
  expect(parse(`${text}http:\ncheck:\nmasking:\n`)).toEqual(parse(VALID));
});

test.each([
  [
    'a typo in a key',
    VALID.replace('serverId', 'serverID'),
    '10:5: sources.oa.serverID: is not a setting; did you mean serverId?',
  ],
  [
    'a key that is like no other',
    `${VALID}colour: red\n`,
    '24:1: colour: is not a setting here; there are kafka, connect',
  ],
  ['a missing setting', VALID.replace('    serverId: 4711\n', ''), '6:3: sources.oa.serverId: is missing'],
  [
    'a wrong type',
    VALID.replace('port: 5432', 'port: "5432"'),
    '18:11: targets.finance.port: must be a number, not text',
  ],
  ['a number out of range', VALID.replace('3306', '70000'), '8:11: sources.oa.port: must be at most 65535'],
  [
    'a mistyped choice',
    VALID.replace('kind: postgresql', 'kind: postgres'),
    '17:11: targets.finance.kind: is "postgres"; did you mean postgresql?',
  ],
  [
    'a mistyped choice far from all others',
    VALID.replace('kind: postgresql', 'kind: oracle'),
    '17:11: targets.finance.kind: is "oracle", but there is only postgresql, mariadb, mysql, kafka',
  ],
  [
    'a name that cannot be one',
    VALID.replace('  oa:', '  OA:'),
    '6:3: sources.OA: must be lower-case letters',
  ],
  [
    'a URL that is none',
    VALID.replace('http://127.0.0.1:8083', 'nowhere'),
    '3:17: connect.url: must be a URL',
  ],
  [
    'a route to an unknown target',
    VALID.replace('target: finance', 'target: finanze'),
    '23:58: routes[0].target: is "finanze"; did you mean finance?',
  ],
  [
    'a pattern as heartbeat table',
    VALID.replace('oa.counterfoil_heartbeat', 'oa.heart*'),
    '13:25: sources.oa.heartbeat.table: must be namespace.table, without *',
  ],
  [
    'a heartbeat table elsewhere',
    VALID.replace('oa.counterfoil_heartbeat', 'crm.heartbeat'),
    '13:25: sources.oa.heartbeat.table: crm.heartbeat is in none of the databases (oa)',
  ],
  [
    'a session shorter than brokers take',
    `${VALID}consumer: { sessionTimeoutMs: 5000 }\n`,
    '24:31: consumer.sessionTimeoutMs: must be at least 6000',
  ],
  [
    'a renaming with too many stars',
    route('rename: [{ from: "oa.t_*", to: "*_*" }]'),
    'routes[0].rename[0].to: has 2 times *, but "oa.t_*" has 1',
  ],
  [
    'a hash without a secret',
    route('tables: [{ match: ["oa.*"], mask: [{ method: hash, columns: [id_card] }] }]'),
    'routes[0].tables[0].mask[0].method: hash needs masking.secret, which is missing',
  ],
  [
    'a secret that is too short',
    `${VALID}masking: { secret: short }\n`,
    '24:20: masking.secret: must have 16 characters at least',
  ],
  [
    'a mask of no known method',
    route('tables: [{ match: ["oa.*"], mask: [{ method: hsah, columns: [id_card] }] }]'),
    'is "hsah"; did you mean hash?',
  ],
  [
    'certificates that are none',
    VALID.replace('port: 5432', 'port: 5432\n    tls: { mode: verify-ca, ca: ca.pem }'),
    '19:33: targets.finance.tls.ca: must hold certificates as PEM text',
  ],
  [
    'a certificate for an address',
    VALID.replace('port: 3306', 'port: 3306\n    tls: { mode: verify-full }'),
    '9:18: sources.oa.tls.mode: verify-full needs a host name, and host is 127.0.0.1',
  ],
  [
    'topics without a keeper that there is',
    VALID.replace('routes:', '  topics: { kind: kafka, keeper: finanze }\nroutes:'),
    '22:34: targets.topics.keeper: is "finanze"; did you mean finance?',
  ],
  [
    'topics as keeper of topics',
    VALID.replace('routes:', '  topics: { kind: kafka, keeper: topics }\nroutes:'),
    'targets.topics.keeper: topics is no database: positions cannot be kept in it',
  ],
  [
    'a mirror into topics',
    VALID.replace('routes:', '  topics: { kind: kafka, keeper: finance }\nroutes:').replace(
      'target: finance',
      'target: topics',
    ),
    'routes[0].target: topics is no database, and a mirror needs one: only entities become messages',
  ],
  ['TLS without https', http('tls: { mode: encrypt }'), 'targets.gateway.tls: http://gateway/v1 is no https'],
  ['a header that is set anyway', http('headers: { Idempotency-Key: a }'), 'is set by counterfoil'],
  ['a header of two lines', http('headers: { x-a: "b\\nc" }'), 'must be printable ASCII'],
  [
    'a status of two meanings',
    http('answers: { applied: [409], retry: [409] }'),
    'targets.gateway.answers: a status can mean one thing only',
  ],
  [
    'credentials in an address',
    http('').replace('http://gateway/v1', 'http://user:pw@gateway/v1'),
    'targets.gateway.url: must be http:// or https:// with a host',
  ],
  [
    'a posting of an unknown route',
    `${VALID}postings: [{ name: v, route: oa-miror, documents: [expense-claim], periods: f.period }]\n`,
    '24:30: postings[0].route: is "oa-miror"; did you mean oa-mirror?',
  ],
  [
    'a rule of an unknown target',
    `${VALID}invariants: { rules: [{ name: one, target: financ, about: a, must: at-most-one, by: [g], left: { from: t, by: [g] } }] }\n`,
    'invariants.rules[0].target: is "financ"; did you mean finance?',
  ],
  [
    'two rules of one name',
    `${VALID}invariants: { rules: [{ name: one, target: finance, about: a, must: at-most-one, by: [g], left: { from: t, by: [g] } }, { name: one, target: finance, about: a, must: at-most-one, by: [g], left: { from: t, by: [g] } }] }\n`,
    'invariants.rules[1].name: is used twice: "one"',
  ],
  [
    'a posting that is called as a route',
    `${VALID}postings: [{ name: oa-mirror, route: oa-mirror, documents: [expense-claim], periods: f.period }]\n`,
    'postings[0].name: is used twice: "oa-mirror"',
  ],
  [
    'a document of no known kind',
    `${VALID}postings: [{ name: v, route: oa-mirror, documents: [expense-clam], periods: f.period }]\n`,
    'is "expense-clam"; did you mean expense-claim?',
  ],
  [
    'a document of a pack that is not among the packs',
    `${VALID}packs: { hose: {} }\npostings: [{ name: v, route: oa-mirror, documents: [hoze/payment], periods: f.period }]\n`,
    'postings[0].documents[0]: its pack is "hoze"; did you mean hose?',
  ],
  [
    'a second posting that keeps documents of a kind in the same books',
    `${VALID}packs: { hose: {} }\npostings: [{ name: v, route: oa-mirror, documents: [hose/payment], periods: f.period }, { name: w, route: oa-mirror, documents: [expense-claim, payment], periods: f.period }]\n`,
    'postings[1].documents[1]: payment is kept in ledger by v already; give one of them another schema',
  ],
  ['a file that is empty', '# nothing\n', '1:1: the file is empty'],
  ['a tab for indentation', 'kafka:\n\tbrokers: []\n', /test\.yaml:2:\d+: /],
  ['broken YAML', VALID.replace('[oa]', '[oa'), /test\.yaml:\d+:\d+: /],
])('%s is an error with its line and column', (_, text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('all faults are named at once, in the order of the file', () => {
  const text = VALID.replace('serverId', 'serverID').replace('target: finance', 'target: finanze');
  expect(() => parse(text, {} as typeof ENVIRONMENT)).toThrow(
    /it has 4 faults:\n.*:6:3: .*serverId: is missing\n.*:10:5: .*\n.*:11:\d+: sources\.oa\.capture\.password: the environment variable CAPTURE_PASSWORD is not set\n.*:23:58: /,
  );
});

test('two sources do not share what each needs for itself', () => {
  const other = VALID.replace(
    /sources:\n([^]*)targets:/,
    (_, oa: string) => `sources:\n${oa}${oa.replace('oa:', 'hr:')}targets:`,
  );
  expect(() => parse(other)).toThrow('sources.hr.serverId: is that of oa; each source needs its own');
});

test('a password is never part of the message', () => {
  expect(() => parse(VALID.replace('port: 3306', 'port: 0'))).toThrow(/^(?!.*p@ss)/s);
});

describe('secrets in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'counterfoil-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const load = (text: string) => {
    writeFileSync(join(folder, 'c.yaml'), text);
    return loadConfigFile(join(folder, 'c.yaml'), {});
  };
  const withFile = (file: string) => VALID.replace('${CAPTURE_PASSWORD}', `\${file:${file}}`);

  test.each([
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    ['two\nlines\n\n', 'two\nlines\n'],
    [' $' + '{CAPTURE_PASSWORD} ', ' ${CAPTURE_PASSWORD} '],
  ])('%j reads as %j', (content, password) => {
    writeFileSync(join(folder, 'pw'), content);
    for (const name of ['pw', join(folder, 'pw')])
      expect(load(withFile(name)).config.sources['oa']!.capture.password).toBe(password);
  });

  test('a file that is missing is an error with its place', () => {
    expect(() => load(withFile('/run/secrets/none'))).toThrow(
      /c\.yaml:11:\d+: sources\.oa\.capture\.password: the file \/run\/secrets\/none cannot be read \(ENOENT\)/,
    );
  });

  test('what came from a file is in no message and not shown, wherever it stands', () => {
    writeFileSync(join(folder, 'pw'), 's3cret\n');
    expect(() => load(VALID.replace('target: finance', 'target: "${file:pw}"'))).toThrow(/^(?!.*s3cret)/s);
    const text = VALID.replace('${CAPTURE_PASSWORD}', 'x').replace(
      'namespace: oa_mirror',
      'namespace: "${file:pw}"',
    );
    expect(JSON.stringify(hiddenConfig(load(text)))).not.toContain('s3cret');
  });
});

test('no secret of a configuration is shown', () => {
  const gateways = [
    '{ kind: oauth2, endpoint: "http://login/token", clientId: u, clientSecret: hush-client }',
    '{ kind: bearer, token: hush-token }',
  ].map((auth, at) =>
    http(`auth: ${auth}`)
      .split('\n')
      .find((line) => line.startsWith('  gateway'))!
      .replace('gateway:', `gateway-${at}:`),
  );
  const secretive = VALID.replace('routes:', [...gateways, 'routes:'].join('\n'))
    .replace(
      'brokers: ["127.0.0.1:9092"]',
      'brokers: [b], sasl: { mechanism: plain, username: u, password: hush-kafka }',
    )
    .replace(
      'http://127.0.0.1:8083"',
      'http://u:hush-url@127.0.0.1:8083", auth: { user: u, password: hush-auth }',
    )
    .replaceAll('password: check', 'password: hush-check')
    .replaceAll('password: sink', 'password: hush-sink')
    .replace('serverId', 'connector: { database.ssl.truststore.password: hush-store }\n    serverId');
  const config = parse(`${secretive}masking: { secret: hush-hush-hush-hush }\n`, {
    CAPTURE_PASSWORD: 'hush-capture',
  });
  const shown = JSON.stringify(hiddenConfig({ config, secrets: [] }));
  expect(shown).not.toContain('hush');
  expect(shown).toContain('"user":"sink"');
  expect(shown).toContain('"endpoint":"http://login/token"');
});
