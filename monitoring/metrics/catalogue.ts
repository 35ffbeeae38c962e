import { DOCUMENT_METRICS, FEED_METRICS } from './document-metrics.ts';
import type { CatalogueEntry } from './entry.ts';
import { ACCOUNTING_METRICS } from './accounting-metrics.ts';
import { INVARIANT_METRICS } from './invariant-metrics.ts';
import { JOURNAL_METRICS } from './journal-metrics.ts';

/** Seconds, from a stream that keeps up (tens of milliseconds) to one that stood still over a holiday. */
const LATENCY_BUCKETS = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 86_400,
] as const;
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
const SIZE_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const;
const CHECK_BUCKETS = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600] as const;

/**
 * Every metric of the product, and nothing else says what they are called: the code, docs/metrics.md and the alert
 * rules are tested against this table. Labels name routes, topics, tables, codes and states, whose number is bounded by
 * the configuration; never keys.
 */
export const METRICS = {
  events: {
    type: 'counter',
    name: 'counterfoil_events_total',
    help: 'Events by the stage in which they ended and how; committed with their batch. Stage read, outcome read counts them all: the sum of the others equals it.',
    labels: ['route', 'stage', 'outcome'],
  },
  rowsWritten: {
    type: 'counter',
    name: 'counterfoil_rows_written_total',
    help: 'Target rows upserted or deleted, after the changes of a batch were reduced to one per key.',
    labels: ['route'],
  },
  filtered: {
    type: 'counter',
    name: 'counterfoil_filtered_events_total',
    help: 'Events left out on purpose, by the rule that did so.',
    labels: ['route', 'rule'],
  },
  deadLetters: {
    type: 'counter',
    name: 'counterfoil_dead_letters_total',
    help: 'Records sent to the dead-letter topic, those parked behind another among them. A batch that is tried again sends its dead letters again.',
    labels: ['route', 'stage', 'code'],
  },
  lettersOpen: {
    type: 'gauge',
    name: 'counterfoil_dead_letters_open',
    help: 'Dead letters of the route that are neither redriven nor discarded, by error code; PARKED ones wait behind another.',
    labels: ['route', 'code'],
  },
  letterAge: {
    type: 'gauge',
    name: 'counterfoil_dead_letter_oldest_age_seconds',
    help: 'Since the oldest open dead letter of the route came; 0 when there is none.',
    labels: ['route'],
  },
  syncNext: {
    type: 'gauge',
    name: 'counterfoil_sync_next_timestamp_seconds',
    help: 'When the next run of a route with a schedule is due, in seconds since the epoch.',
    labels: ['route'],
  },
  syncOverdue: {
    type: 'gauge',
    name: 'counterfoil_sync_overdue_seconds',
    help: 'Since the moment of a run that should be complete by now (sync.completeWithinSeconds); 0 when there is none.',
    labels: ['route'],
  },
  syncRuns: {
    type: 'counter',
    name: 'counterfoil_sync_runs_total',
    help: 'Runs of routes that are complete, scheduled and manual ones, by verdict; none where there is nothing to compare.',
    labels: ['route', 'mode', 'verdict'],
  },
  syncVerdict: {
    type: 'gauge',
    name: 'counterfoil_sync_verdict',
    help: 'Verdict of the last run of the route: 1 for the one that it is, 0 for the others.',
    labels: ['route', 'verdict'],
  },
  batchEvents: {
    type: 'histogram',
    name: 'counterfoil_batch_events',
    help: 'Events in one committed batch.',
    labels: ['route'],
    buckets: SIZE_BUCKETS,
  },
  batchRows: {
    type: 'histogram',
    name: 'counterfoil_batch_rows',
    help: 'Target rows written by one committed batch.',
    labels: ['route'],
    buckets: SIZE_BUCKETS,
  },
  batchDuration: {
    type: 'histogram',
    name: 'counterfoil_batch_duration_seconds',
    help: 'From the receipt of a batch to its commit in the target.',
    labels: ['route'],
    buckets: DURATION_BUCKETS,
  },
  captureLatency: {
    type: 'histogram',
    name: 'counterfoil_capture_latency_seconds',
    help: 'From commit at the source to the record in Kafka.',
    labels: ['route'],
    buckets: LATENCY_BUCKETS,
  },
  applyLatency: {
    type: 'histogram',
    name: 'counterfoil_apply_latency_seconds',
    help: 'From the record in Kafka to commit at the target.',
    labels: ['route'],
    buckets: LATENCY_BUCKETS,
  },
  totalLatency: {
    type: 'histogram',
    name: 'counterfoil_total_latency_seconds',
    help: 'From commit at the source to commit at the target.',
    labels: ['route'],
    buckets: LATENCY_BUCKETS,
  },
  clockSkew: {
    type: 'counter',
    name: 'counterfoil_negative_latencies_total',
    help: 'Latencies below zero: the clocks of two machines disagree. They are counted here and enter the histogram as 0.',
    labels: ['route', 'leg'],
  },
  lagSeconds: {
    type: 'gauge',
    name: 'counterfoil_lag_seconds',
    help: 'How far the target is behind the source, by the source clock: now minus the time up to which every change is known to be in the target. Grows while the connector or the route stands still, also when nothing changes.',
    labels: ['route', 'topic'],
  },
  lagMessages: {
    type: 'gauge',
    name: 'counterfoil_lag_messages',
    help: 'Offsets between the position of the route and the end of its partitions here. Transaction markers count.',
    labels: ['route', 'topic'],
  },
  partitions: {
    type: 'gauge',
    name: 'counterfoil_route_partitions',
    help: 'Partitions that this process has claimed.',
    labels: ['route'],
  },
  routeState: {
    type: 'gauge',
    name: 'counterfoil_route_state',
    help: '1 for the state the route is in: starting, running, waiting (a failure that passes) or stopped.',
    labels: ['route', 'state'],
  },
  routeRetries: {
    type: 'counter',
    name: 'counterfoil_route_retries_total',
    help: 'Failures that pass, each followed by another try, by error code.',
    labels: ['route', 'code'],
  },
  connectorState: {
    type: 'gauge',
    name: 'counterfoil_connector_state',
    help: '1 for the state the connector is in: running, paused, restarting, failed, missing or unknown.',
    labels: ['connector', 'state'],
  },
  connectorFailedTasks: {
    type: 'gauge',
    name: 'counterfoil_connector_failed_tasks',
    help: 'Tasks of the connector that have failed.',
    labels: ['connector'],
  },
  connectorRestarts: {
    type: 'counter',
    name: 'counterfoil_connector_restarts_total',
    help: 'Restarts of the connector that this process has asked for.',
    labels: ['connector'],
  },
  valuesUnknown: {
    type: 'counter',
    name: 'counterfoil_values_unknown_total',
    help: 'Target tables altered for columns whose values in older rows no event has told of, and tables of rows that came incomplete; kind says whether the rows are read again or somebody is asked to.',
    labels: ['route', 'table', 'kind'],
  },
  ...DOCUMENT_METRICS,
  ...ACCOUNTING_METRICS,
  ...INVARIANT_METRICS,
  ...JOURNAL_METRICS,
  requests: {
    type: 'counter',
    name: 'counterfoil_http_requests_total',
    help: 'Messages sent to the endpoint, each attempt counted, by what it made of them: applied, known (it had it before, or something newer), refused, doubtful (403, 404, 410), unauthorized, throttled, unavailable or misconfigured.',
    labels: ['target', 'reception'],
  },
  requestDuration: {
    type: 'histogram',
    name: 'counterfoil_http_request_duration_seconds',
    help: 'From sending a message to the end of its answer, or to giving it up.',
    labels: ['target'],
    buckets: DURATION_BUCKETS,
  },
  breakerState: {
    type: 'gauge',
    name: 'counterfoil_http_breaker_state',
    help: '1 for the state of the circuit breaker: closed, open (the endpoint fails and is left alone) or probing (one request is under way to see whether it still does).',
    labels: ['target', 'state'],
  },
  tokens: {
    type: 'counter',
    name: 'counterfoil_http_tokens_total',
    help: 'Tokens asked for at the token endpoint, by outcome: granted or failed.',
    labels: ['target', 'outcome'],
  },
  ...FEED_METRICS,
  checks: {
    type: 'counter',
    name: 'counterfoil_checks_total',
    help: 'Finished checks of a route by verdict.',
    labels: ['route', 'verdict'],
  },
  checkVerdict: {
    type: 'gauge',
    name: 'counterfoil_check_verdict',
    help: '1 for the verdict of the last check of the route: match, mismatch or inconclusive.',
    labels: ['route', 'verdict'],
  },
  checkDuration: {
    type: 'histogram',
    name: 'counterfoil_check_duration_seconds',
    help: 'Duration of one check of a route, its waits included.',
    labels: ['route'],
    buckets: CHECK_BUCKETS,
  },
  tableChecks: {
    type: 'counter',
    name: 'counterfoil_table_checks_total',
    help: 'Finished checks of one target table by verdict.',
    labels: ['route', 'table', 'verdict'],
  },
  mismatchedRows: {
    type: 'gauge',
    name: 'counterfoil_check_mismatched_rows',
    help: 'Rows found missing, extra or different by the last check of the table that came to a verdict.',
    labels: ['route', 'table', 'kind'],
  },
  rowsCompared: {
    type: 'counter',
    name: 'counterfoil_check_rows_compared_total',
    help: 'Rows that checks have compared.',
    labels: ['route', 'table'],
  },
  checkInterval: {
    type: 'gauge',
    name: 'counterfoil_check_interval_seconds',
    help: 'How far apart checks of the route are scheduled.',
    labels: ['route'],
  },
  checkAge: {
    type: 'gauge',
    name: 'counterfoil_check_age_seconds',
    help: 'Since the last finished check of the route, of any verdict; since scheduling when there was none.',
    labels: ['route'],
  },
  provenAge: {
    type: 'gauge',
    name: 'counterfoil_check_conclusive_age_seconds',
    help: 'Since the last check of the route that said match or mismatch; since scheduling when there was none.',
    labels: ['route'],
  },
} as const satisfies Record<string, CatalogueEntry>;

export type MetricId = keyof typeof METRICS;
