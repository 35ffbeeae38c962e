import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { Receiver } from '../support/receiver.ts';
import type { Delivery } from '../support/receiver.ts';
import { saving, SOURCE_TABLES } from './feed/claims.ts';
import { FeedWorkers } from './feed/workers.ts';

// Claims of a MariaDB through Debezium, a mirror and a feed to an endpoint that is a real server.
const PATIENCE_MS = 600_000;
const CLAIMS = 12;

let mirror: FreshMirror;
let receiver: Receiver;
let feeds: FeedWorkers;

beforeAll(async () => {
  mirror = await freshMirror('mariadb', SOURCE_TABLES);
  mirror.configure(() => undefined);
  for (let claim = 1; claim <= CLAIMS; claim += 1) await save(claim, [claim * 100, 1]);
  await mirror.start();
  receiver = await Receiver.start();
  feeds = new FeedWorkers(mirror, receiver.url);
}, PATIENCE_MS);

afterAll(async () => {
  await feeds.killAll();
  await receiver.close();
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

async function save(claim: number, cents: readonly number[]): Promise<void> {
  await mirror.source.query(saving(claim, cents));
}

interface Envelope {
  readonly version: string;
  readonly operation: string;
  readonly data: {
    readonly id: string;
    readonly total: string;
    readonly line_count: number;
    readonly lines: readonly {
      readonly claim_id: string;
      readonly line_no: number;
      readonly amount: string;
    }[];
  };
}

const envelopeOf = ({ body }: Delivery) => JSON.parse(body) as Envelope;
const has = (claim: number, total: string) => () => {
  const delivery = receiver.documents.get(`/claims/${claim}`);
  return delivery !== undefined && envelopeOf(delivery).data.total === total;
};

/** What each claim was told as, in order. */
function versionsByPath(): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>();
  for (const { path, version } of receiver.taken)
    versions.set(path, [...(versions.get(path) ?? []), version]);
  return versions;
}

test(
  'claims arrive at an endpoint as wholes, in order, and again after a crash with the same key',
  async () => {
    const killed = feeds.start('feed:published:1');
    expect(await feeds.ended(killed)).toBe('SIGKILL');
    expect(receiver.documents.size).toBe(CLAIMS);

    const worker = feeds.start();
    await receiver.until(() => receiver.repeated >= CLAIMS);
    expect(receiver.taken).toHaveLength(CLAIMS);
    for (const cents of [[250], [250, 300, 7], []]) {
      await save(3, cents);
      const total = (cents.reduce((sum, each) => sum + each, 0) / 100).toFixed(2);
      await receiver.until(has(3, total));
    }
    await mirror.source.query(
      'START TRANSACTION; DELETE FROM line WHERE claim_id = 5; DELETE FROM claim WHERE id = 5; COMMIT',
    );
    await receiver.until(() => !receiver.documents.has('/claims/5'));
    expect(await feeds.end(worker, 'SIGTERM')).toBe(0);

    expect(receiver.violations).toEqual([]);
    expect(receiver.outdated).toBe(0);
    for (const versions of versionsByPath().values()) expect(versions).toEqual([...new Set(versions)].sort());
    for (const delivery of receiver.taken.filter(({ operation }) => operation === 'upsert')) {
      const { version, data } = envelopeOf(delivery);
      expect(delivery).toMatchObject({ method: 'PUT', path: `/claims/${data.id}`, version });
      expect(delivery.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
      expect(data.lines.map(({ line_no: no }) => no)).toEqual(data.lines.map((_, at) => at + 1));
      expect(data.lines).toHaveLength(data.line_count);
      const sum = data.lines.reduce((cents, { amount }) => cents + Math.round(Number(amount) * 100), 0);
      expect((sum / 100).toFixed(2)).toBe(data.total);
    }
    const told = receiver.taken
      .filter(({ path }) => path === '/claims/3')
      .map((each) => envelopeOf(each).data);
    expect(told.map(({ lines }) => lines.map(({ amount }) => amount))).toEqual([
      ['3.00', '0.01'],
      ['2.50'],
      ['2.50', '3.00', '0.07'],
      [],
    ]);
  },
  PATIENCE_MS,
);
