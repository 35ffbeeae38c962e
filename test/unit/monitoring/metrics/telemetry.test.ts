import { Registry } from 'prom-client';
import { createTelemetry, combineTelemetry } from '../../../../monitoring/metrics/telemetry.ts';
import { offsetOf } from '../../../../schemas/contract/position.ts';
import type { TelemetryEvent } from '../../../../schemas/contract/telemetry.ts';

const partition = { topic: 'oa.claim', partition: 0 };
const none = { applied: 0, superseded: 0, duplicate: 0, filtered: 0, 'dead-lettered': 0, parked: 0 };

type Line = readonly [level: string, fields: Readonly<Record<string, unknown>>, message: string];

function setUp() {
  let time = 0;
  const lines: Line[] = [];
  const write = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push([level, fields, message]);
  };
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const registry = new Registry();
  const telemetry = createTelemetry({ registry, logger, now: () => time });
  async function value(name: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> {
    const text = await registry.metrics();
    const wanted = Object.entries(labels).map(([label, of]) => `${label}="${of}"`);
    const line = text.split('\n').find((candidate) => {
      const [series = ''] = candidate.split(' ');
      return series.split('{')[0] === name && wanted.every((part) => series.includes(part));
    });
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
  }
  return {
    lines,
    registry,
    value,
    at: (now: number, ...events: readonly TelemetryEvent[]) => {
      time = now;
      for (const event of events) telemetry.emit(event);
    },
  };
}

function batch(over: Partial<Extract<TelemetryEvent, { type: 'batch-applied' }>>): TelemetryEvent {
  return {
    type: 'batch-applied',
    route: 'r',
    partition,
    next: offsetOf(10),
    events: 0,
    outcomes: none,
    rows: 0,
    seconds: 0.1,
    timings: [],
    sourceTime: null,
    ...over,
  };
}

describe('createTelemetry', () => {
  test('each event that was read ends in exactly one counted outcome', async () => {
    const { at, value, registry } = setUp();
    const letter = {
      type: 'event-dead-lettered',
      route: 'r',
      partition,
      code: 'CONTRACT_VIOLATION',
      reason: 'oa.claim.id: too long',
    } as const satisfies Partial<TelemetryEvent>;
    // The batch fails after its dead letters were sent, and is tried again.
    at(0, { ...letter, offset: offsetOf(3), stage: 'validate' });
    at(0, { ...letter, offset: offsetOf(3), stage: 'validate' });
    at(0, { ...letter, offset: offsetOf(4), stage: 'decode' });
    at(0, { ...letter, offset: offsetOf(5), stage: 'park', code: 'PARKED' });
    at(
      0,
      batch({
        events: 10,
        rows: 4,
        outcomes: { applied: 4, superseded: 1, duplicate: 1, filtered: 1, 'dead-lettered': 2, parked: 1 },
      }),
    );
    expect(await value('counterfoil_events_total', { outcome: 'applied', stage: 'apply' })).toBe(4);
    expect(await value('counterfoil_events_total', { outcome: 'parked', stage: 'park' })).toBe(1);
    expect(await value('counterfoil_events_total', { outcome: 'dead-lettered', stage: 'validate' })).toBe(1);
    expect(await value('counterfoil_events_total', { outcome: 'dead-lettered', stage: 'decode' })).toBe(1);
    expect(await value('counterfoil_dead_letters_total', { stage: 'validate' })).toBe(2);
    const counted = await registry.getSingleMetric('counterfoil_events_total')?.get();
    const sum = (outcome: (name: unknown) => boolean) =>
      counted?.values
        .filter(({ labels }) => outcome(labels['outcome']))
        .reduce((total, { value: n }) => total + n, 0);
    expect(sum((name) => name !== 'read')).toBe(10);
    expect(sum((name) => name === 'read')).toBe(10);
    expect(await value('counterfoil_rows_written_total', {})).toBe(4);
  });

  test('lag is computed when it is scraped', async () => {
    const { at, value } = setUp();
    at(10_000, batch({ sourceTime: 9_000 }), { type: 'partition-lag', route: 'r', partition, messages: 3 });
    expect(await value('counterfoil_lag_seconds', { topic: 'oa.claim' })).toBe(1);
    at(60_000);
    expect(await value('counterfoil_lag_seconds', { topic: 'oa.claim' })).toBe(51);
    expect(await value('counterfoil_lag_messages', { topic: 'oa.claim' })).toBe(3);
    at(60_000, { type: 'partitions-assigned', route: 'r', partitions: [], sourceTime: null });
    expect(await value('counterfoil_lag_seconds', { topic: 'oa.claim' })).toBeUndefined();
  });

  test('open dead letters are counted by code, and the oldest has an age', async () => {
    const { at, value } = setUp();
    const open = new Map([['ROW_REJECTED', 2]]);
    at(0, { type: 'letters-open', route: 'r', open, oldest: 1_000 });
    at(61_000);
    expect(await value('counterfoil_dead_letters_open', { code: 'ROW_REJECTED' })).toBe(2);
    expect(await value('counterfoil_dead_letter_oldest_age_seconds', {})).toBe(60);
    at(62_000, { type: 'letters-open', route: 'r', open: new Map(), oldest: null });
    expect(await value('counterfoil_dead_letters_open', { code: 'ROW_REJECTED' })).toBeUndefined();
    expect(await value('counterfoil_dead_letter_oldest_age_seconds', {})).toBe(0);
  });

  test('a latency below zero is counted, not hidden', async () => {
    const { at, value } = setUp();
    at(0, batch({ timings: [{ capture: -0.2, apply: 0.3, total: null }] }));
    expect(await value('counterfoil_negative_latencies_total', { leg: 'capture' })).toBe(1);
    expect(await value('counterfoil_capture_latency_seconds_count', {})).toBe(1);
    expect(await value('counterfoil_apply_latency_seconds_sum', {})).toBe(0.3);
    expect(await value('counterfoil_total_latency_seconds_count', {})).toBeUndefined();
  });

  test('exactly one state of a route and of a connector is 1', async () => {
    const { at, value } = setUp();
    const state = { type: 'route-state', route: 'r', code: null, reason: null, remedy: null } as const;
    at(0, { ...state, state: 'running' }, { ...state, state: 'waiting', code: 'TARGET_UNAVAILABLE' });
    expect(await value('counterfoil_route_state', { state: 'running' })).toBe(0);
    expect(await value('counterfoil_route_state', { state: 'waiting' })).toBe(1);
    at(0, { type: 'connector-health', connector: 'oa', health: 'failed', failedTasks: 1 });
    expect(await value('counterfoil_connector_state', { state: 'failed' })).toBe(1);
    expect(await value('counterfoil_connector_state', { state: 'running' })).toBe(0);
    expect(await value('counterfoil_connector_failed_tasks', { connector: 'oa' })).toBe(1);
  });

  test('an inconclusive check neither clears mismatched rows nor counts as proof', async () => {
    const { at, value } = setUp();
    const check = {
      type: 'check-finished',
      route: 'r',
      table: 'ap.claim',
      seconds: 1,
      reason: null,
    } as const;
    const rows = { rowsCompared: 9, missing: 2, extra: 0, different: 1 };
    at(0, { type: 'check-scheduled', route: 'r', intervalSeconds: 60 });
    at(
      60_000,
      { ...check, ...rows, verdict: 'mismatch' },
      { type: 'route-check-finished', route: 'r', verdict: 'mismatch', seconds: 1, reason: null },
    );
    at(
      120_000,
      { ...check, rowsCompared: 0, missing: 0, extra: 0, different: 0, verdict: 'inconclusive' },
      { type: 'route-check-finished', route: 'r', verdict: 'inconclusive', seconds: 1, reason: 'too slow' },
    );
    at(130_000);
    expect(await value('counterfoil_check_mismatched_rows', { kind: 'missing' })).toBe(2);
    expect(await value('counterfoil_check_age_seconds', { route: 'r' })).toBe(10);
    expect(await value('counterfoil_check_conclusive_age_seconds', { route: 'r' })).toBe(70);
    expect(await value('counterfoil_check_verdict', { verdict: 'inconclusive' })).toBe(1);
    expect(await value('counterfoil_check_verdict', { verdict: 'mismatch' })).toBe(0);
  });

  test('a check that is scheduled and never ends ages', async () => {
    const { at, value } = setUp();
    at(1_000, { type: 'check-scheduled', route: 'r', intervalSeconds: 60 });
    at(901_000);
    expect(await value('counterfoil_check_age_seconds', { route: 'r' })).toBe(900);
  });

  test('the default metrics of the process are there', async () => {
    const text = await setUp().registry.metrics();
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  test('a happening gives one log line of the level it deserves', () => {
    const { at, lines } = setUp();
    const state = { type: 'route-state', route: 'r', reason: 'gone', remedy: 'mend it' } as const;
    at(0, batch({ events: 3, timings: [{ capture: 1, apply: 1, total: 2 }] }));
    at(0, { ...state, state: 'stopped', code: 'POSITION_LOST' });
    at(0, { ...state, state: 'stopped', code: null, reason: null, remedy: null });
    at(0, { type: 'event-filtered', route: 'r', rule: 'heartbeat', count: 2 });
    at(0, { type: 'route-retry', route: 'r', code: 'KAFKA_UNAVAILABLE', attempt: 2, reason: 'no broker' });
    at(0, {
      type: 'partitions-assigned',
      route: 'r',
      partitions: [partition, { ...partition, partition: 1 }],
      sourceTime: null,
    });
    at(0, { type: 'connector-restarted', connector: 'oa', attempt: 1 });
    expect(lines.map(([level, , message]) => [level, message])).toEqual([
      ['debug', 'applied 3 events of oa.claim/0'],
      ['error', 'r is stopped: gone (mend it)'],
      ['info', 'r is stopped'],
      ['debug', 'left out 2 events by rule heartbeat'],
      ['warn', 'r: attempt 2 failed (KAFKA_UNAVAILABLE): no broker'],
      ['info', 'r: reads 2 partitions'],
      ['warn', 'restarted connector oa, attempt 1'],
    ]);
    expect(JSON.parse(JSON.stringify(lines[0]![1]))).toMatchObject({ event: 'batch-applied', next: '10' });
    expect(lines[0]![1]['timings']).toBeUndefined();
  });

  test('requests to an endpoint are counted by what it made of them, and its breaker is in one state', async () => {
    const { at, value, lines } = setUp();
    const request = { type: 'request-answered', target: 'gateway', seconds: 0.2 } as const;
    const breaker = { type: 'breaker-state', target: 'gateway' } as const;
    at(0, { ...request, reception: 'applied' }, { ...request, reception: 'throttled' });
    at(0, { ...request, reception: 'applied' });
    at(0, { ...breaker, state: 'closed', reason: null }, { ...breaker, state: 'open', reason: 'it is gone' });
    at(0, { type: 'token-requested', target: 'gateway', outcome: 'failed' });
    const counted = (reception: string) => value('counterfoil_http_requests_total', { reception });
    expect([await counted('applied'), await counted('throttled')]).toEqual([2, 1]);
    expect(await value('counterfoil_http_request_duration_seconds_count', { target: 'gateway' })).toBe(3);
    const states = ['closed', 'open', 'probing'].map((state) =>
      value('counterfoil_http_breaker_state', { state }),
    );
    expect(await Promise.all(states)).toEqual([0, 1, 0]);
    expect(await value('counterfoil_http_tokens_total', { outcome: 'failed' })).toBe(1);
    expect(lines.slice(-2).map(([level, , message]) => [level, message])).toEqual([
      ['warn', 'gateway: the circuit breaker is open: it is gone'],
      ['warn', 'gateway: a token was asked for and not granted'],
    ]);
  });

  test('the health of a connector is logged when it changes, not each time it is polled', () => {
    const { at, lines } = setUp();
    const health = { type: 'connector-health', connector: 'oa', failedTasks: 0 } as const;
    at(
      0,
      { ...health, health: 'running' },
      { ...health, health: 'running' },
      { ...health, health: 'failed' },
    );
    at(0, { ...health, health: 'failed' }, { ...health, health: 'restarting' });
    expect(lines.map(([level]) => level)).toEqual(['info', 'debug', 'error', 'debug', 'warn']);
  });

  test('verdicts: match is information, mismatch an error, inconclusive a warning', () => {
    const { at, lines } = setUp();
    for (const verdict of ['match', 'mismatch', 'inconclusive'] as const)
      at(0, { type: 'route-check-finished', route: 'r', verdict, seconds: 1, reason: null });
    expect(lines.map(([level]) => level)).toEqual(['info', 'error', 'warn']);
  });

  test('several listeners hear each happening', () => {
    const heard: string[] = [];
    const listener = (name: string) => ({
      emit: ({ type }: TelemetryEvent) => heard.push(`${name} ${type}`),
    });
    const both = combineTelemetry([listener('a'), listener('b')]);
    both.emit({ type: 'partitions-assigned', route: 'r', partitions: [], sourceTime: null });
    expect(heard).toEqual(['a partitions-assigned', 'b partitions-assigned']);
  });
});
