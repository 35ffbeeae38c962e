import type { Mapping } from '../../schemas/contract/mapping.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';

/** One mapping out of several; each source table is the business of at most one of them. */
export function combineMappings(name: string, mappings: readonly Mapping[]): Mapping {
  const find = (source: TableId) => mappings.find((mapping) => mapping.accepts(source));
  function responsible(source: TableId): Mapping {
    const mapping = find(source);
    if (mapping) return mapping;
    throw new CounterfoilError('INTERNAL', `no mapping of ${name} is about ${tableLabel(source)}`);
  }
  return {
    name,
    version: mappings.map((mapping) => `${mapping.name}@${mapping.version}`).join(','),
    accepts: (source) => find(source) !== undefined,
    targets: (shape) => responsible(shape.id).targets(shape),
    upsert: (shape, key, row) => responsible(shape.id).upsert(shape, key, row),
    copies: (source) => responsible(source).copies(source),
    policy: (source) => responsible(source).policy(source),
    delete: (shape, key) => responsible(shape.id).delete(shape, key),
  };
}
