import type { Kafka } from 'kafkajs';
import pg from 'pg';
import mysql from 'mysql2/promise';
import { DEMO_DATABASES } from '../../app/demo/local-stack.ts';
import { MetricsView } from '../../app/demo/metrics-view.ts';
import { POINTS } from '../../app/runtime/failpoint.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import { publishedLetters } from '../support/letters.ts';
import { openOffice } from '../support/office.ts';
import type { Office } from '../support/office.ts';
import { Pipeline, counterfoil } from '../support/pipeline.ts';

// The tests of this file are one story, on one office: each goes on from where the one before it ended.
const PATIENCE_MS = 300_000;

let office: Office;
let kafka: Kafka;
let finance: pg.Client;

beforeAll(async () => {
  office = await openOffice();
  const { kafka: brokers, postgres } = office.local.stack.addresses;
  kafka = createKafka({ brokers: [brokers.bootstrap], clientId: 'e2e' });
  finance = new pg.Client({ ...postgres, database: DEMO_DATABASES.finance });
  await finance.connect();
}, PATIENCE_MS);
afterEach(() => Pipeline.killAll());
afterAll(async () => {
  await finance.end();
});

async function check(): Promise<{ exitCode: number | undefined; reports: CheckReport[] }> {
  const { exitCode, stdout, stderr } = await counterfoil(
    'check',
    '--json',
    '--deadline',
    '120',
    '--config',
    office.configFile,
  );
  try {
    return { exitCode, reports: JSON.parse(stdout) as CheckReport[] };
  } catch {
    throw new Error(`check said: ${stderr}`);
  }
}

/** What every route must show; a table that does not match is shown whole, so that a failure explains itself. */
const ALL_MATCH = ['expense-claims', 'oa-mirror', 'payments-to-oa'].map((route) => ({
  route,
  verdict: 'match',
  reason: null,
  off: [],
}));
const verdicts = (reports: CheckReport[]) =>
  reports.map(({ route, verdict, reason, tables }) => ({
    route,
    verdict,
    reason,
    off: tables.filter((table) => table.verdict !== 'match'),
  }));

/** Waits for what has arrived to be paid, and for the payments to arrive in OA. */
async function settle(activity: ReturnType<Office['activity']>): Promise<CheckReport[]> {
  let paid = -1;
  for (;;) {
    const { exitCode, reports } = await check();
    expect(verdicts(reports)).toEqual(ALL_MATCH);
    expect(exitCode).toBe(0);
    const totals = await activity.payArrived();
    const now = Object.values(totals.finance).reduce((sum, count) => sum + count, 0);
    if (now === paid) return reports;
    paid = now;
  }
}

test(
  'claims, mirrors and payments arrive, and the check proves each row through the mapping',
  async () => {
    const pipeline = new Pipeline(office.configFile);
    const activity = office.activity({ rate: 50, seed: 11 });
    const totals = await activity.run({ actions: 150 });
    const reports = await settle(activity);

    expect(totals.oa.claimsFinished).toBeGreaterThan(0);
    expect(activity.totals().finance.pay).toBeGreaterThan(0);
    const compared = new Map(
      reports.flatMap(({ tables }) => tables.map(({ table, rowsCompared }) => [table, rowsCompared])),
    );
    for (const table of [
      'ap.expense_claim',
      'ap.expense_claim_line',
      'oa_mirror.employee',
      'oa.finance_payment',
    ]) {
      expect([table, compared.get(table) ?? 0]).not.toEqual([table, 0]);
    }

    // Counted by hand in both databases, apart from the product's own check.
    const { mariadb } = office.local.stack.addresses;
    const oa = await mysql.createConnection({
      host: mariadb.host,
      port: mariadb.port,
      user: mariadb.user,
      password: mariadb.password,
      bigNumberStrings: true,
      supportBigNumbers: true,
    });
    const [[sent]] = (await oa.query(
      `SELECT COUNT(*) AS claims, SUM(total_amount) AS total FROM ${DEMO_DATABASES.oa}.expense_claim WHERE status IN ('submitted', 'approved') AND NOT is_deleted`,
    )) as unknown as [[{ claims: string; total: string }]];
    const { rows } = await finance.query<{ claims: string; total: string }>(
      'SELECT count(*) AS claims, sum(total_amount) AS total FROM ap.expense_claim',
    );
    expect({ claims: Number(rows[0]!.claims), total: Number(rows[0]!.total) }).toEqual({
      claims: Number(sent.claims),
      total: Number(sent.total),
    });
    await oa.end();

    const view = new MetricsView(await pipeline.metrics());
    for (const { route } of ALL_MATCH) {
      expect([route, view.sum('counterfoil_events_total', { route, outcome: 'applied' })]).not.toEqual([
        route,
        0,
      ]);
      expect([route, view.sum('counterfoil_dead_letters_total', { route })]).toEqual([route, 0]);
    }
    expect(view.quantile('counterfoil_total_latency_seconds', 0.5)).not.toBeNull();

    const asked = Date.now();
    expect(await pipeline.kill('SIGTERM')).toBe(0);
    expect(Date.now() - asked).toBeLessThan(10_000);
  },
  PATIENCE_MS,
);

test(
  'killed at every named point, it loses nothing and doubles nothing',
  async () => {
    const stop = new AbortController();
    const activity = office.activity({ rate: 15, seed: 12 });
    const work = activity.run({ signal: stop.signal });
    const producer = kafka.producer();
    await producer.connect();
    let badOffset = '';
    for (const [index, point] of POINTS.entries()) {
      if (point === 'batch:dead-letters-sent') {
        const [sent] = await producer.send({
          topic: 'oa.oa.expense_claim',
          messages: [{ key: null, value: 'no frame' }],
        });
        badOffset = sent!.baseOffset!;
      }
      // Not always at the first batch: that is often a heartbeat alone.
      const pass = point === 'batch:dead-letters-sent' ? 1 : 1 + (index % 3) * 4;
      const pipeline = new Pipeline(office.configFile, `${point}:${pass}`);
      expect([point, await pipeline.ended]).toEqual([point, 'SIGKILL']);
    }
    await producer.disconnect();
    stop.abort();
    await work;

    const pipeline = new Pipeline(office.configFile);
    await settle(activity);
    expect(await pipeline.kill('SIGTERM')).toBe(0);
    expect(
      (await publishedLetters(kafka, 'expense-claims')).filter(({ offset }) => offset === badOffset),
    ).toEqual([{ offset: badOffset, code: 'UNDECODABLE_RECORD', value: 'no frame' }]);
  },
  PATIENCE_MS,
);

test(
  'a privilege that is missing stops progress, is shown, dead-letters nothing, and is over when it is granted',
  async () => {
    const pipeline = new Pipeline(office.configFile);
    await pipeline.untilReadiness(({ status }) => status === 200);
    await finance.query('ALTER ROLE counterfoil_sink NOLOGIN');
    await finance.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'counterfoil_sink'`,
    );
    const activity = office.activity({ rate: 50, seed: 13 });
    const work = activity.run({ actions: 20 });
    await pipeline.untilReadiness(({ status, body }) => status === 503 && body.includes('"waiting"'));
    await finance.query('ALTER ROLE counterfoil_sink LOGIN');
    await pipeline.untilReadiness(({ status }) => status === 200);
    await work;
    await settle(activity);
    const view = new MetricsView(await pipeline.metrics());
    expect(view.sum('counterfoil_dead_letters_total')).toBe(0);
    expect(view.sum('counterfoil_route_retries_total')).toBeGreaterThan(0);
    expect(await pipeline.kill('SIGTERM')).toBe(0);
  },
  PATIENCE_MS,
);

test(
  'a row altered behind the product’s back is a mismatch, named by key and column, without its values',
  async () => {
    const pipeline = new Pipeline(office.configFile);
    const { rows } = await finance.query<{ claim_id: string; total_amount: string }>(
      'UPDATE ap.expense_claim SET total_amount = total_amount + 0.01 WHERE claim_id = (SELECT min(claim_id) FROM ap.expense_claim) RETURNING claim_id::text, total_amount::text',
    );
    const { claim_id: id, total_amount: amount } = rows[0]!;
    const { exitCode, reports } = await check();
    expect(exitCode).toBe(1);
    const claims = reports[0]!.tables.find(({ table }) => table === 'ap.expense_claim')!;
    expect(claims).toMatchObject({ verdict: 'mismatch', missing: 0, extra: 0, different: 1 });
    expect(JSON.stringify(claims)).toContain(id);
    expect(JSON.stringify(claims)).toContain('total_amount');
    expect(JSON.stringify(reports)).not.toContain(amount);
    await finance.query(
      'UPDATE ap.expense_claim SET total_amount = total_amount - 0.01 WHERE claim_id = $1',
      [id],
    );
    expect((await check()).exitCode).toBe(0);
    await pipeline.kill('SIGTERM');
  },
  PATIENCE_MS,
);

test(
  'a poison row is set aside, its later changes wait behind it in order, and a redrive drains them',
  async () => {
    const pipeline = new Pipeline(office.configFile);
    const { mariadb } = office.local.stack.addresses;
    const oa = await mysql.createConnection({
      ...mariadb,
      ...office.local.people.oa.app,
      database: DEMO_DATABASES.oa,
      supportBigNumbers: true,
      bigNumberStrings: true,
    });
    const [[person]] = (await oa.query('SELECT MIN(id) AS id FROM employee')) as unknown as [
      [{ id: string }],
    ];
    const rename = (name: string) =>
      oa.execute('UPDATE employee SET name = ? WHERE id = ?', [name, person.id]);
    const [[before]] = (await oa.query('SELECT name FROM employee WHERE id = ?', [person.id])) as unknown as [
      [{ name: string }],
    ];

    await rename('nul \0 is no text for PostgreSQL');
    await lettersUntil((letters) => letters.length === 1);
    await rename('first');
    await rename('second');
    const letters = await lettersUntil((found) => found.length === 3);
    expect(letters.map(({ code }) => code)).toEqual(['ROW_REJECTED', 'PARKED', 'PARKED']);
    expect(await mirroredName(person.id)).toBe(before.name);

    const again = await dlq('redrive', 'oa-mirror', '--all');
    expect(again.exitCode).toBe(1);
    expect(again.lines.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'waiting', 'waiting']);
    expect((await dlq('discard', 'oa-mirror', letters[0]!.id)).exitCode).toBe(3);
    expect((await dlq('discard', 'oa-mirror', letters[0]!.id, '--reason', 'typo')).exitCode).toBe(0);
    const drained = await dlq('redrive', 'oa-mirror', '--all');
    expect([drained.exitCode, drained.lines.map(({ outcome }) => outcome.kind)]).toEqual([
      0,
      ['redriven', 'redriven'],
    ]);
    expect(await mirroredName(person.id)).toBe('second');

    await rename(before.name);
    await oa.end();
    const { reports } = await check();
    expect(verdicts(reports)).toEqual(ALL_MATCH);
    expect(await dlqList()).toEqual([]);
    expect(await pipeline.kill('SIGTERM')).toBe(0);
  },
  PATIENCE_MS,
);

interface ListedLetter {
  readonly id: string;
  readonly code: string;
  readonly outcome: { readonly kind: string };
}

async function dlq(...args: string[]): Promise<{ exitCode: number | undefined; lines: ListedLetter[] }> {
  const { exitCode, stdout } = await counterfoil('dlq', ...args, '--json', '--config', office.configFile);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{') && line.includes('"id"'));
  return { exitCode, lines: lines.map((line) => JSON.parse(line) as ListedLetter) };
}

async function dlqList(): Promise<ListedLetter[]> {
  const { stdout } = await counterfoil('dlq', 'list', 'oa-mirror', '--json', '--config', office.configFile);
  return JSON.parse(stdout) as ListedLetter[];
}

/** Asks until the list is as wanted; the test's own time limit ends a wait in vain. */
async function lettersUntil(wanted: (letters: ListedLetter[]) => boolean): Promise<ListedLetter[]> {
  for (;;) {
    const letters = await dlqList();
    if (wanted(letters)) return letters;
  }
}

async function mirroredName(id: string): Promise<string | undefined> {
  const { rows } = await finance.query<{ name: string }>(
    'SELECT name FROM oa_mirror.employee WHERE id = $1',
    [id],
  );
  return rows[0]?.name;
}
