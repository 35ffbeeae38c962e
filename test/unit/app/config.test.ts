import { parseConfig } from '../../../app/config/load.ts';

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

test('a valid file is completed by defaults, and environment values are taken literally', () => {
  const config = parse(VALID);
  expect(config.sources['oa']).toMatchObject({
    host: '127.0.0.1',
    era: 0,
    capture: { password: ENVIRONMENT.CAPTURE_PASSWORD },
  });
  expect(config.http).toEqual({ host: '127.0.0.1', port: 9464 });
});

test.each([
  ['a typo in a key', VALID.replace('serverId', 'serverID'), /line 7: sources\.oa.*serverID/s],
  ['a wrong type', VALID.replace('port: 5432', 'port: "5432"'), /line 18: targets\.finance\.port/],
  [
    'a route to an unknown target',
    VALID.replace('target: finance', 'target: finanze'),
    /line 23: routes\.0\.target: is "finanze", but only finance is defined/,
  ],
  ['broken YAML', VALID.replace('[oa]', '[oa'), /test\.yaml is not a valid configuration/],
])('%s is an error with its line', (_, text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('a missing environment variable is named, and a password is never part of the message', () => {
  expect(() => parse(VALID, {} as typeof ENVIRONMENT)).toThrow(
    'the environment variable CAPTURE_PASSWORD is not set',
  );
  expect(() => parse(VALID.replace('port: 3306', 'port: 0'))).toThrow(/^(?!.*p@ss)/s);
});
