import { collectDefaultMetrics } from 'prom-client';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type {
  BreakerState,
  ConnectorHealth,
  RouteState,
  Telemetry,
  TelemetryEvent,
} from '../../schemas/contract/telemetry.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import { CheckClock } from './check-clock.ts';
import { DeadLetterStages } from './dead-letter-stages.ts';
import { createInstruments } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import { LagTracker } from './lag.ts';
import { createEventLog } from './log.ts';
import type { Logger } from './log.ts';
import { OpenLetters } from './open-letters.ts';
import { countAudit, countInvariant, countTransactions, oneOf, VERDICTS } from './proofs.ts';
import type { EventOf } from './proofs.ts';

export interface TelemetryOptions {
  readonly registry: Registry;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const ROUTE_STATES = [
  'starting',
  'running',
  'resting',
  'waiting',
  'stopped',
] as const satisfies readonly RouteState[];
const BREAKER_STATES = ['closed', 'open', 'probing'] as const satisfies readonly BreakerState[];
const CONNECTOR_STATES = [
  'running',
  'paused',
  'restarting',
  'failed',
  'missing',
  'unknown',
] as const satisfies readonly ConnectorHealth[];

/**
 * Turns each happening into its log line and its metrics. Registers the product's metrics and the default metrics of
 * the process in `registry`; throws when they are registered there already.
 */
export function createTelemetry({ registry, logger, now = Date.now }: TelemetryOptions): Telemetry {
  const lag = new LagTracker();
  const clock = new CheckClock();
  const stages = new DeadLetterStages();
  const letters = new OpenLetters();
  const log = createEventLog(logger);
  const ageOf = (since: number | null) => (since === null ? 0 : Math.max(0, (now() - since) / 1_000));
  const metrics = createInstruments(registry, {
    lagSeconds: (gauge) => {
      gauge.reset();
      for (const { route, topic, seconds } of lag.topics(now()))
        if (seconds !== null) gauge.set({ route, topic }, seconds);
    },
    lagMessages: (gauge) => {
      gauge.reset();
      for (const { route, topic, messages } of lag.topics(now())) gauge.set({ route, topic }, messages);
    },
    checkAge: (gauge) => {
      for (const { route, any } of clock.ages(now())) gauge.set({ route }, any);
    },
    provenAge: (gauge) => {
      for (const { route, conclusive } of clock.ages(now())) gauge.set({ route }, conclusive);
    },
    lettersOpen: (gauge) => {
      gauge.reset();
      for (const { route, code, count: open } of letters.counts()) gauge.set({ route, code }, open);
    },
    letterAge: (gauge) => {
      for (const { route, seconds } of letters.ages(now())) gauge.set({ route }, seconds);
    },
  });
  collectDefaultMetrics({ register: registry });

  function count(event: TelemetryEvent): void {
    switch (event.type) {
      case 'batch-applied':
        lag.applied(event.route, event.partition, event.sourceTime);
        countBatch(metrics, stages, event);
        return;
      case 'partition-lag':
        lag.measured(event.route, event.partition, event.messages, now());
        return;
      case 'event-dead-lettered':
        stages.sent(event.route, event.partition, event.offset, event.stage);
        metrics.deadLetters.inc({ route: event.route, stage: event.stage, code: event.code });
        return;
      case 'event-filtered':
        metrics.filtered.inc({ route: event.route, rule: event.rule }, event.count);
        return;
      case 'route-state':
        oneOf(ROUTE_STATES, event.state, (state, value) => {
          metrics.routeState.set({ route: event.route, state }, value);
        });
        return;
      case 'route-retry':
        metrics.routeRetries.inc({ route: event.route, code: event.code });
        return;
      case 'partitions-assigned':
        lag.assigned(event.route, event.partitions, event.sourceTime);
        stages.forget(event.route);
        metrics.partitions.set({ route: event.route }, event.partitions.length);
        return;
      case 'letters-open':
        letters.seen(event.route, event.open, event.oldest);
        return;
      case 'check-scheduled':
        clock.scheduled(event.route, now());
        metrics.checkInterval.set({ route: event.route }, event.intervalSeconds);
        return;
      case 'check-finished':
        countTableCheck(metrics, event);
        return;
      case 'route-check-finished':
        clock.finished(event.route, event.verdict, now());
        metrics.checks.inc({ route: event.route, verdict: event.verdict });
        metrics.checkDuration.observe({ route: event.route }, event.seconds);
        oneOf(VERDICTS, event.verdict, (verdict, value) => {
          metrics.checkVerdict.set({ route: event.route, verdict }, value);
        });
        return;
      case 'sync-standing':
        lag.exempt(event.route);
        if (event.next !== null) metrics.syncNext.set({ route: event.route }, event.next / 1_000);
        metrics.syncOverdue.set(
          { route: event.route },
          event.overdueSince === null ? 0 : Math.max(0, (now() - event.overdueSince) / 1_000),
        );
        return;
      case 'sync-finished':
        metrics.syncRuns.inc({ route: event.route, mode: event.mode, verdict: event.verdict ?? 'none' });
        if (event.verdict === null) return;
        oneOf(VERDICTS, event.verdict, (verdict, value) => {
          metrics.syncVerdict.set({ route: event.route, verdict }, value);
        });
        return;
      case 'connector-health':
        metrics.connectorFailedTasks.set({ connector: event.connector }, event.failedTasks);
        oneOf(CONNECTOR_STATES, event.health, (state, value) => {
          metrics.connectorState.set({ connector: event.connector, state }, value);
        });
        return;
      case 'connector-restarted':
        metrics.connectorRestarts.inc({ connector: event.connector });
        return;
      case 'values-unknown':
        metrics.valuesUnknown.inc({
          route: event.route,
          table: event.table,
          kind: event.reason === null ? 'read-again' : 'asked',
        });
        return;
      case 'request-answered':
        metrics.requests.inc({ target: event.target, reception: event.reception });
        metrics.requestDuration.observe({ target: event.target }, event.seconds);
        return;
      case 'breaker-state':
        oneOf(BREAKER_STATES, event.state, (state, value) => {
          metrics.breakerState.set({ target: event.target, state }, value);
        });
        return;
      case 'token-requested':
        metrics.tokens.inc({ target: event.target, outcome: event.outcome });
        return;
      case 'transactions-reconciled':
        countTransactions(metrics, event, now());
        return;
      case 'transaction-unbalanced':
      case 'accounting-failed':
        return;
      case 'invariant-looked-at':
        countInvariant(metrics, event, now());
        return;
      case 'journal-anchored':
        metrics.journalChains.set({ target: event.target }, event.chains);
        metrics.journalAnchored.set({ target: event.target }, now() / 1_000);
        return;
      case 'audit-finished':
        countAudit(metrics, event, now());
        return;
      case 'documents-decided':
        for (const [state, count] of Object.entries(event.states))
          metrics.documents.inc({ posting: event.posting, state }, count);
        for (const [kind, count] of Object.entries(event.vouchers))
          metrics.vouchers.inc({ posting: event.posting, kind }, count);
        return;
      case 'documents-standing':
        for (const [state, count] of Object.entries(event.waiting))
          metrics.documentsWaiting.set({ posting: event.posting, state }, count);
        metrics.documentsPending.set({ posting: event.posting }, event.pending);
        metrics.documentsPendingAge.set({ posting: event.posting }, ageOf(event.oldest));
        return;
      case 'documents-told':
        metrics.feedDocuments.inc({ feed: event.feed, outcome: 'told' }, event.told);
        metrics.feedDocuments.inc({ feed: event.feed, outcome: 'refused' }, event.refused);
        return;
      case 'documents-untold':
        metrics.feedPending.set({ feed: event.feed }, event.pending);
        metrics.feedPendingAge.set({ feed: event.feed }, ageOf(event.oldest));
        metrics.feedRefused.set({ feed: event.feed }, event.refused);
        return;
      default:
        unreachable(event);
    }
  }

  return {
    emit(event) {
      count(event);
      log(event);
    },
  };
}

/** Gives every happening to each of several listeners, in order. */
export function combineTelemetry(listeners: readonly Telemetry[]): Telemetry {
  return {
    emit(event) {
      for (const listener of listeners) listener.emit(event);
    },
  };
}

function countBatch(metrics: Instruments, stages: DeadLetterStages, event: EventOf<'batch-applied'>): void {
  const { route, outcomes } = event;
  const ended = (stage: string, outcome: string, events: number) => {
    if (events > 0) metrics.events.inc({ route, stage, outcome }, events);
  };
  ended('read', 'read', event.events);
  ended('apply', 'applied', outcomes.applied);
  ended('apply', 'superseded', outcomes.superseded);
  ended('apply', 'duplicate', outcomes.duplicate);
  ended('map', 'filtered', outcomes.filtered);
  ended('park', 'parked', outcomes.parked);
  const failed = stages.take(route, event.partition, event.next).filter((stage) => stage !== 'park');
  for (const stage of failed.slice(0, outcomes['dead-lettered'])) ended(stage, 'dead-lettered', 1);
  // The batch says how many there were; the stage of those not announced before is not known.
  ended('read', 'dead-lettered', outcomes['dead-lettered'] - failed.length);

  if (event.rows > 0) metrics.rowsWritten.inc({ route }, event.rows);
  metrics.batchEvents.observe({ route }, event.events);
  metrics.batchRows.observe({ route }, event.rows);
  metrics.batchDuration.observe({ route }, event.seconds);
  const capture = latency(metrics.captureLatency, metrics.clockSkew, route, 'capture');
  const apply = latency(metrics.applyLatency, metrics.clockSkew, route, 'apply');
  const total = latency(metrics.totalLatency, metrics.clockSkew, route, 'total');
  for (const timing of event.timings) {
    capture(timing.capture);
    apply(timing.apply);
    total(timing.total);
  }
}

function latency(
  histogram: Histogram<'route'>,
  clockSkew: Counter<'route' | 'leg'>,
  route: string,
  leg: string,
): (seconds: number | null) => void {
  const child = histogram.labels({ route });
  return (seconds) => {
    if (seconds === null) return;
    if (seconds < 0) clockSkew.inc({ route, leg });
    child.observe(Math.max(0, seconds));
  };
}

function countTableCheck(metrics: Instruments, event: EventOf<'check-finished'>): void {
  const { route, table, verdict } = event;
  metrics.tableChecks.inc({ route, table, verdict });
  metrics.rowsCompared.inc({ route, table }, event.rowsCompared);
  // An unproven check says nothing about the rows: the figures of the last verdict stand.
  if (verdict === 'inconclusive') return;
  setRows(metrics.mismatchedRows, route, table, event);
}

function setRows(
  gauge: Gauge<'route' | 'table' | 'kind'>,
  route: string,
  table: string,
  rows: { readonly missing: number; readonly extra: number; readonly different: number },
): void {
  gauge.set({ route, table, kind: 'missing' }, rows.missing);
  gauge.set({ route, table, kind: 'extra' }, rows.extra);
  gauge.set({ route, table, kind: 'different' }, rows.different);
}
