import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { Route } from './routes.ts';

/** The tables of each source by its name. */
export type SourceTables = ReadonlyMap<string, readonly TableId[]>;

/**
 * Target tables that two source tables would be written to, in one route or in two: their versions cannot be compared, so
 * one would overwrite the other. Nor may two routes bring one source table to one place: what the one leaves out or masks
 * the other would bring.
 */
export function targetCollisions(routes: readonly Route[], tables: SourceTables): readonly string[] {
  const claims = new Map<string, { readonly by: string; readonly source: string }>();
  return routes.flatMap((route) => {
    const { source, target } = route.config;
    const accepted = (tables.get(source) ?? []).filter((table) => route.mapping.accepts(table));
    return accepted.flatMap((table) => {
      const owner = `${source}.${tableLabel(table)}`;
      return route.targetsOf(table).flatMap((id) => {
        const place = `${target}.${tableLabel(id)}`;
        const claim = claims.get(place);
        claims.set(place, claim ?? { by: route.name, source: owner });
        if (claim === undefined || (claim.source === owner && claim.by === route.name)) return [];
        return [
          `${claim.source} (route ${claim.by}) and ${owner} (route ${route.name}) would both go to ${place}`,
        ];
      });
    });
  });
}

/** Throws CONFIGURATION_INVALID when there are such pairs, and names them all. */
export function refuseCollisions(routes: readonly Route[], tables: SourceTables): void {
  const collisions = targetCollisions(routes, tables);
  if (collisions.length === 0) return;
  throw new CounterfoilError('CONFIGURATION_INVALID', collisions.join('; '), {
    remedy: 'Rename one of the two in its route, or exclude it.',
  });
}
