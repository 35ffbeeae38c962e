import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { ErrorCode } from '../../schemas/contract/errors.ts';
import type { TableChange } from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Config } from '../config/schema.ts';
import { sourceReader } from './checks.ts';
import type { Route } from './routes.ts';
import { listSourceTables } from './source-tables.ts';
import { createSink } from './targets.ts';

/** What the next row of a source table would do to one of its target tables; or why it would stop there. */
export interface PlannedTable {
  readonly route: string;
  readonly source: string;
  /** Null when the source table cannot be mapped at all. */
  readonly target: string | null;
  readonly changes: readonly TableChange[];
  readonly refused: { readonly code: ErrorCode; readonly reason: string } | null;
}

/**
 * Compares the source tables of a route, as they are now, with its target tables, and changes nothing. Throws
 * SOURCE_UNAVAILABLE and what a sink throws for a target that does not answer.
 */
export async function planSchema(route: Route, config: Config): Promise<readonly PlannedTable[]> {
  const source = config.sources[route.config.source];
  if (source === undefined) throw new CounterfoilError('INTERNAL', `${route.name} has no source`);
  const tables = await listSourceTables(route.config.source, source);
  const shapes = await sourceReader(source).describeTables(tables.filter((id) => route.mapping.accepts(id)));
  const sink = await createSink(config, route.config.target, { poolSize: 1 });
  const planned: PlannedTable[] = [];
  try {
    for (const shape of shapes) {
      if (shape === null) continue;
      const common = { route: route.name, source: tableLabel(shape.id) };
      const targets = await refusable(() => Promise.resolve(route.mapping.targets(shape)));
      if (targets instanceof CounterfoilError)
        planned.push({ ...common, target: null, changes: [], refused: refusal(targets) });
      else
        for (const copy of targets) {
          const changes = await refusable(() => sink.planTable(copy));
          const label = tableLabel(copy.id);
          planned.push(
            changes instanceof CounterfoilError
              ? { ...common, target: label, changes: [], refused: refusal(changes) }
              : { ...common, target: label, changes, refused: null },
          );
        }
    }
  } finally {
    await sink.close();
  }
  return planned;
}

/** What is said of one table is a finding; a database that does not answer is none. */
async function refusable<T>(work: () => Promise<T>): Promise<T | CounterfoilError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CounterfoilError && error.disposition !== 'retry') return error;
    throw error;
  }
}

function refusal({ code, message, remedy }: CounterfoilError): PlannedTable['refused'] {
  return { code, reason: remedy === undefined ? message : `${message}. ${remedy}` };
}
