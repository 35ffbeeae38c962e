import type { SyncRun } from '../../schemas/contract/sync-run.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { counterfoil, Pipeline } from '../support/pipeline.ts';

// Each test goes on from the one before.
const PATIENCE_MS = 240_000;

let mirror: FreshMirror;
let writer: Writer;

beforeAll(async () => {
  mirror = await freshMirror('mariadb', [
    'CREATE TABLE claim (id INT PRIMARY KEY, title VARCHAR(50))',
    'CREATE TABLE line (id INT PRIMARY KEY, claim INT NOT NULL)',
    'CREATE TABLE counter (id INT PRIMARY KEY, value INT NOT NULL)',
    'INSERT INTO counter VALUES (1, 0)',
  ]);
  writer = new Writer(mirror);
}, PATIENCE_MS);

afterAll(async () => {
  await writer.stop();
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

/** Writes one transaction after the other, each over three tables, and knows when each was committed. */
class Writer {
  readonly begun: number[] = [];
  readonly committed: number[] = [];
  #going: Promise<void> | null = null;
  #stopped = false;

  constructor(private readonly mirror: FreshMirror) {}

  start(): void {
    this.#stopped = false;
    this.#going = this.#write();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#going;
  }

  async #write(): Promise<void> {
    while (!this.#stopped) {
      const id = this.committed.length + 1;
      this.begun.push(Date.now());
      await this.mirror.source.query(
        `START TRANSACTION; INSERT INTO claim VALUES (${id}, 't'); INSERT INTO line VALUES (${id}, ${id});
         UPDATE counter SET value = ${id} WHERE id = 1; COMMIT`,
      );
      this.committed.push(Date.now());
      // Others work on this machine.
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
}

/** Has the route run at one moment of each day, this many seconds from now. */
function scheduleIn(seconds: number): number {
  const moment = new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000);
  const shanghai = new Date(moment.getTime() + 8 * 3_600_000);
  const [hour, minute, second] = [shanghai.getUTCHours(), shanghai.getUTCMinutes(), shanghai.getUTCSeconds()];
  mirror.configure((settings) => {
    settings.routes[0]!['sync'] = {
      ...{ mode: 'batch', timeZone: 'Asia/Shanghai' },
      cron: `${second.toString()} ${minute.toString()} ${hour.toString()} * * *`,
    };
  });
  return moment.getTime();
}

async function runs(): Promise<SyncRun[]> {
  const { stdout, stderr, exitCode } = await counterfoil(
    ...['sync', 'list', '--config', mirror.configFile, '--json'],
  );
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as SyncRun[];
}

const runsAt = async (moment: number) =>
  (await runs()).filter(({ dueAt }) => Date.parse(String(dueAt)) === moment);

async function untilCompleted(moment: number): Promise<SyncRun> {
  const due = new Date(moment).toISOString();
  for (let state = ''; state !== 'completed'; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const [row] = await mirror.target
      .query(`SELECT state FROM ${mirror.name}_own.sync_run WHERE due_at = '${due}'`)
      // Before the route is first run.
      .catch(() => []);
    state = String(row?.['state']);
  }
  const [run] = await runsAt(moment);
  return run!;
}

const inTarget = (table: string) => `${mirror.name}_mirror."${table}"`;

/** Numbers of the transactions that the target has; the same of all tables, and without a gap. */
async function lastInTarget(): Promise<number> {
  const [row] = await mirror.target.query(
    `SELECT (SELECT count(*) FROM ${inTarget('claim')})::int AS claims, (SELECT max(id) FROM ${inTarget('claim')})::int AS claim,
       (SELECT count(*) FROM ${inTarget('line')})::int AS lines, (SELECT max(id) FROM ${inTarget('line')})::int AS line,
       (SELECT value FROM ${inTarget('counter')})::int AS counter`,
  );
  const last = Number(row!['counter']);
  expect(row).toEqual({ claims: last, claim: last, lines: last, line: last, counter: last });
  return last;
}

/** Everything committed before the moment is there, and nothing that was begun after the second of the cut-off. */
function expectCutAt(moment: number, { cutOff }: SyncRun, last: number): void {
  const second = Date.parse(String(cutOff!.time));
  expect(second).toBeGreaterThanOrEqual(moment);
  expect(last).toBeGreaterThanOrEqual(writer.committed.filter((time) => time < moment).length);
  expect(last).toBeLessThanOrEqual(writer.begun.filter((time) => time < second + 1_000).length);
}

const changes = ({ outcomes }: SyncRun) => outcomes.applied + outcomes.superseded;

let counted = 0;

test(
  'a run applies what was committed before its moment and nothing after it, while the office goes on',
  async () => {
    const moment = scheduleIn(45);
    const pipeline = await mirror.start();
    writer.start();
    expect(await mirror.target.query(`SELECT to_regclass('${inTarget('claim')}') AS found`)).toEqual([
      { found: null },
    ]);
    expect(await pipeline.readiness()).toMatchObject({
      status: 200,
      body: expect.stringContaining('resting') as string,
    });
    const run = await untilCompleted(moment);
    const last = await lastInTarget();
    expectCutAt(moment, run, last);
    expect(run).toMatchObject({ mode: 'scheduled', verdict: 'match', missedSince: null });
    expect(run.explanation).toMatch(/have changed since the cut-off/);
    // The first row of the counter came with the snapshot.
    expect(changes(run)).toBe(1 + 3 * last);
    expect(run.outcomes).toMatchObject({ duplicate: 0, 'dead-lettered': 0, parked: 0 });
    counted = last;
    const metrics = await pipeline.metrics();
    expect(metrics).toMatch(/counterfoil_sync_runs_total{route="[^"]+",mode="scheduled",verdict="match"} 1/);
    expect(metrics).toMatch(/counterfoil_sync_overdue_seconds{route="[^"]+"} 0/);
    expect(metrics).not.toContain('counterfoil_lag_seconds{');
    await pipeline.kill('SIGTERM');
  },
  PATIENCE_MS,
);

test.each(['sync:cut-off-fixed', 'sink:committed:2', 'sync:checked'])(
  'a run that is killed at %s is gone on with, and counts each change once',
  async (point) => {
    const moment = scheduleIn(40);
    const doomed = new Pipeline(mirror.configFile, point);
    expect(await doomed.ended).toBe('SIGKILL');
    const pipeline = new Pipeline(mirror.configFile);
    const run = await untilCompleted(moment);
    const last = await lastInTarget();
    expectCutAt(moment, run, last);
    expect(run).toMatchObject({ verdict: 'match', missedSince: null });
    expect(changes(run)).toBe(3 * (last - counted));
    counted = last;
    expect(await runsAt(moment)).toHaveLength(1);
    await pipeline.kill('SIGTERM');
  },
  PATIENCE_MS,
);

test(
  'a moment at which no process was there is made up for, up to that moment',
  async () => {
    const moment = scheduleIn(45);
    const before = new Pipeline(mirror.configFile);
    await before.untilReadiness(({ status }) => status === 200);
    await before.kill('SIGTERM');
    while (Date.now() < moment + 5_000) await new Promise((resolve) => setTimeout(resolve, 200));
    const pipelines = [new Pipeline(mirror.configFile), new Pipeline(mirror.configFile)];
    const run = await untilCompleted(moment);
    const last = await lastInTarget();
    expectCutAt(moment, run, last);
    expect(run).toMatchObject({ verdict: 'match' });
    expect(changes(run)).toBe(3 * (last - counted));
    counted = last;
    await Promise.all(pipelines.map((pipeline) => pipeline.kill('SIGTERM')));
  },
  PATIENCE_MS,
);
