import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../schemas/contract/table.ts';
import { patternMatcher, tableMatcher } from '../../schemas/contract/table-pattern.ts';
import type { MirrorRouteConfig } from '../config/route-schema.ts';
import { sourceReader } from '../runtime/checks.ts';
import type { Config } from '../config/schema.ts';
import type { Route } from '../runtime/routes.ts';
import type { Finding, Findings } from './finding.ts';

/** The tables of a source as its database defines them. */
export async function describeSource(
  config: Config,
  name: string,
  tables: readonly TableId[],
): Promise<readonly TableShape[]> {
  const source = config.sources[name];
  if (source === undefined) return [];
  const shapes = await sourceReader(source).describeTables(tables);
  return shapes.filter((shape) => shape !== null);
}

/** What is wrong between a route and the tables of its source. */
export function routeFindings(
  route: Route,
  shapes: readonly TableShape[],
  plugin: boolean,
  find: Findings,
): readonly Finding[] {
  const accepted = shapes.filter(({ id }) => route.mapping.accepts(id));
  const refused = accepted.flatMap((shape) => refusalOf(route, shape, find));
  const computed = accepted.flatMap((shape) => computedColumns(route, shape, find));
  const idle = route.config.kind === 'mirror' ? idleSettings(route.config, accepted, shapes, find) : [];
  const findings = [...refused, ...computed, ...idle, ...(plugin ? [] : keyless(accepted, find))];
  const fit = accepted.length - refused.length;
  if (accepted.length === 0)
    return [
      ...findings,
      find.error(
        'none of the captured tables is the business of this route',
        'See include and exclude of the route and of its source (and, for entities, the declared table).',
      ),
    ];
  return [find.ok(`${fit.toString()} of ${accepted.length.toString()} tables can be mapped`), ...findings];
}

function refusalOf(route: Route, shape: TableShape, find: Findings): readonly Finding[] {
  try {
    route.mapping.targets(shape);
    return [];
  } catch (error) {
    if (!(error instanceof CounterfoilError)) throw error;
    return [find.error(error.message, error.remedy ?? 'Exclude the table from the route.')];
  }
}

/** A table that the mapping refuses is found at its route. */
export function targetsOrNone(targets: () => readonly TableShape[]): readonly TableShape[] {
  try {
    return targets();
  } catch (error) {
    if (error instanceof CounterfoilError) return [];
    throw error;
  }
}

/** PostgreSQL does not log what it computes: such a column keeps what a snapshot has read. */
function computedColumns({ mapping }: Route, shape: TableShape, find: Findings): readonly Finding[] {
  const columns = shape.columns.filter(({ unlogged }) => unlogged === true).map(({ name }) => name);
  if (columns.length === 0) return [];
  const copied = new Set(
    targetsOrNone(() => mapping.targets(shape)).flatMap((table) => table.columns.map(({ name }) => name)),
  );
  const stale = columns.filter((name) => copied.has(name));
  if (stale.length === 0) return [];
  return [
    find.warning(
      `${tableLabel(shape.id)} computes ${stale.join(', ')}, and its log does not carry them: their copies stay as a snapshot has read them`,
      `Exclude them in the route: tables: [{ match: ['${tableLabel(shape.id)}'], columns: { exclude: [${stale.join(', ')}] } }].`,
    ),
  ];
}

/** Changes without a key go to any partition, and so lose their order, unless the plugin keeps them together. */
function keyless(accepted: readonly TableShape[], find: Findings): readonly Finding[] {
  return accepted
    .filter(({ key }) => key.length === 0)
    .map(({ id }) =>
      find.error(
        `${tableLabel(id)} has no key, and without the plugin of Connect its changes would lose their order`,
        'Install the plugin (connect.plugin: true), name columns that tell its rows apart in keys of the source, or exclude the table.',
      ),
    );
}

/** What a mirror says of tables and columns that there are not: a typing error there would show what should be hidden. */
function idleSettings(
  config: MirrorRouteConfig,
  accepted: readonly TableShape[],
  all: readonly TableShape[],
  find: Findings,
): readonly Finding[] {
  const matches = (patterns: readonly string[], shapes: readonly TableShape[]) => {
    const matcher = tableMatcher(patterns, []);
    return shapes.filter(({ id }) => matcher(id));
  };
  const unmatched = config.include
    .filter((pattern) => matches([pattern], all).length === 0)
    .map((pattern) =>
      find.warning(`include: no captured table is ${pattern}`, 'Correct the pattern, or remove it.'),
    );
  const renames = config.rename
    .filter(({ from }) => matches([from], accepted).length === 0)
    .map(({ from }) =>
      find.warning(`rename: no table of the route is ${from}`, 'Correct the pattern, or remove it.'),
    );
  const rules = config.tables.flatMap((rule) => {
    const tables = matches(rule.match, accepted);
    if (tables.length === 0)
      return [
        find.error(
          `tables: no table of the route is ${rule.match.join(', ')}`,
          'Correct the patterns: what should be hidden may be shown.',
        ),
      ];
    const columns = tables.flatMap((table) => table.columns.map(({ name }) => name));
    const patterns = [
      ...rule.mask.flatMap((mask) => mask.columns),
      ...(rule.columns?.exclude ?? []),
      ...(rule.columns?.include ?? []),
    ];
    return patterns
      .filter((pattern) => !columns.some(patternMatcher([pattern], [])))
      .map((pattern) =>
        find.error(
          `tables: no column of ${tables
            .map(({ id }) => tableLabel(id))
            .slice(0, 5)
            .join(', ')} is ${pattern}`,
          'Correct the name: what should be hidden may be shown.',
        ),
      );
  });
  return [...unmatched, ...renames, ...rules];
}
