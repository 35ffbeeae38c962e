import { Counter, Registry } from 'prom-client';
import { createReadiness } from '../../../../monitoring/http/readiness.ts';
import { startMonitoringServer } from '../../../../monitoring/http/server.ts';
import type { MonitoringServer } from '../../../../monitoring/http/server.ts';
import { monitorEventLoop } from '../../../../monitoring/http/event-loop.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';

const running = { type: 'route-state', state: 'running', code: null, reason: null, remedy: null } as const;

describe('the monitoring server', () => {
  const registry = new Registry();
  const counter = new Counter({ name: 'x_total', help: 'x', registers: [registry] });
  const readiness = createReadiness(['claims', 'payments']);
  let delay = 0;
  let server: MonitoringServer;

  beforeAll(async () => {
    server = await startMonitoringServer({
      port: 0,
      registry,
      readiness: () => readiness.report(),
      eventLoop: { worstDelay: () => delay, close: () => undefined },
    });
  });
  afterAll(() => server.close());

  const get = (path: string, init?: RequestInit) => fetch(server.url + path, init);

  test('listens on this machine only by default', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('/metrics is the Prometheus text format', async () => {
    counter.inc(3);
    const response = await get('/metrics?ignored=1');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toContain('x_total 3');
  });

  test('/healthz says whether the event loop turns', async () => {
    expect((await get('/healthz')).status).toBe(200);
    delay = 60;
    const stuck = await get('/healthz');
    expect([stuck.status, await stuck.json()]).toEqual([503, { healthy: false, eventLoopDelaySeconds: 60 }]);
    delay = 0;
  });

  test('/readyz is 200 only while every route runs, and says why not', async () => {
    readiness.emit({ ...running, route: 'claims' });
    expect((await get('/readyz')).status).toBe(503);
    readiness.emit({ ...running, route: 'payments' });
    expect((await get('/readyz')).status).toBe(200);
    const problem = { code: 'TARGET_UNAVAILABLE', reason: 'no answer', remedy: 'start it' } as const;
    readiness.emit({ type: 'route-state', route: 'claims', state: 'waiting', ...problem });
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      ready: false,
      routes: [
        { route: 'claims', state: 'waiting', ...problem },
        { route: 'payments', state: 'running', code: null, reason: null, remedy: null },
      ],
    });
  });

  test('other paths are 404, other methods 405', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics/x')).status).toBe(404);
    const post = await get('/metrics', { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await get('/metrics', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('a taken port is named, with what to do', async () => {
    const second = startMonitoringServer({
      port: server.port,
      registry,
      readiness: () => readiness.report(),
    });
    await expect(second).rejects.toThrow(CounterfoilError);
    await expect(second).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: `another process listens on 127.0.0.1:${server.port.toString()} already`,
    });
  });

  test('a host that is not of this machine is an error of the configuration', async () => {
    const start = startMonitoringServer({
      host: '192.0.2.1',
      port: 0,
      registry,
      readiness: () => readiness.report(),
    });
    await expect(start).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  test('a metric that cannot be collected gives 500, not a hanging request', async () => {
    const broken = new Registry();
    new Counter({
      name: 'broken_total',
      help: 'x',
      registers: [broken],
      collect() {
        throw new Error('no');
      },
    });
    const other = await startMonitoringServer({
      port: 0,
      registry: broken,
      readiness: () => readiness.report(),
    });
    expect((await fetch(`${other.url}/metrics`)).status).toBe(500);
    await other.close();
  });

  test('after close the port is free', async () => {
    const options = { registry, readiness: () => readiness.report() };
    const first = await startMonitoringServer({ port: 0, ...options });
    await fetch(`${first.url}/healthz`);
    await first.close();
    const second = await startMonitoringServer({ port: first.port, ...options });
    await second.close();
  });
});

describe('monitorEventLoop', () => {
  test('sees that the loop was blocked, once', async () => {
    const monitor = monitorEventLoop();
    const turn = () => new Promise((resolve) => setTimeout(resolve, 40));
    try {
      await turn();
      monitor.worstDelay();
      await turn();
      const until = performance.now() + 300;
      while (performance.now() < until);
      await turn();
      expect(monitor.worstDelay()).toBeGreaterThan(0.2);
      expect(monitor.worstDelay()).toBeLessThan(0.2);
    } finally {
      monitor.close();
    }
  });
});

test('a route whose connector has lost its position waits, whatever it says itself', () => {
  const readiness = createReadiness(['claims', 'payments'], new Map([['claims', 'oa']]));
  for (const route of ['claims', 'payments']) readiness.emit({ ...running, route });
  const seen = { type: 'connector-health', connector: 'oa', health: 'failed', failedTasks: 0 } as const;
  const lostPosition = { reason: 'changes are missing', remedy: 'act' };
  readiness.emit({ ...seen, lostPosition });
  expect(readiness.report()).toMatchObject({
    ready: false,
    routes: [{ state: 'waiting', code: 'POSITION_LOST', ...lostPosition }, { state: 'running' }],
  });
  readiness.emit(seen);
  expect(readiness.report().ready).toBe(true);
});

test('a route that rests is healthy, and one whose run is overdue is not, unless something else is said of it', () => {
  const readiness = createReadiness(['month-end']);
  const standing = { type: 'sync-standing', route: 'month-end', next: null } as const;
  readiness.emit({ ...running, route: 'month-end', state: 'resting' });
  readiness.emit({ ...standing, overdueSince: null });
  expect(readiness.report()).toMatchObject({ ready: true, routes: [{ state: 'resting' }] });
  readiness.emit({ ...standing, overdueSince: Date.UTC(2026, 11, 1) });
  expect(readiness.report()).toMatchObject({
    ready: false,
    routes: [
      { state: 'waiting', code: 'RUN_OVERDUE', reason: expect.stringContaining('2026-12-01') as string },
    ],
  });
  const reason = 'no answer';
  readiness.emit({ ...running, route: 'month-end', state: 'waiting', code: 'TARGET_UNAVAILABLE', reason });
  expect(readiness.report().routes).toMatchObject([{ code: 'TARGET_UNAVAILABLE', reason }]);
  readiness.emit({ ...running, route: 'month-end', state: 'resting' });
  readiness.emit({ ...standing, overdueSince: null });
  expect(readiness.report().ready).toBe(true);
});
