import { retrying, DEFAULT_BACK_OFF } from '../../processors/pipeline/retry.ts';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { TableChange } from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { startBackfill, untilIdle } from './backfill.ts';
import { haveNoValues } from './new-columns.ts';
import type { Route } from './routes.ts';
import { listSourceTables } from './source-tables.ts';

export interface ReadingsOptions {
  readonly config: Config;
  readonly routes: readonly Route[];
  readonly telemetry: Telemetry;
}

/** Rows of source tables that are read again: their target tables have got columns, or they came without some values. */
export interface Readings {
  /** A table of this target was altered. Returns at once. */
  altered(target: string, table: TableId, changes: readonly TableChange[]): void;
  /** The target of this route lacks rows of a source table that came incomplete. Returns at once. */
  incomplete(route: Route, table: TableId, where: string): void;
  /** Orders what was noted, one backfill after the other, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

interface Alteration {
  readonly kind: 'altered';
  readonly target: string;
  readonly table: TableId;
  readonly columns: readonly string[];
  /** Only columns were added, and none may have become one of them by a new name. */
  readonly onlyAdded: boolean;
}

interface Incompletion {
  readonly kind: 'incomplete';
  readonly route: Route;
  readonly table: TableId;
  readonly where: string;
}

/**
 * When a source table gets a column, its rows get values in it (a default, or what a column held under another name) and
 * the log says nothing of it. So a table that a target table was altered for is read again, while the stream goes on.
 * What was noted is not kept over a restart: the check then says that rows differ. Incomplete rows have dead letters, which
 * are.
 */
export function createReadings({ config, routes, telemetry }: ReadingsOptions): Readings {
  const noted: (Alteration | Incompletion)[] = [];
  /** One reading serves all routes: it comes to each of them behind the change of the table. */
  const ordered = new Set<string>();
  let wake: () => void = () => undefined;

  function note(reason: Alteration | Incompletion): void {
    noted.push(reason);
    wake();
  }

  function handle(reason: Alteration | Incompletion, signal: AbortSignal): Promise<void> {
    switch (reason.kind) {
      case 'altered':
        return handleAlteration(reason, signal);
      case 'incomplete':
        return readAgain(reason.route, reason.table, { columns: [], where: reason.where }, signal);
      default:
        return unreachable(reason);
    }
  }

  async function handleAlteration(alteration: Alteration, signal: AbortSignal): Promise<void> {
    const { columns } = alteration;
    for (const route of routes.filter((each) => each.config.target === alteration.target)) {
      const source = config.sources[route.config.source];
      if (source === undefined) continue;
      for (const table of await sourcesOf(route, source, alteration.table)) {
        if (alteration.onlyAdded && route.config.kind === 'mirror')
          if (await haveNoValues(route.config.source, source, table, columns)) continue;
        await readAgain(route, table, { columns, where: null }, signal);
      }
    }
  }

  async function readAgain(
    route: Route,
    table: TableId,
    { columns, where }: { readonly columns: readonly string[]; readonly where: string | null },
    signal: AbortSignal,
  ): Promise<void> {
    const { source: name } = route.config;
    const source = config.sources[name];
    if (source === undefined) return;
    const tell = (reason: string | null, remedy: string | null = null): void => {
      telemetry.emit({
        ...{ type: 'values-unknown', route: route.name, source: name, table: tableLabel(table), columns },
        ...{ reason, remedy },
      });
    };
    const asking = whyAsked(route, source);
    if (asking !== null) {
      tell(asking, `Run: counterfoil backfill ${tableLabel(table)}`);
      return;
    }
    const order = [name, tableLabel(table), where ?? '', ...columns].join('\n');
    try {
      if (!ordered.has(order)) {
        await untilIdle(config, name, signal);
        await startBackfill(config, name, table, where);
        ordered.add(order);
      }
      tell(null);
    } catch (error) {
      const failure = asCounterfoilError(error, 'INTERNAL', `the order failed: ${(error as Error).message}`);
      if (failure.disposition === 'retry' || signal.aborted) throw failure;
      tell(failure.message, failure.remedy ?? `Run: counterfoil backfill ${tableLabel(table)}`);
    }
  }

  return {
    altered(target, table, changes) {
      const columns = changes.flatMap((change) =>
        (change.kind === 'add' || change.kind === 'retype') && change.action === 'evolve'
          ? [change.column]
          : [],
      );
      if (columns.length === 0) return;
      const onlyAdded = changes.every(({ kind }) => kind === 'add' || kind === 'widen');
      note({ kind: 'altered', target, table, columns, onlyAdded });
    },

    incomplete(route, table, where) {
      note({ kind: 'incomplete', route, table, where });
    },

    async run(signal) {
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      });
      while (!signal.aborted) {
        const next = noted.shift();
        if (next === undefined) {
          await Promise.race([aborted, new Promise<void>((resolve) => (wake = resolve))]);
          continue;
        }
        await retrying(() => handle(next, signal), {
          signal,
          backOff: DEFAULT_BACK_OFF,
          onFailure: () => undefined,
        }).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      }
    },
  };
}

/** Why a person is to order the reading; null when it can be ordered from here. */
function whyAsked({ config }: Route, source: SourceConfig): string | null {
  if (config.kind === 'mirror' && config.schemaChange.readAgain === 'ask') return 'the route says so';
  return source.signals === undefined ? 'the source has no table of signals' : null;
}

/** The source tables whose rows go to a target table. */
async function sourcesOf(route: Route, source: SourceConfig, target: TableId): Promise<readonly TableId[]> {
  const label = tableLabel(target);
  const tables = await listSourceTables(route.config.source, source);
  return tables.filter(
    (table) =>
      route.mapping.accepts(table) && route.targetsOf(table).some((each) => tableLabel(each) === label),
  );
}
