import type { CheckReport } from '../../monitoring/consistency/report.ts';
import type { ActivityTotals } from '../../stack/demo/activity/totals.ts';
import type { RouteConfig } from '../config/route-schema.ts';
import type { MetricsView } from './metrics-view.ts';
import { textTable } from '../text-table.ts';

/** What the summary is made of. */
export interface DemoState {
  readonly seconds: number;
  readonly url: string;
  readonly routes: readonly RouteConfig[];
  readonly view: MetricsView;
  /** Events applied per second, by route, since the last summary. */
  readonly rates: ReadonlyMap<string, number>;
  readonly totals: ActivityTotals;
}

/** What streams where, how fast, how far behind, and what the checks say. */
export function livingSummary({ seconds, url, routes, view, rates, totals }: DemoState): string {
  const table = textTable([
    'route',
    'from → to',
    'state',
    'applied',
    'per s',
    'lag msgs',
    'lag s',
    'p50 / p99 s',
    'dead letters',
    'last check',
  ]);
  for (const { name, source, target } of routes) {
    const labels = { route: name };
    table.push([
      name,
      `${source} → ${target}`,
      view.state('counterfoil_route_state', 'state', labels) ?? '?',
      view.sum('counterfoil_events_total', { ...labels, outcome: 'applied' }),
      (rates.get(name) ?? 0).toFixed(1),
      view.sum('counterfoil_lag_messages', labels),
      view.max('counterfoil_lag_seconds', labels)?.toFixed(1) ?? '',
      latency(view, name),
      view.sum('counterfoil_dead_letters_total', labels),
      view.state('counterfoil_check_verdict', 'verdict', labels) ?? 'none yet',
    ]);
  }
  const vouchers = (kind: string) => view.sum('counterfoil_vouchers_total', { kind });
  const waiting = view.sum('counterfoil_documents_waiting', { state: 'parked' });
  const memory = view.max('process_resident_memory_bytes') ?? 0;
  return [
    `after ${Math.round(seconds)} s: OA transactions ${totals.oa.committed}, claims approved ${totals.oa.claimsFinished}, contract payments approved ${totals.oa.paymentsFinished}, receipts ${totals.oa.actions['receive-goods']}, payments made ${totals.finance.pay}, settled ${totals.finance.settle}`,
    table.toString(),
    `vouchers: ${vouchers('post')} posted, ${vouchers('reverse')} reversed; ${waiting} documents wait for finance`,
    `pipeline: ${Math.round(memory / 1e6)} MB resident; metrics ${url}/metrics, health ${url}/readyz`,
  ].join('\n');
}

export function latency(view: MetricsView, route: string): string {
  const of = (q: number) => view.quantile('counterfoil_total_latency_seconds', q, { route });
  const [p50, p99] = [of(0.5), of(0.99)];
  return p50 == null || p99 == null ? '' : `≤ ${p50} / ≤ ${p99}`;
}

/** The verdicts at the end of a run, table by table. */
export function checkSummary(reports: readonly CheckReport[]): string {
  const table = textTable(['route', 'table', 'verdict', 'rows compared', 'missing', 'extra', 'different']);
  for (const report of reports) {
    for (const one of report.tables) {
      table.push([
        report.route,
        one.table,
        one.verdict,
        one.rowsCompared,
        one.missing,
        one.extra,
        one.different,
      ]);
    }
    if (report.tables.length === 0)
      table.push([report.route, '', report.verdict, 0, '', '', report.reason ?? '']);
  }
  return table.toString();
}
