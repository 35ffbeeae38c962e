import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { counterfoil } from '../support/pipeline.ts';
import type { Pipeline } from '../support/pipeline.ts';

// Each test goes on from the one before.
const PATIENCE_MS = 480_000;

let mirror: FreshMirror;
let pipeline: Pipeline;
let route: string;

beforeAll(async () => {
  mirror = await freshMirror('postgresql', [
    'CREATE TABLE payment (id int PRIMARY KEY, payee text, year int NOT NULL)',
    "INSERT INTO payment SELECT n, 'p' || n, 2020 + n % 6 FROM generate_series(1, 60) AS n",
  ]);
  route = mirror.configure(() => undefined).routes[0]!.name;
  pipeline = await mirror.start();
  await mirror.expectMatch();
}, PATIENCE_MS);

afterAll(async () => {
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly verdict: string | null;
  readonly explanation: string | null;
  readonly [name: string]: unknown;
}

async function sync(...args: string[]) {
  const { stdout, stderr, exitCode } = await counterfoil(
    'sync',
    ...args,
    '--config',
    mirror.configFile,
    '--json',
  );
  const parsed = stdout === '' ? [] : (JSON.parse(stdout) as Shown[]);
  return { runs: parsed, stderr, exitCode };
}
const ofPayments = (...args: string[]) => sync('--table', 'public.payment', ...args);
const trail = async () => (await sync('list')).runs;

/** Changes the target behind the product's back. */
const damage = (change: string) =>
  mirror.target.query(change.replace('payment', `${mirror.name}_mirror.payment`));
const inTarget = async (where: string) =>
  (
    await mirror.target.query(
      `SELECT id, payee FROM ${mirror.name}_mirror.payment WHERE ${where} ORDER BY id`,
    )
  ).map(({ id, payee }) => [Number(id), payee]);

test(
  'a row that somebody has altered in the target is corrected, and checked, and the trail says who did it and why',
  async () => {
    await damage("UPDATE payment SET payee = 'forged' WHERE id IN (7, 8)");
    const { runs, exitCode, stderr } = await ofPayments(
      '--where',
      "payee = 'p7'",
      '--reason',
      'typed in by hand',
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(runs).toMatchObject([
      {
        ...{ route, mode: 'manual', state: 'completed', verdict: 'match', explanation: null, rowsRead: 1 },
        ...{ reason: 'typed in by hand', rows: { table: 'public.payment', where: "payee = 'p7'" } },
        report: { tables: [{ rowsCompared: 1, verdict: 'match' }] },
      },
    ]);
    // The other damaged row was none of the order.
    expect(await inTarget('id IN (7, 8)')).toEqual([
      [7, 'p7'],
      [8, 'forged'],
    ]);
    const [kept] = await trail();
    expect(kept).toMatchObject({ id: runs[0]!.id, orderedBy: expect.stringMatching(/./) as string });
    expect(stderr + pipeline.log).not.toContain("payee = 'p7'");
  },
  PATIENCE_MS,
);

test(
  'a historical backfill brings what the target has lost',
  async () => {
    await damage('DELETE FROM payment WHERE year = 2022');
    expect(await inTarget('year = 2022')).toEqual([]);
    const { runs, exitCode } = await ofPayments('--where', 'year = 2022');
    expect(exitCode).toBe(0);
    expect(runs).toMatchObject([{ verdict: 'match', rowsRead: 10 }]);
    expect(await inTarget('year = 2022')).toHaveLength(10);
    expect((await ofPayments()).exitCode).toBe(0);
    await mirror.expectMatch();
  },
  PATIENCE_MS,
);

test(
  'what does not name one thing to do is refused, and leaves no trace',
  async () => {
    const ids = async () => (await trail()).map(({ id }) => id);
    const before = await ids();
    for (const [args, reason] of [
      [['--entity', 'expence-claim'], 'expense-claim'],
      [['--entity', 'expense-claim'], 'no route carries'],
      [['--table', 'public.nowhere'], 'not captured|does not exist'],
      [['--table', 'public.payment', '--where', 'payer = 1'], 'condition'],
      [['--table', 'public.payment', '--where', 'pg_sleep(1) IS NOT NULL'], 'an index'],
      [['--where', 'id = 1'], 'name one of them'],
      [[route], 'streams'],
      [['nowhere'], 'there is no route'],
      [['--table', 'public.payment', '--reason', ' '], 'empty'],
    ] as const) {
      const { stderr, exitCode } = await sync(...args);
      expect([exitCode, stderr]).toEqual([3, expect.stringMatching(reason)]);
    }
    expect(await ids()).toEqual(before);
  },
  PATIENCE_MS,
);

test(
  'when no process runs the route the command says so, gives up in time, and the trail keeps that',
  async () => {
    await pipeline.kill('SIGTERM');
    const { runs, stderr, exitCode } = await ofPayments('--where', 'id = 1', '--timeout', '15');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/does a `counterfoil run` run it/);
    expect(runs).toMatchObject([{ state: 'failed', verdict: null, rowsRead: 1 }]);
    expect(runs[0]!.explanation).toMatch(/no process may run it/);
  },
  PATIENCE_MS,
);

test(
  'rows of a route with a schedule are not corrected by the way, and an order that nobody takes is withdrawn',
  async () => {
    mirror.configure((settings) => {
      settings.routes[0]!['sync'] = { mode: 'batch', cron: '0 2 1 1 *' };
    });
    await damage("UPDATE payment SET payee = 'forged' WHERE id = 9");
    await mirror.source.query("UPDATE payment SET payee = 'new' WHERE id = 10");
    const refused = await ofPayments('--where', 'id = 9');
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('--now')]);
    const withdrawn = await sync(route, '--timeout', '2');
    expect(withdrawn).toMatchObject({ exitCode: 2, runs: [{ state: 'cancelled' }] });
  },
  PATIENCE_MS,
);

test(
  'with --now they are corrected by a run that brings the route up to now',
  async () => {
    pipeline = await mirror.start();
    const corrected = await ofPayments('--where', 'id = 9', '--now');
    expect(corrected).toMatchObject({ exitCode: 0, runs: [{ verdict: 'match', rowsRead: 1 }] });
    expect(await inTarget('id IN (9, 10)')).toEqual([
      [9, 'p9'],
      [10, 'new'],
    ]);
  },
  PATIENCE_MS,
);

test(
  'a whole route is run at once, and what differs since before is named',
  async () => {
    await mirror.source.query("UPDATE payment SET payee = 'newer' WHERE id = 10");
    await damage("UPDATE payment SET payee = 'forged' WHERE id = 11");
    const whole = await sync(route);
    expect(whole).toMatchObject({ exitCode: 1, runs: [{ mode: 'manual', verdict: 'mismatch' }] });
    expect(whole.runs[0]).toHaveProperty('outcomes.applied', 1);
    expect(await inTarget('id = 10')).toEqual([[10, 'newer']]);
    const shown = await counterfoil('sync', 'show', route, whole.runs[0]!.id, '--config', mirror.configFile);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      verdict: 'mismatch',
      cutOff: { time: expect.any(String) as string },
    });
  },
  PATIENCE_MS,
);
