import { FEED_POINTS, PUBLISHER_POINTS } from '../../app/runtime/failpoint.ts';
import { randomOf } from '../../stack/demo/activity/prng.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { Pipeline } from '../support/pipeline.ts';
import { saving, SOURCE_TABLES } from './feed/claims.ts';
import { ToldClaims } from './feed/topic.ts';
import type { ToldClaim } from './feed/topic.ts';
import { FeedWorkers } from './feed/workers.ts';

// Claims of a MariaDB through Debezium, a mirror and a feed into a topic; each test goes on from the one before.
const PATIENCE_MS = 600_000;
const CLAIMS = 60;
/** Of the office: a claim has to rest for a heartbeat to be whole. */
const PAUSE_MS = 50;
const LARGE = 20_000;

let mirror: FreshMirror;
let pipeline: Pipeline;
let feeds: FeedWorkers;
let topic: ToldClaims;

beforeAll(async () => {
  mirror = await freshMirror('mariadb', SOURCE_TABLES);
  mirror.configure(() => undefined);
  for (let claim = 1; claim <= CLAIMS; claim += 1) await save(claim, [claim * 100]);
  pipeline = await mirror.start();
  feeds = new FeedWorkers(mirror);
  topic = new ToldClaims(`${mirror.name}.claim_document`);
}, PATIENCE_MS);

afterAll(async () => {
  await feeds.killAll();
  await topic.close();
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

async function save(claim: number, cents: readonly number[]): Promise<void> {
  await mirror.source.query(saving(claim, cents));
}

/** Gives all lines of one claim to another. */
async function merge(from: number, into: number): Promise<void> {
  await mirror.source.query(
    [
      'START TRANSACTION',
      `UPDATE line SET claim_id = ${into}, line_no = line_no + 1000 WHERE claim_id = ${from}`,
      ...[from, into].map(
        (claim) =>
          `UPDATE claim SET total = (SELECT coalesce(sum(amount), 0) FROM line WHERE claim_id = ${claim}),
             line_count = (SELECT count(*) FROM line WHERE claim_id = ${claim}) WHERE id = ${claim}`,
      ),
      'COMMIT',
    ].join('; '),
  );
}

async function remove(claim: number): Promise<void> {
  await mirror.source.query(
    `START TRANSACTION; DELETE FROM claim WHERE id = ${claim}; DELETE FROM line WHERE claim_id = ${claim}; COMMIT`,
  );
}

const random = randomOf(7);
const upTo = (limit: number) => random.int(0, limit - 1);

async function work(transactions: number): Promise<void> {
  for (let at = 0; at < transactions; at += 1) {
    const claim = 1 + upTo(CLAIMS);
    const other = 1 + ((claim + upTo(CLAIMS - 1)) % CLAIMS);
    const kind = upTo(10);
    if (kind === 0) await remove(claim);
    else if (kind < 3 && other !== claim) {
      await save(claim, [upTo(9_999)]);
      await save(other, [upTo(9_999)]);
      await merge(claim, other);
    } else
      await save(
        claim,
        Array.from({ length: upTo(12) }, () => upTo(9_999)),
      );
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** What the source holds, as the topic is to say it. */
async function atSource(): Promise<ReadonlyMap<bigint, ToldClaim['claim']>> {
  const cents = (amount: unknown) => BigInt(String(amount).replace('.', ''));
  const claims = await mirror.source.query('SELECT id, total, line_count FROM claim');
  const lines = await mirror.source.query('SELECT claim_id, line_no, amount FROM line ORDER BY line_no, id');
  return new Map(
    claims.map((row) => [
      BigInt(String(row['id'])),
      {
        ...{ total: cents(row['total']), count: Number(row['line_count']) },
        lines: lines
          .filter((line) => line['claim_id'] === row['id'])
          .map((line) => ({ no: Number(line['line_no']), amount: cents(line['amount']) })),
      },
    ]),
  );
}

async function untilTold(): Promise<void> {
  const wanted = await atSource();
  const told = (last: ReadonlyMap<bigint, ToldClaim>) =>
    [...last].filter(([, { claim }]) => claim !== null).map(([id, { claim }]) => [id, claim] as const);
  const text = (claims: Iterable<readonly [bigint, ToldClaim['claim']]>) =>
    JSON.stringify(
      [...claims].sort(([a], [b]) => Number(a - b)),
      (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    );
  await topic.until((last) => text(told(last)) === text(wanted));
}

/** Never a half one, never one twice, and never an older one after a newer. */
function expectWholeAndOnce(): void {
  const halves = topic.told.filter(
    ({ claim }) =>
      claim !== null &&
      (claim.count !== claim.lines.length ||
        claim.total !== claim.lines.reduce((sum, { amount }) => sum + amount, 0n)),
  );
  expect(halves).toEqual([]);
  const newest = new Map<bigint, string>();
  for (const { id, version } of topic.told) {
    expect(version > (newest.get(id) ?? '')).toBe(true);
    newest.set(id, version);
  }
}

test(
  'claims that are there, and those that change while the feed is killed at every named point, are told whole and once',
  async () => {
    const stop = new AbortController();
    const office = (async () => {
      while (!stop.signal.aborted) await work(1);
    })();
    const reading = topic.start();
    for (const point of [...FEED_POINTS, ...PUBLISHER_POINTS])
      expect([point, await feeds.ended(feeds.start(`${point}:2`))]).toEqual([point, 'SIGKILL']);
    await pipeline.kill('SIGKILL');
    pipeline = new Pipeline(mirror.configFile);
    stop.abort();
    await office;
    const worker = feeds.start();
    await reading;
    await untilTold();
    expectWholeAndOnce();
    expect(await feeds.end(worker, 'SIGTERM')).toBe(0);
  },
  PATIENCE_MS,
);

test(
  'two processes tell one feed: one after the other when one is killed',
  async () => {
    const pair = [feeds.start(), feeds.start()];
    await work(20);
    await untilTold();
    await feeds.end(pair[0]!, 'SIGKILL');
    await work(20);
    await untilTold();
    const third = feeds.start();
    await feeds.end(pair[1]!, 'SIGKILL');
    await work(20);
    await untilTold();
    expectWholeAndOnce();
    expect(await feeds.end(third, 'SIGTERM')).toBe(0);
  },
  PATIENCE_MS,
);

test(
  `a claim of ${LARGE} lines, saved in one transaction and saved again, is one message each`,
  async () => {
    const worker = feeds.start();
    const before = topic.told.length;
    const lines = (seed: number) => Array.from({ length: LARGE }, (_, at) => (at * seed) % 9_973);
    await save(99, lines(3));
    await untilTold();
    await save(99, lines(7));
    await untilTold();
    expectWholeAndOnce();
    const large = topic.told.slice(before).filter(({ id }) => id === 99n);
    expect(large.map(({ claim }) => claim?.lines.length)).toEqual([LARGE, LARGE]);
    expect(await feeds.end(worker, 'SIGTERM')).toBe(0);
  },
  PATIENCE_MS,
);
