import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { monitorEventLoop } from './event-loop.ts';
import type { EventLoopMonitor } from './event-loop.ts';
import type { ReadinessReport } from './readiness.ts';

export interface MonitoringServerOptions {
  /** Default 127.0.0.1: metrics name tables, so they are not for everybody. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly registry: Registry;
  readonly readiness: () => ReadinessReport;
  /** Beyond this delay of the event loop, in seconds, the process counts as stuck. Default 10. */
  readonly stuckSeconds?: number;
  readonly eventLoop?: EventLoopMonitor;
}

export interface MonitoringServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Takes no new request, lets those in hand end, and resolves when the port is free. */
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves `/metrics`, `/healthz` (the process lives and its event loop turns) and `/readyz` (each route is running).
 * Throws CONFIGURATION_INVALID when the port is taken or may not be used.
 */
export async function startMonitoringServer(options: MonitoringServerOptions): Promise<MonitoringServer> {
  const host = options.host ?? '127.0.0.1';
  const eventLoop = options.eventLoop ?? monitorEventLoop();
  const server = createServer((request, response) => {
    void respond(request, options, eventLoop).then((reply) => {
      send(request, response, reply);
    });
  });
  try {
    await listen(server, host, options.port);
  } catch (error) {
    eventLoop.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    host,
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port.toString()}`,
    async close() {
      eventLoop.close();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenError(error, host, port));
    });
    server.listen(port, host, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): CounterfoilError {
  const address = `${host}:${port.toString()}`;
  const remedy = 'Set another http.port in the configuration; 0 takes any free one.';
  if (error.code === 'EADDRINUSE')
    return new CounterfoilError('CONFIGURATION_INVALID', `another process listens on ${address} already`, {
      cause: error,
      remedy,
    });
  return new CounterfoilError('CONFIGURATION_INVALID', `cannot listen on ${address}: ${error.message}`, {
    cause: error,
    remedy,
  });
}

async function respond(
  request: IncomingMessage,
  options: MonitoringServerOptions,
  eventLoop: EventLoopMonitor,
): Promise<Reply> {
  const path = (request.url ?? '/').split('?', 1)[0];
  if (path !== '/metrics' && path !== '/healthz' && path !== '/readyz')
    return json(404, { error: 'not found', paths: ['/metrics', '/healthz', '/readyz'] });
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return json(405, { error: 'only GET and HEAD are answered' });
  switch (path) {
    case '/metrics':
      return metrics(options.registry);
    case '/healthz': {
      const delay = eventLoop.worstDelay();
      const healthy = delay <= (options.stuckSeconds ?? 10);
      return json(healthy ? 200 : 503, { healthy, eventLoopDelaySeconds: delay });
    }
    case '/readyz': {
      const report = options.readiness();
      return json(report.ready ? 200 : 503, report);
    }
  }
}

async function metrics(registry: Registry): Promise<Reply> {
  try {
    return { status: 200, type: registry.contentType, body: await registry.metrics() };
  } catch {
    return json(500, { error: 'the metrics could not be collected' });
  }
}

function json(status: number, body: object): Reply {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body, null, 2)}\n` };
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'content-length': Buffer.byteLength(reply.body),
    'cache-control': 'no-store',
    ...(reply.status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}
