import { isIP } from 'node:net';
import type { z } from 'zod';
import { patternMatcher, tableIdOf } from '../../schemas/contract/table-pattern.ts';
import { unknownName } from './faults.ts';
import type { Fault, Sound } from './faults.ts';
import { doublyFed, feedFaults } from './feed-faults.ts';
import { feed } from './feed-schema.ts';
import type { FeedConfig } from './feed-schema.ts';
import { rule } from './invariants-schema.ts';
import { ruleFaults } from './rule-faults.ts';
import { kindsOf, posting } from './posting-schema.ts';
import type { PostingConfig } from './posting-schema.ts';
import { route } from './route-schema.ts';
import type { RouteConfig } from './route-schema.ts';
import { source } from './source-schema.ts';
import type { SourceConfig } from './source-schema.ts';
import { isDatabase, target } from './target-schema.ts';
import type { DatabaseTarget, TargetConfig } from './target-schema.ts';

/**
 * What is wrong between settings that are each sound by themselves. It looks at the plain value, section by section, so
 * that a fault in one of them does not hide those between the others.
 */
export function crossFaults(value: unknown): readonly Fault[] {
  const sections = sectionsOf(value);
  const sources = soundSections(source, sections['sources']);
  const targets = soundSections(target, sections['targets']);
  const routes = soundSections(route, sections['routes']);
  const postings = soundSections(posting, sections['postings']);
  const feeds = soundSections(feed, sections['feeds']);
  const rules = soundSections(rule, sectionsOf(sections['invariants'])['rules']);
  const names = {
    source: namesOf(sections['sources']),
    target: namesOf(sections['targets']),
  };
  return [
    ...sources.flatMap(sourceFaults),
    ...sources.flatMap((each) => hostFaults('sources', each)),
    ...targets.flatMap(({ at, value }) => (isDatabase(value) ? hostFaults('targets', { at, value }) : [])),
    ...targets.flatMap((each) => keeperFaults(each, targets)),
    ...targets.flatMap(encryptionFaults),
    ...shared(sources, 'serverId', (each) => (each.kind === 'postgresql' ? null : each.serverId.toString())),
    ...shared(sources, 'slot', (each) =>
      each.kind === 'postgresql' ? `${each.host}:${each.port.toString()}/${each.slot}` : null,
    ),
    ...routes.flatMap((each) => endFaults(each, names)),
    ...routes.flatMap((each) => copyFaults(each, targets)),
    ...repeatedNames([
      ...routes.map((each) => ({ ...each, section: ['routes'] })),
      ...postings.map((each) => ({ ...each, section: ['postings'] })),
      ...feeds.map((each) => ({ ...each, section: ['feeds'] })),
    ]),
    ...feeds.flatMap((each) => feedFaults(each, routes, targets)),
    ...doublyFed(feeds),
    ...postings.flatMap((each) => postingFaults(each, routes, targets)),
    ...sharedBooks(postings, routes),
    ...packFaults({ routes, postings, feeds }, namesOf(sections['packs'])),
    ...rules.flatMap((each) => ruleFaults(each, names.target, targets)),
    ...repeatedNames(rules.map((each) => ({ ...each, section: ['invariants', 'rules'] }))),
    ...('masking' in sections ? [] : routes.flatMap(secretFaults)),
  ];
}

function sourceFaults({ at, value }: Sound<SourceConfig>): readonly Fault[] {
  if (value.kind === 'postgresql') return [];
  const known = patternMatcher(value.databases, []);
  const faults: Fault[] = [];
  const look = (table: string, path: Fault['path']) => {
    const { namespace } = tableIdOf(table);
    if (!namespace.includes('*') && !known(namespace))
      faults.push({ path, message: `${table} is in none of the databases (${value.databases.join(', ')})` });
  };
  look(value.heartbeat.table, ['sources', at, 'heartbeat', 'table']);
  value.include.forEach((pattern, index) => {
    look(pattern, ['sources', at, 'include', index]);
  });
  for (const table of Object.keys(value.keys)) look(table, ['sources', at, 'keys', table]);
  return faults;
}

/** The driver for MariaDB and MySQL compares certificates with names, not with addresses: it would let any pass. */
function hostFaults(
  section: 'sources' | 'targets',
  { at, value: { kind, host, tls } }: Sound<SourceConfig | DatabaseTarget>,
): readonly Fault[] {
  if (kind === 'postgresql' || tls?.mode !== 'verify-full' || isIP(host) === 0) return [];
  return [
    { path: [section, at, 'tls', 'mode'], message: `verify-full needs a host name, and host is ${host}` },
  ];
}

function encryptionFaults({ at, value }: Sound<TargetConfig>): readonly Fault[] {
  if (value.kind !== 'http' || value.tls === undefined || value.url.startsWith('https:')) return [];
  return [{ path: ['targets', at, 'tls'], message: `${value.url} is no https` }];
}

/** Two sources that have the same of what each needs for itself. */
function shared(
  sources: readonly Sound<SourceConfig>[],
  setting: string,
  of: (source: SourceConfig) => string | null,
): readonly Fault[] {
  const seen = new Map<string, string | number>();
  return sources.flatMap(({ at, value }) => {
    const own = of(value);
    if (own === null) return [];
    const before = seen.get(own);
    seen.set(own, before ?? at);
    if (before === undefined) return [];
    return [
      { path: ['sources', at, setting], message: `is that of ${String(before)}; each source needs its own` },
    ];
  });
}

function endFaults(
  { at, value }: Sound<RouteConfig>,
  names: { readonly source: readonly string[]; readonly target: readonly string[] },
): readonly Fault[] {
  return (['source', 'target'] as const)
    .filter((end) => !names[end].includes(value[end]))
    .map((end) => ({ path: ['routes', at, end], message: unknownName(value[end], names[end]) }));
}

/** A target that is not sound has faults of its own, and is not judged here. */
function keeperFaults(
  { at, value }: Sound<TargetConfig>,
  targets: readonly Sound<TargetConfig>[],
): readonly Fault[] {
  if (isDatabase(value)) return [];
  const path = ['targets', at, 'keeper'];
  const databases = targets.filter((each) => isDatabase(each.value)).map((each) => String(each.at));
  const keeper = targets.find((each) => each.at === value.keeper);
  if (keeper === undefined) return [{ path, message: unknownName(value.keeper, databases) }];
  if (isDatabase(keeper.value)) return [];
  return [{ path, message: `${value.keeper} is no database: positions cannot be kept in it` }];
}

/** Copies of tables are compared with them, column by column, and follow their changes: topics promise a schema. */
function copyFaults(
  { at, value }: Sound<RouteConfig>,
  targets: readonly Sound<TargetConfig>[],
): readonly Fault[] {
  const into = targets.find((each) => each.at === value.target)?.value;
  if (value.kind !== 'mirror' || into === undefined || isDatabase(into)) return [];
  const message = `${value.target} is no database, and a mirror needs one: only entities become messages`;
  return [{ path: ['routes', at, 'target'], message }];
}

/**
 * Postings and feeds are told from routes by their names, in metrics and in health; rules of the business from each other.
 * `section` is where the list stands.
 */
function repeatedNames(
  named: readonly (Sound<{ readonly name: string }> & { readonly section: Fault['path'] })[],
): readonly Fault[] {
  const seen = new Set<string>();
  return named.flatMap(({ section, at, value }) => {
    if (!seen.has(value.name)) {
      seen.add(value.name);
      return [];
    }
    return [{ path: [...section, at, 'name'], message: `is used twice: "${value.name}"` }];
  });
}

/** A route that is not sound has faults of its own, and is not judged here. */
function postingFaults(
  { at, value }: Sound<PostingConfig>,
  routes: readonly Sound<RouteConfig>[],
  targets: readonly Sound<TargetConfig>[],
): readonly Fault[] {
  const path = ['postings', at, 'route'];
  const names = routes.map((each) => each.value.name);
  const found = routes.find((each) => each.value.name === value.route)?.value;
  if (found === undefined) return [{ path, message: unknownName(value.route, names) }];
  if (found.kind !== 'mirror')
    return [{ path, message: `${found.name} is no mirror: documents are read from exact copies` }];
  const into = targets.find((each) => each.at === found.target)?.value;
  if (into === undefined || into.kind === 'postgresql') return [];
  return [{ path, message: `the target of ${found.name} is no PostgreSQL, and vouchers are kept in one` }];
}

/** Two postings of one kind in the same books would take each other's documents for their own. */
function sharedBooks(
  postings: readonly Sound<PostingConfig>[],
  routes: readonly Sound<RouteConfig>[],
): readonly Fault[] {
  const seen = new Map<string, string>();
  return postings.flatMap(({ at, value }) => {
    const target = routes.find((each) => each.value.name === value.route)?.value.target;
    return kindsOf(value).flatMap((kind, index) => {
      const books = JSON.stringify([target, value.schema, kind]);
      const before = seen.get(books);
      seen.set(books, value.name);
      if (before === undefined) return [];
      const message = `${kind} is kept in ${value.schema} by ${before} already; give one of them another schema`;
      return [{ path: ['postings', at, 'documents', index], message }];
    });
  });
}

/** Documents and entities of packs that are not among those of the configuration. */
function packFaults(
  {
    routes,
    postings,
    feeds,
  }: {
    readonly routes: readonly Sound<RouteConfig>[];
    readonly postings: readonly Sound<PostingConfig>[];
    readonly feeds: readonly Sound<FeedConfig>[];
  },
  packs: readonly string[],
): readonly Fault[] {
  const missing = (names: readonly string[], path: Fault['path']) =>
    names.flatMap((name, index) => {
      const [pack = ''] = name.split('/');
      if (!name.includes('/') || packs.includes(pack)) return [];
      return [{ path: [...path, index], message: `its pack ${unknownName(pack, packs)}` }];
    });
  return [
    ...routes.flatMap(({ at, value }) =>
      value.kind === 'entities' ? missing(value.entities, ['routes', at, 'entities']) : [],
    ),
    ...postings.flatMap(({ at, value }) => missing(value.documents, ['postings', at, 'documents'])),
    ...feeds.flatMap(({ at, value }) => missing(value.documents, ['feeds', at, 'documents'])),
  ];
}

function secretFaults({ at, value }: Sound<RouteConfig>): readonly Fault[] {
  if (value.kind !== 'mirror') return [];
  return value.tables.flatMap(({ mask }, rule) =>
    mask.flatMap(({ method }, index) =>
      method === 'hash'
        ? [
            {
              path: ['routes', at, 'tables', rule, 'mask', index, 'method'],
              message: 'hash needs masking.secret, which is missing',
            },
          ]
        : [],
    ),
  );
}

function sectionsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function namesOf(section: unknown): readonly string[] {
  return Object.keys(sectionsOf(section));
}

function soundSections<Schema extends z.ZodType>(
  schema: Schema,
  section: unknown,
): readonly Sound<z.infer<Schema>>[] {
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(section)
    ? section.map((item: unknown, at) => [at, item] as const)
    : Object.entries(sectionsOf(section));
  return entries.flatMap(([at, item]) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [{ at, value: parsed.data }] : [];
  });
}
