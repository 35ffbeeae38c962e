import type { CaptureSource } from './capture-source.ts';
import { explainConnector } from './render.ts';
import { Secret } from './secret.ts';

/** The settings as a page for people, made from the templates; `settings.md` is kept equal to it by a test. */
export function settingsDocument(): string {
  return [HEAD, ...EXAMPLES.map(section)].join('\n\n') + '\n';
}

const HEAD = [
  '# Connector settings, and why',
  '',
  'Made from `templates/` by `node --import tsx connectors/debezium/write-document.ts`; do not edit. Values that come from',
  'the configuration are those of an example; `counterfoil connectors render` shows yours.',
].join('\n');

function section(source: CaptureSource): string {
  const lines = [`## ${TITLES[source.kind]}`];
  let group = '';
  for (const setting of explainConnector(source)) {
    if (setting.group !== group) {
      group = setting.group;
      lines.push('', `### ${group}`, '');
    }
    lines.push(`- ${code(setting.name)} = ${code(setting.value)}: ${setting.why}`);
  }
  return lines.join('\n');
}

function code(value: string): string {
  const tick = value.includes('`') ? '``' : '`';
  return tick + value + tick;
}

const TITLES = { mariadb: 'MariaDB', mysql: 'MySQL', postgresql: 'PostgreSQL' } as const;

const COMMON = {
  host: 'db.example',
  user: 'counterfoil_capture',
  password: new Secret('secret'),
  tls: 'off',
  keyColumns: {},
  topics: {
    partitions: 4,
    replicationFactor: 3,
    retentionMs: 2_592_000_000,
    maxMessageBytes: 16_777_216,
  },
  converter: { kind: 'apicurio', url: 'http://registry.example/apis/registry/v2' },
  plugin: true,
  naming: 'underscore',
  overrides: {},
} as const;

const BINLOG = {
  ...COMMON,
  name: 'oa',
  port: 3306,
  databases: ['oa'],
  tables: { include: ['oa.*'], exclude: ['oa.operation_log'] },
  heartbeat: { table: 'oa.counterfoil_heartbeat', intervalMs: 1_000 },
  signals: { table: 'oa.counterfoil_signal' },
  serverId: 5_401,
  schemaHistory: { bootstrapServers: 'kafka.example:9092', clientSettings: {} },
} as const;

const EXAMPLES: readonly CaptureSource[] = [
  { ...BINLOG, kind: 'mariadb' },
  { ...BINLOG, kind: 'mysql' },
  {
    ...COMMON,
    kind: 'postgresql',
    name: 'finance',
    port: 5432,
    database: 'finance',
    slot: 'counterfoil',
    publication: 'counterfoil',
    failoverSlot: true,
    tables: { include: ['finance.*'], exclude: [] },
    heartbeat: { table: 'counterfoil.heartbeat', intervalMs: 1_000 },
    signals: { table: 'counterfoil.signal' },
  },
];
