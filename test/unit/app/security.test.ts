import { kafkaClientSettings } from '../../../app/runtime/kafka-client-settings.ts';
import { driverTls } from '../../../app/config/tls.ts';
import { parseConfig } from '../../../app/config/load.ts';
import { captureSources } from '../../../app/runtime/capture.ts';
import { maskedConfig } from '../../../connectors/debezium/secret.ts';
import { renderConnector } from '../../../connectors/debezium/render.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----';
const common = { brokers: ['b:9093'], replicationFactor: 1 };

test.each([
  ['nothing', {}, {}],
  ['TLS', { tls: { mode: 'verify-full' } }, { 'security.protocol': 'SSL' }],
  [
    'TLS with certificates of its own and any host name',
    { tls: { mode: 'verify-ca', ca: PEM } },
    {
      'security.protocol': 'SSL',
      'ssl.endpoint.identification.algorithm': '',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': PEM,
    },
  ],
  [
    'SCRAM over TLS',
    { tls: { mode: 'verify-full' }, sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p"\\q' } },
    {
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'SCRAM-SHA-512',
      'sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="p\\"\\\\q";',
    },
  ],
  [
    'plain without TLS',
    { sasl: { mechanism: 'plain', username: 'u', password: 'p' } },
    {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config':
        'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";',
    },
  ],
] as const)('a Java client of Kafka is told of %s', (_, security, settings) => {
  expect(kafkaClientSettings({ ...common, ...security, brokers: [...common.brokers] })).toEqual(settings);
});

test.each([
  [undefined, undefined],
  [{ mode: 'encrypt' }, { rejectUnauthorized: false, verifyIdentity: false }],
  [
    { mode: 'verify-ca', ca: PEM },
    { ca: PEM, rejectUnauthorized: true, verifyIdentity: false },
  ],
  [
    { mode: 'verify-full', ca: PEM },
    { ca: PEM, rejectUnauthorized: true, verifyIdentity: true },
  ],
] as const)('drivers are told of %o', (tls, told) => {
  const { checkServerIdentity, ...rest } = driverTls(tls) ?? {};
  expect(tls === undefined ? undefined : rest).toEqual(told);
  expect(checkServerIdentity === undefined).toBe(tls === undefined || tls.mode === 'verify-full');
});

test('connectors follow the configuration: TLS, keys, log-in at the registry, security of the schema history', () => {
  const config = parseConfig(
    `
kafka: { brokers: [b], sasl: { mechanism: plain, username: u, password: hush-kafka } }
connect: { url: http://c, auth: { user: u, password: hush-connect } }
registry: { url: http://r, converterUrl: http://r/v2, auth: { user: u, password: hush-registry } }
sources:
  oa:
    kind: mariadb
    host: oa.example
    port: 3306
    databases: [oa]
    serverId: 1
    tls: { mode: verify-full }
    capture: { user: c, password: hush-capture }
    check: { user: c, password: x }
    heartbeat: { table: oa.beat }
    include: [oa.*]
    keys: { oa.roster: [day, who] }
targets: { f: { kind: postgresql, port: 1, database: f, sink: { user: s, password: s }, check: { user: c, password: c } } }
routes: [{ name: r, kind: mirror, source: oa, target: f, namespace: n, include: [oa.*] }]
`,
    'x.yaml',
    {},
  );
  const [connector] = captureSources(config).map(renderConnector);
  expect(connector!.config).toMatchObject({
    'database.ssl.mode': 'verify-full',
    'message.key.columns': 'oa\\.roster:day,who',
    'key.converter.apicurio.auth.username': 'u',
    'value.converter.apicurio.auth.password': 'hush-registry',
    'schema.history.internal.producer.security.protocol': 'SASL_PLAINTEXT',
    'schema.history.internal.consumer.sasl.mechanism': 'PLAIN',
  });
  expect(JSON.stringify(maskedConfig(connector!.config))).not.toContain('hush');
});
