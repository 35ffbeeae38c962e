import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { createChecker } from '../../monitoring/consistency/checker.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import type { Config } from '../config/schema.ts';
import { checkableRoute } from './checks.ts';
import { kafkaOf } from './kafka.ts';
import type { Route } from './routes.ts';

export interface CheckRoutesOptions {
  readonly signal: AbortSignal;
  readonly deadlineSeconds: number;
  readonly tables?: readonly string[];
  readonly onReport?: (report: CheckReport) => void;
}

/** Checks the routes one after the other. Never throws for what a check finds or cannot find. */
export async function checkRoutes(
  config: Config,
  routes: readonly Route[],
  options: CheckRoutesOptions,
): Promise<readonly CheckReport[]> {
  const reader = createTopicReader(kafkaOf(config, 'check'));
  const reports: CheckReport[] = [];
  try {
    for (const route of routes) {
      const checkable = checkableRoute(route, config, reader);
      try {
        const report = await createChecker().check(checkable, options);
        options.onReport?.(report);
        reports.push(report);
      } finally {
        await checkable.close();
      }
    }
  } finally {
    await reader.close();
  }
  return reports;
}
