import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { tableIdOf } from '../../../schemas/contract/table-pattern.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { TableId } from '../../../schemas/contract/table.ts';
import { unknownName } from '../../config/faults.ts';
import type { Config } from '../../config/schema.ts';
import { loadCatalogue } from '../../packs/catalogue.ts';
import { routeNamed } from '../routes.ts';
import type { Route } from '../routes.ts';

/** What somebody at the keyboard says is to be synchronized. */
export interface Choice {
  readonly route?: string | undefined;
  readonly entity?: string | undefined;
  /** `namespace.name`, as the source names it. */
  readonly table?: string | undefined;
  readonly where?: string | undefined;
  /** Routes with a schedule may be brought up to now. */
  readonly now?: boolean | undefined;
}

/** A whole route with a schedule, or rows of a source table and the routes that carry them. */
export type Chosen =
  | { readonly kind: 'route'; readonly route: Route }
  | {
      readonly kind: 'rows';
      readonly routes: readonly Route[];
      readonly source: string;
      readonly table: TableId;
      readonly where: string | null;
    };

/** Throws CONFIGURATION_INVALID for what does not name exactly one thing to do. */
export async function chosenRows(choice: Choice, routes: readonly Route[], config: Config): Promise<Chosen> {
  const { route: name, entity, table, where } = choice;
  if (entity !== undefined && table !== undefined) throw usage('name an entity or a table, not both');
  if (entity === undefined && table === undefined) {
    if (where !== undefined) throw usage('--where is about rows of an entity or a table: name one of them');
    if (name === undefined) throw usage('name a route, an entity (--entity) or a table (--table)');
    const route = routeNamed(routes, name);
    if (route.config.sync.mode === 'batch') return { kind: 'route', route };
    throw usage(`route ${name} streams`, 'Name rows of it with --entity or --table to have them read again.');
  }
  const candidates = name === undefined ? routes : [routeNamed(routes, name)];
  const id = entity === undefined ? tableIdOf(table ?? '') : await tableOfEntity(entity, config);
  const carrying = candidates.filter(
    ({ config, mapping }) =>
      mapping.accepts(id) &&
      (entity === undefined || (config.kind === 'entities' && config.entities.includes(entity))),
  );
  const [first] = carrying;
  if (first === undefined)
    throw usage(
      `${name === undefined ? 'no route carries' : `route ${name} does not carry`} ${entity ?? tableLabel(id)}`,
    );
  const { source } = first.config;
  if (carrying.some(({ config }) => config.source !== source))
    throw usage(
      `${tableLabel(id)} is in several sources`,
      `Name one of the routes ${carrying.map((each) => each.name).join(', ')}.`,
    );
  const resting = carrying.filter(({ config }) => config.sync.mode === 'batch');
  if (resting.length > 0 && choice.now !== true)
    throw usage(
      `${resting.map((each) => each.name).join(', ')} rests between its runs, and rows that are read again come with all that was committed until now`,
      'Say --now to bring it up to now.',
    );
  return { kind: 'rows', routes: carrying, source, table: id, where: where ?? null };
}

async function tableOfEntity(name: string, config: Config): Promise<TableId> {
  const { entities } = await loadCatalogue(config);
  const found = entities.get(name);
  if (found !== undefined) return found.declaration.source.id;
  throw usage(`--entity ${unknownName(name, [...entities.keys()])}`);
}

function usage(message: string, remedy?: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', message, remedy === undefined ? {} : { remedy });
}
