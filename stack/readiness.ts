import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { DatabaseAddress } from './stack-types.ts';

/** One attempt; resolves when the part answers as a client needs it to, rejects with the reason why not. */
export type Probe = () => Promise<void>;

const ATTEMPT_MS = 5_000;
const BETWEEN_MS = 100;

/** Tries until the probe succeeds. Throws the signal's reason when aborted. */
export async function untilReady(probe: Probe, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await probe();
      return;
    } catch {
      await delay(BETWEEN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

export function httpProbe(url: string): Probe {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(ATTEMPT_MS) });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`HTTP ${response.status.toString()}`);
  };
}

export function kafkaProbe(bootstrap: string): Probe {
  return async () => {
    const client = new kafkajs.Kafka({
      brokers: [bootstrap],
      clientId: 'counterfoil-stack',
      logLevel: kafkajs.logLevel.NOTHING,
      connectionTimeout: ATTEMPT_MS,
      retry: { retries: 0 },
    });
    const admin = client.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.length === 0) throw new Error('no broker is registered');
    } finally {
      await admin.disconnect();
    }
  };
}

export function mariadbProbe(address: DatabaseAddress): Probe {
  return async () => {
    const connection = await mysql.createConnection({
      host: address.host,
      port: address.port,
      user: address.user,
      password: address.password,
      connectTimeout: ATTEMPT_MS,
    });
    try {
      await connection.query('SELECT 1');
    } finally {
      connection.destroy();
    }
  };
}

export function postgresProbe(address: DatabaseAddress & { readonly database: string }): Probe {
  return async () => {
    const client = new pg.Client({ ...address, connectionTimeoutMillis: ATTEMPT_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      await client.end();
    }
  };
}
