// `npm run measure:posting`: documents of the demo's office on their way into the books and back, under faults.
//   --documents <n>   approved claims and contract payments, 2,000 unless given
//   --rate <n>        OA transactions per second, 100 unless given
//   --kills <n>       the pipeline is killed so often on the way, 3 unless given
import { readFile, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { bringUp, DEMO_DATABASES } from '../../app/demo/local-stack.ts';
import { createActivity } from '../../stack/demo/activity/activity.ts';
import { openOffice } from '../support/office.ts';
import type { Office } from '../support/office.ts';
import { counterfoil, Pipeline } from '../support/pipeline.ts';
import { say } from '../support/timed-say.ts';
import { Awaited } from './awaited.ts';

/** Claims with such lines cannot be posted: finance has no account for them. */
const MISSING_CODE = 'exam';
const LOOK_MS = 50;
const AT_ONCE = 500;

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '100' },
    kills: { type: 'string', default: '3' },
  },
});
const wanted = {
  documents: Number(values.documents),
  rate: Number(values.rate),
  kills: Number(values.kills),
};

/** Looks at both databases, on connections of its own. */
class Witness {
  private constructor(
    readonly finance: pg.Client,
    readonly oa: mysql.Connection,
  ) {}

  static async open({ local }: Office): Promise<Witness> {
    const { postgres, mariadb } = local.stack.addresses;
    const finance = new pg.Client({ ...postgres, database: DEMO_DATABASES.finance });
    await finance.connect();
    const { host, port, user, password } = mariadb;
    const oa = await mysql.createConnection({
      ...{ host, port, user, password, database: DEMO_DATABASES.oa },
      ...{ supportBigNumbers: true, bigNumberStrings: true },
    });
    return new Witness(finance, oa);
  }

  async close(): Promise<void> {
    await Promise.all([this.finance.end(), this.oa.end()]);
  }

  /** Those of these claims that the books have decided on. */
  async decided(claims: readonly string[]): Promise<{ posted: string[]; others: string[] }> {
    const { rows } = await this.finance.query<{ id: string; state: string }>(
      `SELECT document_id AS id, state FROM ledger.document
       WHERE document_kind = 'expense-claim' AND document_id = ANY($1) AND state <> 'none'`,
      [claims],
    );
    const ids = (posted: boolean) =>
      rows.filter(({ state }) => (state === 'posted') === posted).map(({ id }) => id);
    return { posted: ids(true), others: ids(false) };
  }

  /** Those of these payments that the OA shows as paid. */
  async shown(payments: readonly string[]): Promise<string[]> {
    if (payments.length === 0) return [];
    const [rows] = await this.oa.query<mysql.RowDataPacket[]>(
      `SELECT payment_id AS id FROM finance_payment WHERE status <> 'pending' AND payment_id IN (?)`,
      [payments],
    );
    return rows.map((row) => String(row['id']));
  }

  async count(sql: string): Promise<number> {
    const { rows } = await this.finance.query<{ count: string }>(sql);
    return Number(rows[0]?.count);
  }
}

async function main(): Promise<void> {
  const directory = resolve('.counterfoil/measure');
  await rm(directory, { recursive: true, force: true });
  const { stack } = await bringUp({
    ...{ directory, environment: process.env, mode: 'attached', demoDatabases: true },
    report: (event) => {
      if (event.type === 'part-ready') say(`${event.part} is ready`);
    },
  });
  try {
    const file = join(directory, 'addresses.json');
    await writeFile(file, JSON.stringify({ directory, ...stack.addresses }), { mode: 0o600 });
    process.env['COUNTERFOIL_TEST_STACK'] = file;
    const office = await openOffice();
    await forgetCode(office.dictionary);
    await measure(office);
  } catch (error) {
    // Told before the stack stops, which breaks connections that are still open.
    say(inspect(error));
    process.exitCode = 1;
  } finally {
    await Pipeline.killAll();
    await stack.stop();
  }
}

async function forgetCode(dictionary: string): Promise<void> {
  const file = join(dictionary, 'expense-type.yaml');
  const list = parse(await readFile(file, 'utf8')) as { entries: { code: string }[] };
  const entries = list.entries.filter(({ code }) => code !== MISSING_CODE);
  await writeFile(file, stringify({ ...list, entries }));
}

async function measure(office: Office): Promise<void> {
  const witness = await Witness.open(office);
  const claims = new Awaited();
  const payments = new Awaited();
  let finished = 0;
  const enough = new AbortController();
  const { mariadb, postgres } = office.local.stack.addresses;
  const activity = createActivity({
    oa: { ...mariadb, ...office.local.people.oa.app, database: DEMO_DATABASES.oa },
    finance: { ...postgres, ...office.local.people.finance.app, database: DEMO_DATABASES.finance },
    ...{ rate: wanted.rate, seed: 5 },
    onHappening: (happening) => {
      if (happening.side === 'finance') {
        if (happening.action === 'settle') payments.add(happening.paymentId);
        return;
      }
      if (!happening.finished) return;
      finished += 1;
      if (happening.targetType === 'expense_claim') claims.add(happening.targetId);
      if (finished >= wanted.documents) enough.abort();
    },
  });
  let pipeline = new Pipeline(office.configFile);
  await pipeline.listening;
  const work = activity.run({ signal: enough.signal });
  let kills = 0;
  const looked = new AbortController();
  const look = (async () => {
    while (!looked.signal.aborted) {
      const { posted, others } = await witness.decided(claims.ids(AT_ONCE));
      claims.seen(posted);
      claims.forget(others);
      payments.seen(await witness.shown(payments.ids(AT_ONCE)));
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  })();
  const steps = setInterval(() => {
    say(`${finished.toString()} of ${wanted.documents.toString()} documents approved`);
    if (finished < ((kills + 1) * wanted.documents) / (wanted.kills + 1) || kills >= wanted.kills) return;
    kills += 1;
    say('the pipeline is killed');
    void pipeline.kill('SIGKILL').then(() => {
      pipeline = new Pipeline(office.configFile);
    });
  }, 5_000);
  await work;
  clearInterval(steps);
  say('all approved; finance pays what has arrived');
  await settle(witness, () => activity.payArrived());
  looked.abort();
  await look;
  await report(witness, { claims, payments, kills });
  const { exitCode } = await counterfoil('check', '--deadline', '600', '--config', office.configFile);
  say(`check: ${exitCode === 0 ? 'match' : `exit code ${String(exitCode)}`}`);
  await witness.close();
  await pipeline.drain();
}

/** Until the books have nothing to do and finance nothing to pay. */
async function settle(
  witness: Witness,
  pay: () => Promise<{ readonly finance: Readonly<Record<string, number>> }>,
): Promise<void> {
  let before = -1;
  let rested = 0;
  while (rested < 3) {
    const pending = await witness.count('SELECT count(*) FROM counterfoil.pending_document');
    const { finance } = await pay();
    const done = Object.values(finance).reduce((sum, count) => sum + count, 0);
    rested = pending === 0 && done === before ? rested + 1 : 0;
    before = done;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

async function report(
  witness: Witness,
  { claims, payments, kills }: { claims: Awaited; payments: Awaited; kills: number },
): Promise<void> {
  const { rows: states } = await witness.finance.query(
    `SELECT document_kind AS kind, state, coalesce(reason, '') AS reason, count(*)::int AS documents
     FROM ledger.document WHERE state <> 'none' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  const result = {
    machine: `${cpus().length.toString()} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    ...{ ...wanted, kills },
    states,
    vouchers: await witness.count('SELECT count(*) FROM ledger.voucher'),
    unbalanced: await witness.count(
      `SELECT count(*) FROM (SELECT FROM ledger.voucher_entry GROUP BY voucher_no
       HAVING sum(CASE side WHEN 'debit' THEN amount ELSE -amount END) <> 0
         OR sum(CASE side WHEN 'debit' THEN base_amount ELSE -base_amount END) <> 0) AS off`,
    ),
    doubled: await witness.count(
      `SELECT count(*) FROM (SELECT FROM ledger.voucher v WHERE kind = 'posting' AND NOT EXISTS (
         SELECT FROM ledger.voucher r WHERE r.reverses = v.voucher_no)
       GROUP BY document_kind, document_id HAVING count(*) > 1) AS twice`,
    ),
    approvalToVoucherMs: claims.summary(),
    paymentToOaMs: payments.summary(),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

await main();
