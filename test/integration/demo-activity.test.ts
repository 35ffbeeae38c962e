import type mysql from 'mysql2/promise';
import { createActivity, type ActivityOptions } from '../../stack/demo/activity/activity.ts';
import { loadOffice } from '../../stack/demo/activity/load-model.ts';
import { planAction } from '../../stack/demo/activity/plan.ts';
import type { Happening } from '../../stack/demo/activity/totals.ts';
import { openPostgres } from '../../stack/demo/access.ts';
import { OFFICE_TABLES } from '../../stack/demo/oa-users.ts';
import { testFinance, testOa } from './demo-databases.ts';

const ACTIONS = 150;
const offices: ReturnType<typeof testOa>[] = [];
const finance = testFinance();

async function newOffice(seed = 7): Promise<ReturnType<typeof testOa>> {
  const office = testOa();
  offices.push(office);
  await office.install(seed);
  return office;
}

const fast = (office: ReturnType<typeof testOa>, over: Partial<ActivityOptions> = {}): ActivityOptions => ({
  oa: office.access('app'),
  seed: 7,
  rate: 100_000,
  ...over,
});

/** One number for each table that the office writes; it covers every column of every row. */
async function checksums(office: ReturnType<typeof testOa>): Promise<Record<string, string>> {
  const admin = await office.admin();
  const [rows] = await admin.query<mysql.RowDataPacket[]>(`CHECKSUM TABLE ${OFFICE_TABLES.join(', ')}`);
  return Object.fromEntries(
    rows.map((row) => [String(row['Table']).replace(`${office.database}.`, ''), String(row['Checksum'])]),
  );
}

async function count(office: ReturnType<typeof testOa>, sql: string): Promise<number> {
  const [rows] = await (
    await office.admin()
  ).query<mysql.RowDataPacket[]>(`SELECT count(*) AS n FROM ${sql}`);
  return Number(rows[0]!['n']);
}

let reference: ReturnType<typeof testOa>;
beforeAll(async () => {
  [reference] = await Promise.all([newOffice(), finance.install(7)]);
  await createActivity(fast(reference, { lanes: 1 })).run({ actions: ACTIONS });
}, 60_000);
afterAll(async () => {
  await Promise.all([...offices.map((office) => office.drop()), finance.drop()]);
}, 60_000);

describe('the office', () => {
  test('does the same for the same seed, on however many connections; another seed does otherwise', async () => {
    const [parallel, other] = await Promise.all([newOffice(), newOffice()]);
    await createActivity(fast(parallel, { lanes: 6 })).run({ actions: ACTIONS });
    await createActivity(fast(other, { seed: 8 })).run({ actions: ACTIONS });
    const expected = await checksums(reference);
    expect(Object.keys(expected)).toHaveLength(OFFICE_TABLES.length);
    expect(await checksums(parallel)).toEqual(expected);
    const different = await checksums(other);
    expect(different['expense_claim']).not.toBe(expected['expense_claim']);
    expect(different['operation_log']).not.toBe(expected['operation_log']);
  }, 60_000);

  test('does each transaction once although its connections are killed all the while', async () => {
    const office = await newOffice();
    const admin = await office.admin();
    let kills = 0;
    let killing = Promise.resolve();
    const kill = async (): Promise<void> => {
      const [sessions] = await admin.query<mysql.RowDataPacket[]>(
        'SELECT id FROM information_schema.processlist WHERE user = ?',
        [office.accounts.app.user],
      );
      for (const { id } of sessions) {
        // It may have gone by itself in between.
        await admin.query(`KILL ${String(id)}`).then(() => (kills += 1), () => undefined); // prettier-ignore
      }
    };
    let happened = 0;
    const activity = createActivity(
      fast(office, {
        lanes: 3,
        onHappening: () => {
          happened += 1;
          if (happened % 12 === 0) killing = killing.then(kill);
        },
      }),
    );
    const { oa } = await activity.run({ actions: ACTIONS });
    await killing;
    expect(kills).toBeGreaterThan(5);
    expect(oa.retries).toBeGreaterThan(0);
    expect(oa.committed + oa.rolledBack).toBe(ACTIONS);
    expect(await checksums(office)).toEqual(await checksums(reference));
  }, 60_000);

  test('logs each committed transaction and nothing of those rolled back', async () => {
    const office = await newOffice();
    const happenings: Happening[] = [];
    const activity = createActivity(fast(office, { onHappening: (happening) => happenings.push(happening) }));
    const { oa } = await activity.run({ actions: ACTIONS });
    expect(oa.rolledBack).toBeGreaterThan(0);
    expect(await count(office, 'operation_log')).toBe(oa.committed);
    expect(await count(office, "expense_claim WHERE status = 'approved'")).toBe(oa.claimsFinished);
    expect(happenings).toHaveLength(ACTIONS);
    expect(
      await count(
        office,
        `expense_claim c JOIN (SELECT claim_id, sum(amount) AS total FROM expense_claim_line GROUP BY claim_id) l
           ON l.claim_id = c.id WHERE l.total <> c.total_amount`,
      ),
    ).toBe(0);
    const consumed = await count(office, 'budget WHERE consumed_amount > 0');
    expect(consumed).toBeGreaterThan(0);
  }, 60_000);

  test('goes on from what is in the database', async () => {
    const office = await newOffice();
    const admin = await office.admin();
    const { model, transactions } = await loadOffice(admin);
    expect(transactions).toBe(0);
    // Enough for contracts to have come to their payments.
    for (let index = 0; index < 850; index += 1) planAction(model, 7, index);
    const first = await createActivity(fast(office)).run({ actions: 850 });

    const loaded = await loadOffice(admin);
    expect(loaded.transactions).toBe(first.oa.committed);
    // Time and numbers that a rolled-back action used are known to nobody else.
    const { clockMs, lastNumber, ...documents } = loaded.model;
    expect(model).toEqual({ ...documents, clockMs: model.clockMs, lastNumber: model.lastNumber });
    expect(clockMs).toBeLessThanOrEqual(model.clockMs);
    expect(lastNumber.claim).toBeLessThanOrEqual(model.lastNumber.claim);
    const { claims, requests, orders, contracts, instalments, payments } = documents;
    expect(
      [claims, requests, orders, contracts, instalments, payments].map(({ length }) => length),
    ).not.toContain(0);
    expect(orders.some(({ receipts }) => receipts.length > 0)).toBe(true);

    const more = await createActivity(fast(office)).run({ actions: 60 });
    expect(more.oa.committed + more.oa.rolledBack).toBe(60);
    expect(await count(office, 'operation_log')).toBe(first.oa.committed + more.oa.committed);
  }, 60_000);

  test('leaves alone what somebody else changed meanwhile', async () => {
    const office = await newOffice();
    await createActivity(fast(office)).run({ actions: 60 });
    const admin = await office.admin();
    const activity = createActivity(
      fast(office, {
        lanes: 1,
        onHappening: (happening) => {
          if (happening.side !== 'oa' || happening.index % 20 !== 0) return;
          admin
            .query("UPDATE expense_claim SET revision = revision + 100 WHERE status <> 'approved'")
            .catch(() => undefined);
        },
      }),
    );
    const { oa } = await activity.run({ actions: ACTIONS });
    expect(oa.overtaken).toBeGreaterThan(0);
    expect(oa.committed + oa.rolledBack + oa.overtaken).toBe(ACTIONS);
  }, 60_000);

  test('works at the rate asked for until it is told to stop, and then stops between transactions', async () => {
    const office = await newOffice();
    const stop = new AbortController();
    const begun = performance.now();
    const { oa } = await createActivity(
      fast(office, {
        rate: 50,
        onHappening: (happening) => {
          if (happening.side === 'oa' && happening.index === 20) stop.abort();
        },
      }),
    ).run({ signal: stop.signal });
    expect(performance.now() - begun).toBeGreaterThan(400);
    expect(oa.committed + oa.rolledBack).toBeGreaterThanOrEqual(20);
    expect(oa.committed + oa.rolledBack).toBeLessThan(60);
    expect(await count(office, 'operation_log')).toBe(oa.committed);
    const sessions = 'information_schema.processlist WHERE user = ';
    expect(await count(office, `${sessions}'${office.accounts.app.user}'`)).toBe(0);
  }, 60_000);

  test('says when its database refuses', async () => {
    const office = await newOffice();
    await (await office.admin()).query('DROP TABLE operation_log');
    const failure = createActivity(fast(office)).run({ actions: 5 });
    await expect(failure).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(failure).rejects.toThrow('the OA database refused');
  }, 60_000);

  test('says when its database is not there', async () => {
    const oa = { ...reference.access('app'), port: 1 };
    const failure = createActivity({ ...fast(reference), oa, patienceMs: 100 }).run({ actions: 5 });
    await expect(failure).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('finance', () => {
  /** What the pipeline will do: approved and other claims arrive in finance. */
  async function arrive(office: ReturnType<typeof testOa>): Promise<number> {
    const [claims] = await (
      await office.admin()
    ).query<mysql.RowDataPacket[]>(
      `SELECT id, claim_no, applicant_no, department_code, title, currency, total_amount, status, submitted_at, approved_at
         FROM expense_claim WHERE is_deleted = 0`,
    );
    const sink = await openPostgres(finance.access('sink'));
    await sink.query(
      `CREATE TABLE IF NOT EXISTS ap.expense_claim (claim_id bigint PRIMARY KEY, claim_no text, applicant_no text,
         department_code text, title text, currency text, total_amount numeric(18,2), status text,
         submitted_at timestamp(3), approved_at timestamptz(3))`,
    );
    for (const claim of claims) {
      await sink.query(
        'INSERT INTO ap.expense_claim VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
        Object.values(claim),
      );
    }
    await sink.end();
    return claims.filter((claim) => claim['status'] === 'approved').length;
  }
  const books = async () => {
    const { rows } = await (
      await finance.admin()
    ).query<Record<string, string>>(
      `SELECT (SELECT count(*) FROM finance.voucher) AS vouchers,
              (SELECT count(DISTINCT document_id) FROM finance.payment WHERE status = 'paid') AS paid,
              (SELECT count(*) FROM finance.payment WHERE status IN ('pending', 'failed')) AS open,
              (SELECT count(*) FROM finance.payment WHERE status = 'reissued') AS reissued,
              (SELECT coalesce(sum(amount), 0) FROM finance.payment WHERE status = 'paid') AS amount,
              (SELECT coalesce(sum(credit), 0) FROM finance.voucher_entry) AS credits`,
    );
    return rows[0]!;
  };

  test('has nothing to do before the first claim arrived', async () => {
    const activity = createActivity(fast(reference, { finance: finance.access('app') }));
    expect((await activity.payArrived()).finance).toEqual({
      pay: 0,
      cancel: 0,
      settle: 0,
      fail: 0,
      reissue: 0,
    });
  });

  test('pays each approved claim once and settles it in the end, although its connections are killed', async () => {
    const approved = await arrive(reference);
    expect(approved).toBeGreaterThan(15);
    const admin = await finance.admin();
    let happened = 0;
    let killing: Promise<unknown> = Promise.resolve();
    const options = fast(reference, {
      finance: finance.access('app'),
      onHappening: () => {
        happened += 1;
        if (happened % 10 !== 0) return;
        killing = killing.then(() =>
          admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
            finance.accounts.app.user,
          ]),
        );
      },
    });
    await createActivity(options).payArrived();
    await killing;
    const result = await books();
    const { rows } = await admin.query<{ total: string }>(
      "SELECT sum(total_amount) AS total FROM ap.expense_claim WHERE status = 'approved'",
    );
    expect(result).toMatchObject({ vouchers: String(approved), paid: String(approved), open: '0' });
    expect(result['amount']).toBe(rows[0]!.total);
    expect(result['credits']).toBe(rows[0]!.total);
    expect(Number(result['reissued'])).toBeGreaterThan(0);

    // Nothing more to do, whoever asks again.
    const again = await createActivity({ ...options, onHappening: () => undefined }).payArrived();
    expect(again.finance).toMatchObject({ pay: 0, settle: 0 });
    expect(await books()).toEqual(result);
  }, 60_000);

  test('works beside the office while it runs', async () => {
    await (
      await finance.admin()
    ).query("UPDATE ap.expense_claim SET status = 'approved' WHERE status <> 'approved'");
    const office = await newOffice();
    const stop = new AbortController();
    const activity = createActivity(
      fast(office, {
        finance: finance.access('app'),
        rate: 20,
        financeEveryMs: 20,
        onHappening: (happening) => {
          if (happening.side === 'finance' && happening.action === 'settle') stop.abort();
        },
      }),
    );
    const { finance: done } = await activity.run({ signal: stop.signal });
    expect(done.pay).toBeGreaterThan(0);
    expect(done.settle).toBeGreaterThan(0);
  }, 60_000);

  test('says when no accounting period is open', async () => {
    const admin = await finance.admin();
    await admin.query("UPDATE finance.period SET status = 'closed'");
    await admin.query(
      "INSERT INTO ap.expense_claim SELECT 1, 'BX1', 'E1', 'D1', '', 'CNY', 1, 'approved', now(), now()",
    );
    const failure = createActivity(fast(reference, { finance: finance.access('app') })).payArrived();
    await expect(failure).rejects.toMatchObject({
      code: 'TARGET_MISCONFIGURED',
      remedy: 'open one in finance.period',
    });
  });
});
