import type { ConnectorHealth, TelemetryEvent } from '../../schemas/contract/telemetry.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';

type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What is needed of a logger; pino's fits. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

interface LogLine {
  readonly level: keyof Logger;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/**
 * Writes the one log line of each happening. A connector's health is polled: only a change of it is worth more than
 * `debug`.
 */
export function createEventLog(logger: Logger): (event: TelemetryEvent) => void {
  const health = new Map<string, string>();
  return (event) => {
    const { level, fields, message } = logLine(event);
    const repeated = event.type === 'connector-health' && health.get(event.connector) === event.health;
    if (event.type === 'connector-health') health.set(event.connector, event.health);
    logger[repeated ? 'debug' : level](fields, message);
  };
}

/** Fields are plain JSON: offsets become strings of digits. */
export function logLine(event: TelemetryEvent): LogLine {
  const { type, ...rest } = event;
  const fields = { event: type, ...rest };
  switch (event.type) {
    case 'batch-applied':
      return {
        level: 'debug',
        // One timing per event is for the histograms, not for a line.
        fields: { ...fields, timings: undefined, next: event.next.toString() },
        message: `applied ${event.events} events of ${place(event.partition)}`,
      };
    case 'partition-lag':
      return {
        level: 'debug',
        fields,
        message: `${event.messages} messages left in ${place(event.partition)}`,
      };
    case 'event-dead-lettered':
      return {
        level: 'warn',
        fields: { ...fields, offset: event.offset.toString() },
        message: `set aside the record at ${place(event.partition)}@${event.offset.toString()}: ${event.code}${because(event.reason)}`,
      };
    case 'event-filtered':
      return { level: 'debug', fields, message: `left out ${event.count} events by rule ${event.rule}` };
    case 'route-state':
      return { level: stateLevel(event.state, event.code !== null), fields, message: stateMessage(event) };
    case 'route-retry':
      return {
        level: 'warn',
        fields,
        message: `${event.route}: attempt ${event.attempt} failed (${event.code}): ${event.reason}`,
      };
    case 'partitions-assigned':
      return {
        level: 'info',
        fields: { ...fields, partitions: event.partitions.map(place) },
        message: `${event.route}: reads ${event.partitions.length} partitions`,
      };
    case 'letters-open':
      return {
        level: 'debug',
        fields: { ...fields, open: Object.fromEntries(event.open) },
        message: `${event.route}: ${[...event.open.values()].reduce((sum, n) => sum + n, 0)} dead letters are open`,
      };
    case 'check-scheduled':
      return {
        level: 'info',
        fields,
        message: `${event.route}: checks run every ${event.intervalSeconds} s`,
      };
    case 'check-finished':
      return { level: verdictLevel(event.verdict), fields, message: tableMessage(event) };
    case 'route-check-finished':
      return {
        level: verdictLevel(event.verdict),
        fields,
        message: `check of ${event.route}: ${event.verdict}${because(event.reason)}`,
      };
    case 'connector-health':
      return {
        level: healthLevel(event.health),
        fields,
        message: `connector ${event.connector} is ${event.health}`,
      };
    case 'connector-restarted':
      return {
        level: 'warn',
        fields,
        message: `restarted connector ${event.connector}, attempt ${event.attempt}`,
      };
    case 'values-unknown':
      return {
        level: event.reason === null ? 'info' : 'warn',
        fields,
        message: valuesMessage(event),
      };
    case 'request-answered':
      return { level: 'debug', fields, message: `${event.target}: a message was ${event.reception}` };
    case 'breaker-state':
      return {
        level: event.state === 'open' ? 'warn' : 'info',
        fields,
        message: `${event.target}: the circuit breaker is ${event.state}${because(event.reason)}`,
      };
    case 'transactions-reconciled':
      return {
        level: 'debug',
        fields,
        message: `${event.balanced} transactions are balanced, ${event.open} are open`,
      };
    case 'transaction-unbalanced':
      return {
        level: 'error',
        fields,
        message: `transaction ${event.transaction} of the source is not balanced: ${event.explanation}`,
      };
    case 'accounting-failed':
      return {
        level: event.attempt === 1 ? 'warn' : 'debug',
        fields,
        message: `transactions are not counted for now: ${event.reason}`,
      };
    case 'invariant-looked-at':
      return {
        level: event.verdict === 'mismatch' ? 'error' : 'debug',
        fields,
        message: `${event.rule} in ${event.target}: ${event.verdict}${because(event.reason)}`,
      };
    case 'journal-anchored':
      return {
        level: 'debug',
        fields,
        message: `the ends of ${event.chains} chains of the journal of ${event.target} are anchored`,
      };
    case 'audit-finished':
      return {
        level: verdictLevel(event.verdict),
        fields,
        message: `audit of ${event.target}: ${event.verdict}${because(event.reason)}`,
      };
    case 'token-requested':
      return {
        level: event.outcome === 'granted' ? 'info' : 'warn',
        fields,
        message: `${event.target}: a token was asked for and ${event.outcome === 'granted' ? 'granted' : 'not granted'}`,
      };
    case 'sync-standing':
      return {
        level: 'debug',
        fields,
        message: `${event.route}: ${event.next === null ? 'no run is planned' : `the next run is due at ${new Date(event.next).toISOString()}`}`,
      };
    case 'sync-finished':
      return {
        level: event.verdict === null ? 'info' : verdictLevel(event.verdict),
        fields,
        message: `${event.route}: run ${event.run} is complete, ${event.verdict ?? 'without a check'}${because(event.reason)}`,
      };
    case 'documents-decided':
      return {
        level: 'info',
        fields,
        message: `${event.posting}: ${event.documents} documents looked at, ${event.vouchers.post} vouchers posted, ${event.vouchers.reverse} reversed`,
      };
    case 'documents-standing':
      return { level: 'debug', fields, message: `${event.posting}: ${event.pending} documents are pending` };
    case 'documents-told':
      return {
        level: event.refused === 0 ? 'debug' : 'warn',
        fields,
        message: `${event.feed}: ${event.told} documents told, ${event.refused} refused`,
      };
    case 'documents-untold':
      return { level: 'debug', fields, message: `${event.feed}: ${event.pending} documents are pending` };
    default:
      return unreachable(event);
  }
}

function valuesMessage(event: Extract<TelemetryEvent, { type: 'values-unknown' }>): string {
  const { route, table, columns, reason, remedy } = event;
  const unknown =
    columns.length === 0
      ? `${route}: rows of ${table} came without some of their values, and the target does not have them`
      : `${route}: rows of ${table} may hold values in ${columns.join(', ')} that no event has told of`;
  if (reason === null) return `${unknown}; they are read again`;
  return `${unknown}; they are not read again${because(reason)}${remedy === null ? '' : ` (${remedy})`}`;
}

function place({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition.toString()}`;
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}

function stateLevel(state: string, failed: boolean): keyof Logger {
  if (!failed) return 'info';
  return state === 'stopped' ? 'error' : 'warn';
}

function stateMessage(event: Extract<TelemetryEvent, { type: 'route-state' }>): string {
  const remedy = event.remedy === null ? '' : ` (${event.remedy})`;
  return `${event.route} is ${event.state}${because(event.reason)}${remedy}`;
}

function healthLevel(health: ConnectorHealth): keyof Logger {
  if (health === 'running') return 'info';
  return health === 'failed' || health === 'missing' ? 'error' : 'warn';
}

function verdictLevel(verdict: 'match' | 'mismatch' | 'inconclusive'): keyof Logger {
  if (verdict === 'match') return 'info';
  return verdict === 'mismatch' ? 'error' : 'warn';
}

function tableMessage(event: Extract<TelemetryEvent, { type: 'check-finished' }>): string {
  const found = `${event.missing} missing, ${event.extra} extra, ${event.different} different`;
  return `check of ${event.table}: ${event.verdict}, ${event.rowsCompared} rows compared, ${found}${because(event.reason)}`;
}
