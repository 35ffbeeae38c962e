import { collidingColumns } from '../../connectors/debezium/field-names.ts';
import { findCollisions } from '../../connectors/debezium/topic-names.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import type { Finding, Findings } from './finding.ts';

/** Tables that would share a topic, and columns that would share a field: the capture refuses the former and stops at the latter. */
export function nameCollisions(
  name: string,
  { naming }: Pick<SourceConfig, 'naming'>,
  shapes: readonly TableShape[],
  find: Findings,
): readonly Finding[] {
  const ids = shapes.map(({ id }) => id);
  const topics = findCollisions(name, ids, naming).map(
    ({ tables, topics }) => `${tables.join(' and ')} would share the topic ${topics.join(', ')}`,
  );
  const fields = shapes.flatMap(({ id, columns }) => {
    const colliding = collidingColumns(
      columns.map((column) => column.name),
      naming,
    );
    return colliding.length === 0
      ? []
      : [`columns ${colliding.join(', ')} of ${tableLabel(id)} would become one field`];
  });
  const remedy =
    naming === 'underscore'
      ? 'Set `naming: unicode` for this source: before its first start, for it renames all of its topics. Or exclude them.'
      : 'Exclude one of them, or capture it by a source of its own.';
  return [...topics, ...fields].map((what) => find.error(what, remedy));
}
