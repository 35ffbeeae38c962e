import type { Kafka } from 'kafkajs';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { DEMO_DATABASES } from '../../app/demo/local-stack.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import { openOffice } from './office.ts';
import type { Office } from './office.ts';
import { counterfoil } from './pipeline.ts';

/** A test of the whole may take so long, on a machine that is busy with other things. */
export const PATIENCE_MS = 600_000;

/** Rows as texts in one order: thousands of objects in a set are compared each with each. */
export const linesOf = (rows: readonly unknown[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).sort();

/** What every route must show; of a table that does not match all that explains the failure is shown in few words. */
export const ALL_MATCH = [
  'expense-claims',
  'master-data',
  'documents',
  'oa-mirror',
  'oa-documents',
  'payment-documents',
  'back-to-oa',
].map((route) => ({
  route,
  verdict: 'match',
  reason: null,
  off: [],
}));

export function verdictsOf(reports: readonly CheckReport[]) {
  return reports.map(({ route, verdict, reason, tables }) => ({
    route,
    verdict,
    reason,
    off: tables
      .filter((table) => table.verdict !== 'match')
      .map(({ table, verdict: found, missing, extra, different, reason: why }) =>
        [table, found, { missing, extra, different }, why].map((part) => JSON.stringify(part)).join(' '),
      ),
  }));
}

export interface ListedLetter {
  readonly id: string;
  readonly key: string | null;
  readonly code: string;
  readonly outcome: { readonly kind: string };
}

/** One office whose tests are chapters: each goes on from where the one before it ended. */
export class Story {
  readonly office: Office;
  readonly kafka: Kafka;
  readonly finance: pg.Client;
  readonly oa: mysql.Connection;

  private constructor(office: Office, kafka: Kafka, finance: pg.Client, oa: mysql.Connection) {
    this.office = office;
    this.kafka = kafka;
    this.finance = finance;
    this.oa = oa;
  }

  static async open(): Promise<Story> {
    const office = await openOffice();
    const { kafka, postgres, mariadb } = office.local.stack.addresses;
    const finance = new pg.Client({ ...postgres, database: DEMO_DATABASES.finance });
    await finance.connect();
    const { host, port, user, password } = mariadb;
    const oa = await mysql.createConnection({
      ...{ host, port, user, password, database: DEMO_DATABASES.oa },
      ...{ supportBigNumbers: true, bigNumberStrings: true },
    });
    return new Story(office, createKafka({ brokers: [kafka.bootstrap], clientId: 'e2e' }), finance, oa);
  }

  async close(): Promise<void> {
    await Promise.all([this.finance.end(), this.oa.end()]);
  }

  async check(): Promise<{ exitCode: number | undefined; reports: CheckReport[] }> {
    const command = ['check', '--json', '--deadline', '120', '--config', this.office.configFile];
    const { exitCode, stdout, stderr } = await counterfoil(...command);
    try {
      return { exitCode, reports: JSON.parse(stdout) as CheckReport[] };
    } catch {
      throw new Error(`check said: ${stderr}`);
    }
  }

  /** Waits for what has arrived to be paid, and for the payments to arrive in OA. */
  async settle(activity: ReturnType<Office['activity']>): Promise<CheckReport[]> {
    let paid = -1;
    for (;;) {
      const { exitCode, reports } = await this.check();
      expect(verdictsOf(reports)).toEqual(ALL_MATCH);
      expect(exitCode).toBe(0);
      const totals = await activity.payArrived();
      const now = Object.values(totals.finance).reduce((sum, count) => sum + count, 0);
      if (now === paid) return reports;
      paid = now;
    }
  }

  /** Waits until the postings have nothing to do, and this is so as well. */
  async untilPosted(also: () => Promise<boolean> = () => Promise.resolve(true)): Promise<void> {
    for (;;) {
      const { rows } = await this.finance.query('SELECT FROM counterfoil.pending_document LIMIT 1');
      if (rows.length === 0 && (await also())) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** A command of `dlq`: its exit code, and the letters it speaks of. */
  async dlq(...args: string[]): Promise<{ exitCode: number | undefined; lines: ListedLetter[] }> {
    const { exitCode, stdout } = await counterfoil(
      'dlq',
      ...args,
      '--json',
      '--config',
      this.office.configFile,
    );
    const lines = stdout.split('\n').filter((line) => line.startsWith('{') && line.includes('"id"'));
    return { exitCode, lines: lines.map((line) => JSON.parse(line) as ListedLetter) };
  }

  async openLetters(route: string): Promise<ListedLetter[]> {
    const { stdout } = await counterfoil('dlq', 'list', route, '--json', '--config', this.office.configFile);
    return JSON.parse(stdout) as ListedLetter[];
  }

  /** Asks until the list is as wanted; the test's own time limit ends a wait in vain. */
  async lettersUntil(route: string, wanted: (letters: ListedLetter[]) => boolean): Promise<ListedLetter[]> {
    for (;;) {
      const letters = await this.openLetters(route);
      if (wanted(letters)) return letters;
    }
  }
}
