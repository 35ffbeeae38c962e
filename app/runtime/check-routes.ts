import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { createChecker } from '../../monitoring/consistency/checker.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Config } from '../config/schema.ts';
import { checkableRoute, checkerSettings, incomparable } from './checks.ts';
import { kafkaOf } from './kafka.ts';
import type { Route } from './routes.ts';

export interface CheckRoutesOptions {
  readonly signal: AbortSignal;
  readonly deadlineSeconds: number;
  readonly tables?: readonly string[];
  /** SQL of the source: only these of its rows. */
  readonly where?: string;
  /** Rows per table that a report names; default 20. */
  readonly shownKeys?: number;
  readonly onReport?: (report: CheckReport) => void;
  /** A route whose target cannot be compared: there is no report of it, and nothing is said of whether it matches. */
  readonly onIncomparable?: (route: string, reason: string) => void;
}

/**
 * Checks the routes into databases one after the other. Never throws for what a check finds or cannot find. When it is limited to some
 * tables, routes that have none of them are left out; throws CONFIGURATION_INVALID for a table that no route has.
 */
export async function checkRoutes(
  config: Config,
  routes: readonly Route[],
  options: CheckRoutesOptions,
): Promise<readonly CheckReport[]> {
  const reader = createTopicReader(kafkaOf(config, 'check'));
  const { shownKeys } = options;
  const checker = createChecker({
    ...checkerSettings(config),
    ...(shownKeys === undefined ? {} : { shownKeys }),
  });
  const reports: CheckReport[] = [];
  const unknown = new Set(options.tables);
  try {
    for (const route of routes) {
      const reason = incomparable(route, config);
      if (reason !== null) {
        options.onIncomparable?.(route.name, reason);
        continue;
      }
      const checkable = checkableRoute(route, config, reader);
      try {
        const report = await checker.check(checkable, options);
        for (const table of options.tables ?? [])
          if (!report.unknownTables.includes(table)) unknown.delete(table);
        if (options.tables !== undefined && report.unknownTables.length === options.tables.length) continue;
        options.onReport?.(report);
        reports.push(report);
      } finally {
        await checkable.close();
      }
    }
  } finally {
    await reader.close();
  }
  if (unknown.size > 0)
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `no route that was checked has a table named ${[...unknown].join(' or ')}`,
      { remedy: 'Name a source or target table as namespace.table, as the report of the whole check does.' },
    );
  return reports;
}
