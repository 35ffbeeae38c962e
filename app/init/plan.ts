import { collidingColumns } from '../../connectors/debezium/field-names.ts';
import { findCollisions } from '../../connectors/debezium/topic-names.ts';
import type { Naming } from '../../connectors/debezium/topic-names.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { NamedDatabase } from './database-url.ts';
import type { FoundTable } from './found-tables.ts';
import { noiseReason } from './noise.ts';

/** Addresses of what carries the changes. */
export interface Services {
  readonly brokers: readonly string[];
  readonly connectUrl: string;
  readonly plugin: boolean;
  readonly registryUrl: string;
  readonly converterUrl: string | undefined;
}

/** What a configuration is written from. */
export interface InitPlan {
  readonly source: NamedDatabase;
  readonly sourceName: string;
  readonly target: NamedDatabase;
  readonly targetName: string;
  /** Target schema or database of the copies. */
  readonly namespace: string;
  readonly services: Services;
  /** The product's own tables in the source. */
  readonly heartbeat: string;
  readonly signals: string;
  readonly naming: Naming;
  readonly include: readonly string[];
  /** Tables that can be copied. */
  readonly tables: readonly TableId[];
  /** Those without a key; they can be copied where Connect has the product's plugin. */
  readonly keyless: readonly TableId[];
  /** Those that need a replica identity before they are published. */
  readonly unidentified: readonly TableId[];
  /** What the connector must leave alone. */
  readonly uncapturable: readonly TableId[];
  readonly doubtful: readonly FoundTable[];
  readonly noise: readonly { readonly id: TableId; readonly why: string }[];
}

export interface InitChoices {
  readonly source: NamedDatabase;
  readonly target: NamedDatabase;
  readonly namespace: string | undefined;
  readonly services: Services;
}

/** Decides what the configuration will say. Pure. */
export function planInit(
  { source, target, namespace, services }: InitChoices,
  found: readonly FoundTable[],
  uncapturable: readonly TableId[] = [],
): InitPlan {
  const own = source.kind === 'postgresql' ? 'counterfoil.' : `${source.database}.counterfoil_`;
  const heartbeat = `${own}heartbeat`;
  const signals = `${own}signal`;
  const isOwn = (id: TableId) =>
    [heartbeat, signals].includes(tableLabel(id)) || id.namespace === 'counterfoil';
  const foreign = found.filter(({ id }) => !isOwn(id));
  const namespaces = namespacesOf(source, foreign);
  const copied = foreign.filter(({ key }) => key.length > 0 || services.plugin);
  return {
    source,
    sourceName: nameOf(source.database),
    target,
    targetName: nameOf(target.database === '' ? `${target.kind}-target` : target.database),
    namespace: namespace ?? (namespaces.length > 1 ? '*_mirror' : `${plainName(source.database)}_mirror`),
    services,
    heartbeat,
    signals,
    naming: namingFor(foreign),
    include: namespaces.map((name) => `${name}.*`),
    tables: copied.map(({ id }) => id),
    keyless: foreign.filter(({ key }) => key.length === 0).map(({ id }) => id),
    unidentified: copied.filter(({ unidentified }) => unidentified).map(({ id }) => id),
    uncapturable,
    doubtful: copied.filter(({ doubtful }) => doubtful.length > 0),
    noise: copied.flatMap(({ id }) => {
      const why = noiseReason(id);
      return why === null ? [] : [{ id, why }];
    }),
  };
}

/** Names that would become one another's when underscores stand for what Kafka and Avro do not allow are kept apart. */
function namingFor(tables: readonly FoundTable[]): Naming {
  const collide =
    findCollisions(
      'source',
      tables.map(({ id }) => id),
      'underscore',
    ).length > 0 || tables.some(({ columns }) => collidingColumns(columns, 'underscore').length > 0);
  return collide ? 'unicode' : 'underscore';
}

/** A new database has no tables yet: in PostgreSQL they will be in its schema `public`. */
function namespacesOf(source: NamedDatabase, tables: readonly FoundTable[]): readonly string[] {
  if (source.kind !== 'postgresql') return [source.database];
  const namespaces = new Set(tables.map(({ id }) => id.namespace));
  return namespaces.size === 0 ? ['public'] : [...namespaces];
}

/** A name of the configuration: lower-case letters, digits and hyphens. */
function nameOf(database: string): string {
  const plain = database
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return plain === '' ? 'database' : plain;
}

function plainName(database: string): string {
  return nameOf(database).replaceAll('-', '_');
}

/** Of the environment variable with a user's password. */
export function passwordVariable(name: string, user: 'capture' | 'check' | 'sink'): string {
  return `${name.replaceAll('-', '_').toUpperCase()}_${user.toUpperCase()}_PASSWORD`;
}

/** Target namespaces of the copies. */
export function targetNamespaces({ namespace, tables, include }: InitPlan): readonly string[] {
  const sources =
    tables.length > 0 ? tables.map((id) => id.namespace) : include.map((each) => each.slice(0, -2));
  return [...new Set(sources.map((source) => namespace.replace('*', () => source)))];
}
