import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { tableLabel } from '../../schemas/contract/table.ts';
import { SCHEMA_COMMENT } from '../config/json-schema.ts';
import { passwordVariable } from './plan.ts';
import type { InitPlan } from './plan.ts';

/** The configuration as a commented text. Pure. */
export function renderInitConfig(plan: InitPlan): string {
  return [head(plan), services(plan), source(plan), target(plan), route(plan), ''].join('\n');
}

function head({ source, target, tables }: InitPlan): string {
  return [
    SCHEMA_COMMENT,
    `# Written by counterfoil init: ${tables.length.toString()} tables of ${placeOf(source)} into ${placeOf(target)}.`,
    '# docs/configuration.md explains each setting; `counterfoil config check` prints what this file comes to.',
    '# ${NAME} is an environment variable, ${file:PATH} the text of a file.',
  ].join('\n');
}

function placeOf({ kind, host, port, database }: InitPlan['source']): string {
  return `${kind} ${host}:${port.toString()}/${database}`;
}

function services({
  services: { brokers, connectUrl, plugin, registryUrl, converterUrl },
}: InitPlan): string {
  return `kafka:
  brokers: [${brokers.map(text).join(', ')}]
  replicationFactor: ${brokers.length >= 3 ? '3' : '1 # 3 on a cluster'}
connect:
  url: ${text(connectUrl)}
  # With a converter other than Confluent's, Connect needs the product's plugin, or NULL becomes a default.
  plugin: ${String(plugin)}
registry:
  url: ${text(registryUrl)} # the Confluent-compatible API${converterUrl === undefined ? '' : `\n  converterUrl: ${text(converterUrl)}`}`;
}

function source(plan: InitPlan): string {
  const { source: from, sourceName, heartbeat, signals, naming, include } = plan;
  const own =
    from.kind === 'postgresql'
      ? `    database: ${text(from.database)}
    slot: counterfoil # each source of a server needs its own
    publication: counterfoil`
      : `    databases: [${text(from.database)}]
    serverId: ${serverIdOf(from).toString()} # unlike that of every server, replica and connector`;
  return `sources:
  # The name begins the names of all topics: renaming it starts the capture anew.
  ${sourceName}:
    kind: ${from.kind}
    host: ${text(from.host)}
    port: ${from.port.toString()}
${own}
    # tls: { mode: verify-full, ca: '\${file:ca.pem}' }
    capture: ${user(sourceName, 'capture')}
    check: ${user(sourceName, 'check')}
    heartbeat: { table: ${text(heartbeat)} }
    signals: { table: ${text(signals)} } # through it rows can be read again (counterfoil backfill)
${naming === 'unicode' ? '    naming: unicode # or names of tables or columns would become one in topics and Avro\n' : ''}    include: [${include.map(text).join(', ')}]
${exclusions(plan)}
    partitions: 4 # as many processes can share the work of a route`;
}

/** The same for the same database, and hardly that of another. */
function serverIdOf({ host, port, database }: InitPlan['source']): number {
  const digest = createHash('sha256').update(`${host}:${port.toString()}/${database}`).digest();
  return 100_000 + (digest.readUInt32BE(0) % 2_000_000_000);
}

/** What cannot be copied is excluded; what looks as if it need not be is there to be uncommented. */
function exclusions({ keyless, uncapturable, doubtful, noise, services }: InitPlan): string {
  const listed = [
    ...section(
      'Partitions (their tables bring them), unlogged tables, sequences, tables with system versioning:',
      uncapturable.map((id) => `      - ${text(tableLabel(id))}`),
    ),
    ...section(
      'Without a key changes lose their order: give Connect the plugin, or name their key columns in keys.',
      (services.plugin ? [] : keyless).map((id) => `      - ${text(tableLabel(id))}`),
    ),
  ];
  const suggested = [
    ...section(
      'Types that may not be carried exactly (see docs/types.md); columns can also be left out in the route:',
      doubtful.map((table) => `      # - ${text(tableLabel(table.id))} # ${table.doubtful.join(', ')}`),
    ),
    ...section(
      'Perhaps not worth capturing:',
      noise.map(({ id, why }) => `      # - ${text(tableLabel(id))} # ${why}`),
    ),
  ];
  // With nothing but comments below it, it is an empty list; one of them can be uncommented as it is.
  return ['    exclude:', ...listed, ...suggested].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`      # ${title}`, ...lines];
}

function target({ target: into, targetName }: InitPlan): string {
  const database = into.kind === 'postgresql' ? `\n    database: ${text(into.database)}` : '';
  return `targets:
  ${targetName}:
    kind: ${into.kind}
    host: ${text(into.host)}
    port: ${into.port.toString()}${database}
    # tls: { mode: verify-full, ca: '\${file:ca.pem}' }
    sink: ${user(targetName, 'sink')}
    check: ${user(targetName, 'check')}`;
}

function route(plan: InitPlan): string {
  const { sourceName, targetName, namespace, include, heartbeat, signals, source: from } = plan;
  const own = from.kind === 'postgresql' ? '' : `\n    exclude: [${text(heartbeat)}, ${text(signals)}]`;
  return `routes:
  - name: ${sourceName}-mirror
    kind: mirror
    source: ${sourceName}
    target: ${targetName}
    namespace: ${text(namespace)}
    include: [${include.map(text).join(', ')}]${own}
    delete: hard # or soft: the row stays, with the time in cf_deleted_at; or ignore
    truncate: deny # or ignore, or apply: to all rows what delete says of one
    # rename: [{ from: 'oa.t_*', to: '*' }]
    # tables:
    #   - match: ['*.employee']
    #     columns: { exclude: [photo] }
    #     mask: [{ method: partial, columns: [phone], keepLast: 4 }]
check:
  intervalSeconds: 60 # each check reads all rows of both sides: raise it for large tables`;
}

function user(name: string, role: 'capture' | 'check' | 'sink'): string {
  return `{ user: counterfoil_${role}, password: '\${${passwordVariable(name, role)}}' }`;
}

/** A YAML scalar on one line. */
function text(value: string): string {
  return stringify(value, { defaultStringType: 'PLAIN', lineWidth: 0 }).trimEnd();
}
