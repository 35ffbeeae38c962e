import { DEMO_DATABASES } from '../../app/demo/local-stack.ts';
import { MetricsView } from '../../app/demo/metrics-view.ts';
import { POINTS } from '../../app/runtime/failpoint.ts';
import { publishedLetters } from '../support/letters.ts';
import { Pipeline } from '../support/pipeline.ts';
import { ALL_MATCH, PATIENCE_MS, Story } from '../support/story.ts';
import { describeAccounting } from './chapters/accounting.ts';
import { describeAudit } from './chapters/audit.ts';
import { describeDeadLetters } from './chapters/dead-letters.ts';
import { describeDocuments } from './chapters/documents.ts';
import { describeInvariants } from './chapters/invariants.ts';
import { describePosting } from './chapters/posting.ts';
import { describePurchasing } from './chapters/purchasing.ts';
import { describeTrace } from './chapters/trace.ts';
import { describeTransactions } from './chapters/transactions.ts';
import { describeWriteBack } from './chapters/write-back.ts';

// The tests of this file are one story, on one office: each goes on from where the one before it ended.
let story: Story;

beforeAll(async () => {
  story = await Story.open();
}, PATIENCE_MS);
afterEach(() => Pipeline.killAll());
afterAll(() => story.close());

test(
  'claims, mirrors and payments arrive, and the check proves each row through the mapping',
  async () => {
    const pipeline = new Pipeline(story.office.configFile);
    // The first of all: a check before there are positions has nothing to wait for.
    await pipeline.untilReadiness(({ status }) => status === 200);
    const activity = story.office.activity({ rate: 50, seed: 11 });
    const totals = await activity.run({ actions: 150 });
    const reports = await story.settle(activity);

    expect(totals.oa.claimsFinished).toBeGreaterThan(0);
    expect(activity.totals().finance.pay).toBeGreaterThan(0);
    const compared = new Map(
      reports.flatMap(({ tables }) => tables.map(({ table, rowsCompared }) => [table, rowsCompared])),
    );
    for (const table of [
      'ap.expense_claim',
      'ap.expense_claim_line',
      'ap.employee',
      'ap.department',
      'ap.approval',
      'ap.budget',
      'ap.purchase_request_line',
      'oa_mirror.employee',
      'oa.finance_payment',
      'oa.finance_vendor',
    ]) {
      expect([table, compared.get(table) ?? 0]).not.toEqual([table, 0]);
    }

    // Counted by hand in both databases, apart from the product's own check.
    const [[sent]] = (await story.oa.query(
      `SELECT COUNT(*) AS claims, SUM(total_amount) AS total FROM ${DEMO_DATABASES.oa}.expense_claim WHERE status IN ('submitted', 'approved') AND NOT is_deleted`,
    )) as unknown as [[{ claims: string; total: string }]];
    const { rows } = await story.finance.query<{ claims: string; total: string }>(
      'SELECT count(*) AS claims, sum(total_amount) AS total FROM ap.expense_claim',
    );
    expect({ claims: Number(rows[0]!.claims), total: Number(rows[0]!.total) }).toEqual({
      claims: Number(sent.claims),
      total: Number(sent.total),
    });

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
    await pipeline.drain();
    expect(Date.now() - asked).toBeLessThan(10_000);
  },
  PATIENCE_MS,
);

test(
  'killed at every named point, it loses nothing and doubles nothing',
  async () => {
    const stop = new AbortController();
    const activity = story.office.activity({ rate: 15, seed: 12 });
    const work = activity.run({ signal: stop.signal });
    const producer = story.kafka.producer();
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
      const pipeline = new Pipeline(story.office.configFile, `${point}:${pass}`);
      expect([point, await pipeline.ended]).toEqual([point, 'SIGKILL']);
    }
    await producer.disconnect();
    stop.abort();
    await work;

    const pipeline = new Pipeline(story.office.configFile);
    await story.settle(activity);
    await pipeline.drain();
    expect(
      (await publishedLetters(story.kafka, 'expense-claims')).filter(({ offset }) => offset === badOffset),
    ).toEqual([{ offset: badOffset, code: 'UNDECODABLE_RECORD', value: 'no frame' }]);
  },
  PATIENCE_MS,
);

describeDocuments(() => story);

test(
  'a privilege that is missing stops progress, is shown, dead-letters nothing, and is over when it is granted',
  async () => {
    const pipeline = new Pipeline(story.office.configFile);
    await pipeline.untilReadiness(({ status }) => status === 200);
    await story.finance.query('ALTER ROLE counterfoil_sink NOLOGIN');
    await story.finance.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'counterfoil_sink'`,
    );
    const activity = story.office.activity({ rate: 50, seed: 13 });
    const work = activity.run({ actions: 20 });
    await pipeline.untilReadiness(({ status, body }) => status === 503 && body.includes('"TARGET_'));
    await story.finance.query('ALTER ROLE counterfoil_sink LOGIN');
    await pipeline.untilReadiness(({ status }) => status === 200);
    await work;
    await story.settle(activity);
    const view = new MetricsView(await pipeline.metrics());
    // A topic of rows sets changes without their large values aside for a moment, whatever becomes of privileges.
    for (const { route } of ALL_MATCH)
      expect([route, view.sum('counterfoil_dead_letters_total', { route })]).toEqual([route, 0]);
    expect(view.sum('counterfoil_route_retries_total')).toBeGreaterThan(0);
    await pipeline.drain();
  },
  PATIENCE_MS,
);

test(
  'a row altered behind the product’s back is a mismatch, named by key and column, without its values',
  async () => {
    const pipeline = new Pipeline(story.office.configFile);
    const { rows } = await story.finance.query<{ claim_id: string; total_amount: string }>(
      'UPDATE ap.expense_claim SET total_amount = total_amount + 0.01 WHERE claim_id = (SELECT min(claim_id) FROM ap.expense_claim) RETURNING claim_id::text, total_amount::text',
    );
    const { claim_id: id, total_amount: amount } = rows[0]!;
    const { exitCode, reports } = await story.check();
    expect(exitCode).toBe(1);
    const claims = reports[0]!.tables.find(({ table }) => table === 'ap.expense_claim')!;
    expect(claims).toMatchObject({ verdict: 'mismatch', missing: 0, extra: 0, different: 1 });
    expect(JSON.stringify(claims)).toContain(id);
    expect(JSON.stringify(claims)).toContain('total_amount');
    expect(JSON.stringify(reports)).not.toContain(amount);
    await story.finance.query(
      'UPDATE ap.expense_claim SET total_amount = total_amount - 0.01 WHERE claim_id = $1',
      [id],
    );
    expect((await story.check()).exitCode).toBe(0);
    await pipeline.kill('SIGTERM');
  },
  PATIENCE_MS,
);

describePosting(() => story);
describePurchasing(() => story);
describeWriteBack(() => story);
describeTransactions(() => story);
describeDeadLetters(() => story);

describeInvariants(() => story);
describeAccounting(() => story);
describeTrace(() => story);
describeAudit(() => story);
