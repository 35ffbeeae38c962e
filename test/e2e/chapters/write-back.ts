import { setTimeout as pause } from 'node:timers/promises';
import type { Point } from '../../../app/runtime/failpoint.ts';
import { createTopicReader } from '../../../connectors/kafka/topics.ts';
import { randomOf } from '../../../stack/demo/activity/prng.ts';
import type { Random } from '../../../stack/demo/activity/prng.ts';
import { counterfoil, Pipeline } from '../../support/pipeline.ts';
import { ALL_MATCH, PATIENCE_MS, verdictsOf } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';
import { eventsIn } from '../../support/topic-events.ts';

const RUN = Date.now();
const CLAIMS = 12;
/** Between what one person does and the next. */
const PACE_MS = 25;
/** Before and after the commits of both directions. */
const CRASHES: readonly Point[] = [
  'sink:rows-written',
  'sink:committed',
  'posting:written',
  'posting:committed',
];
const idOf = (claim: number) => BigInt(RUN) * 1_000_000n + 500_000n + BigInt(claim);

/** What somebody in the office has done with a claim last. */
type Standing = 'approved' | 'withdrawn' | 'flagged' | 'purged';

/** What finance writes into the OA comes to rest there: each change of a person crosses once, and nothing comes back. */
export function describeWriteBack(story: () => Story): void {
  /** The row changes that people made. */
  const made = { expense_claim: 0, expense_claim_line: 0 };
  const tables = Object.keys(made) as (keyof typeof made)[];

  async function change(table: keyof typeof made, sql: string): Promise<void> {
    const [{ affectedRows }] = (await story().oa.query(sql)) as unknown as [{ affectedRows: number }];
    made[table] += affectedRows;
  }

  async function saveLines(id: bigint, amounts: readonly number[]): Promise<void> {
    await change('expense_claim_line', `DELETE FROM expense_claim_line WHERE claim_id = ${id}`);
    for (const [at, amount] of amounts.entries())
      await change(
        'expense_claim_line',
        `INSERT INTO expense_claim_line (id, claim_id, line_no, expense_type, occurred_on, amount, created_at)
         VALUES (UUID_SHORT(), ${id}, ${at + 1}, 'hotel', CURRENT_DATE, ${amount}, NOW())`,
      );
  }

  const update = (id: bigint, set: string) =>
    change('expense_claim', `UPDATE expense_claim SET ${set}, revision = revision + 1 WHERE id = ${id}`);

  async function submit(claim: number): Promise<Standing> {
    const id = idOf(claim);
    await change(
      'expense_claim',
      `INSERT INTO expense_claim (id, claim_no, applicant_id, applicant_no, department_id, department_code, title, category,
         total_amount, status, approved_at, created_at)
       VALUES (${id}, 'WB-${RUN}-${claim}', 1, 'E00001', 1, 'D0100', '测试', 'travel', 60.00, 'approved', NOW(3), NOW())`,
    );
    await saveLines(id, [50, 10]);
    return 'approved';
  }

  /** What somebody does next with a claim. */
  async function act(random: Random, claim: number, before: Standing | undefined): Promise<Standing> {
    const id = idOf(claim);
    if (before === undefined || before === 'purged') return submit(claim);
    if (before !== 'approved') {
      await update(id, `status = 'approved', approved_at = NOW(3), is_deleted = 0`);
      return 'approved';
    }
    const choices = [
      ...(['retitle', 'retitle', 'retitle', 'edit', 'edit', 'edit'] as const),
      ...(['withdraw', 'withdraw', 'flag', 'purge'] as const),
    ];
    switch (random.pick(choices)) {
      case 'retitle':
        await update(id, `title = CONCAT('测试 ', revision)`);
        return 'approved';
      case 'edit': {
        const amounts = Array.from({ length: random.int(1, 4) }, () => random.int(1, 900));
        await saveLines(id, amounts);
        await update(id, `total_amount = ${amounts.reduce((sum, amount) => sum + amount, 0)}`);
        return 'approved';
      }
      case 'withdraw':
        await update(id, `status = 'withdrawn'`);
        return 'withdrawn';
      case 'flag':
        await update(id, 'is_deleted = 1');
        return 'flagged';
      case 'purge':
        await change('expense_claim_line', `DELETE FROM expense_claim_line WHERE claim_id = ${id}`);
        await change('expense_claim', `DELETE FROM expense_claim WHERE id = ${id}`);
        return 'purged';
    }
  }

  /** Changes of rows that are in Kafka by now; rows that are read again are no changes. */
  async function captured(table: string): Promise<number> {
    const { kafka, office } = story();
    const events = await eventsIn(kafka, office.config, `oa.oa.${table}`);
    return events.filter((event) => 'source' in event && !event.source.snapshot).length;
  }

  const allCaptured = async () =>
    Object.fromEntries(
      await Promise.all(tables.map(async (table) => [table, await captured(table)] as const)),
    );

  /** What the books have decided about the claims, and what the OA shows of them, by claim. */
  async function outcomes() {
    const { rows: booked } = await story().finance.query<Outcome>(
      `SELECT document_id AS id, state FROM ledger.document WHERE document_no LIKE 'WB-${RUN}-%' AND state <> 'none'`,
    );
    const [shown] = await story().oa.query(
      `SELECT document_id AS id, state FROM finance_posting WHERE document_no LIKE 'WB-${RUN}-%'`,
    );
    return { booked: byId(booked), shown: byId(shown as Outcome[]) };
  }

  test(
    'people and finance write at the same time, with crashes, replay and repair: no echo, and each change crosses once',
    async () => {
      const { oa, office, kafka } = story();
      const random = randomOf(RUN);
      const before = await allCaptured();
      const standing = new Map<number, Standing>();
      for (const point of CRASHES) {
        const pipeline = new Pipeline(office.configFile, `${point}:${random.int(5, 25)}`);
        const running = { ended: false };
        void pipeline.ended.then(() => (running.ended = true));
        while (!running.ended) {
          const claim = random.int(0, CLAIMS - 1);
          await oa.beginTransaction();
          const after = await act(random, claim, standing.get(claim));
          await oa.commit();
          standing.set(claim, after);
          await pause(PACE_MS);
        }
        expect([point, await pipeline.ended]).toEqual([point, 'SIGKILL']);
      }
      const pipeline = new Pipeline(office.configFile);
      const replay = ['replay', 'back-to-oa', '--from', 'beginning', '--yes'];
      expect((await counterfoil(...replay, '--config', office.configFile)).exitCode).toBe(0);
      const backfill = ['backfill', 'oa.expense_claim', '--where', `id >= ${idOf(0)}`];
      expect((await counterfoil(...backfill, '--config', office.configFile)).exitCode).toBe(0);
      const { reports } = await story().check();
      expect(verdictsOf(reports)).toEqual(ALL_MATCH);

      for (;;) {
        const { booked, shown } = await outcomes();
        const right = [...standing].every(([claim, last]) =>
          isRight(last, shown.get(idOf(claim).toString())),
        );
        if (right && isEqual(booked, shown)) break;
      }
      const after = await allCaptured();
      expect(tables.map((table) => [table, after[table]! - before[table]!])).toEqual(Object.entries(made));
      const reader = createTopicReader(kafka);
      const topics = await reader.list().finally(() => reader.close());
      expect(topics.filter((topic) => topic.startsWith('oa.oa.finance_'))).toEqual([]);
      await pipeline.drain();
    },
    PATIENCE_MS,
  );
}

interface Outcome {
  readonly id: string;
  readonly state: string;
}

const byId = (outcomes: readonly Outcome[]) => new Map(outcomes.map(({ id, state }) => [id, state]));

/** What came and went while nobody looked has no voucher; a row that is purged says nothing about the business. */
function isRight(last: Standing, shown: string | undefined): boolean {
  switch (last) {
    case 'approved':
      return shown === 'posted';
    case 'withdrawn':
    case 'flagged':
      return shown === 'reversed' || shown === undefined;
    case 'purged':
      return true;
  }
}

function isEqual(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
