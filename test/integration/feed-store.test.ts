import fc from 'fast-check';
import pg from 'pg';
import type { Message } from '../../schemas/contract/message.ts';
import type { Claim, Sink } from '../../schemas/contract/ports.ts';
import { offsetOf, versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { FeedStore } from '../../schemas/feed/store.ts';
import { createFeedStore } from '../../sinks/feed/store.ts';
import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { AppliedPartition, approvals, CLAIM, claims, lines } from '../support/fed-documents.ts';
import type { RowChange } from '../support/fed-documents.ts';
import { FOUND_TURNS, turn } from '../support/feed-turns.ts';
import { documentIn, PaperClaims, step, TABLES } from '../support/paper-claims.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const ROUTE = 'claims';
const PLACE = { topic: 'oa.beat', partition: 0 };

let clock = 1_000_000;
const version = (at: number): Version => versionOf(at.toString(16).padStart(32, '0'));
const tick = () => version(++clock);

let address: { host: string; port: number; user: string; password: string; database: string };
let admin: pg.Client;
let sink: Sink;
const opened: FeedStore[] = [];

beforeAll(async () => {
  const { host, port, user, password } = testStack().postgres;
  const database = uniqueName('feed');
  const server = new pg.Client({ host, port, user, password, database: 'postgres' });
  await server.connect();
  await server.query(`CREATE DATABASE ${database}`);
  await server.end();
  address = { host, port, user, password, database };
  admin = new pg.Client(address);
  await admin.connect();
  sink = createPostgresSink({ ...address, namespace: 'own' });
  await sink.prepare();
});

afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await sink.close();
  await admin.end();
  const server = new pg.Client({ ...address, database: 'postgres' });
  await server.connect();
  await server.query(`DROP DATABASE ${address.database} WITH (FORCE)`);
  await server.end();
});

function storeOf(feed: string): FeedStore {
  const store = createFeedStore({ ...address, namespace: 'own', feed, routes: [ROUTE], documents: [CLAIM] });
  opened.push(store);
  return store;
}

/** A feed told from the beginning. */
class Reader {
  readonly told: Message[] = [];
  #claim: Claim | null = null;

  constructor(readonly store: FeedStore) {}

  /** Queues what is whole, and tells what is queued; `forget` dies before it is settled. */
  async look(cut: Version, forget = false): Promise<void> {
    while ((await this.store.queue(cut)).documents > 0);
    for (;;) {
      this.#claim ??= await this.store.claim(PLACE);
      const batch = await this.store.oldest();
      if (batch === null) return;
      this.told.push(...batch.queued.map(({ message }) => message));
      if (forget) {
        this.#claim = null;
        return;
      }
      this.#claim = await this.store.settle(this.#claim, batch.next);
    }
  }
}

test('tables that are not there are watched later; what is in them by then is told', async () => {
  const store = storeOf('early');
  await store.prepare();
  expect(await store.watch()).toBe(false);
  const partition = await AppliedPartition.open(sink, ROUTE, 'early');
  await partition.apply(
    [
      { table: claims, id: 1n, row: { total: '10.10', title: 'a' }, version: version(1) },
      { table: lines, id: 11n, row: { claim_id: 1n, line_no: 1, amount: '10.10' }, version: version(2) },
      { table: lines, id: 12n, row: { claim_id: 2n, line_no: 1, amount: '1.00' }, version: version(3) },
      { table: approvals, id: 13n, row: { of_kind: 'contract', of_id: 1n }, version: version(3) },
      { table: approvals, id: 14n, row: { of_kind: 'claim', of_id: 1n }, version: version(3) },
    ],
    version(3),
  );
  expect(await store.watch()).toBe(true);
  expect(await store.watch()).toBe(true);
  const reader = new Reader(store);
  await reader.look(version(2));
  expect(reader.told).toEqual([]);
  await reader.look(version(3));
  expect(reader.told).toEqual([
    {
      ...{ shape: CLAIM.shape, key: '["1"]', keyCells: [1n], version: version(3) },
      body: {
        cells: { id: 1n, total: '10.10', title: 'a' },
        nested: {
          lines: [{ cells: { id: 11n, claim_id: 1n, line_no: 1, amount: '10.10' }, nested: {} }],
          approvals: [{ cells: { id: 14n, of_kind: 'claim', of_id: 1n }, nested: {} }],
        },
      },
    },
  ]);
});

test('what is as it was told is not told again, unless that is asked for; a refusal stays until it is superseded', async () => {
  const store = storeOf('again');
  await store.prepare();
  await store.watch();
  const partition = await AppliedPartition.open(sink, ROUTE, 'again');
  const save = (id: bigint, total: string, at: number) =>
    partition.apply([{ table: claims, id, row: { total, title: 'b' }, version: version(at) }], version(at));
  await save(5n, '1.00', 10);
  const reader = new Reader(store);
  await reader.look(version(10));
  reader.told.length = 0;
  await save(5n, '1.00', 11);
  await reader.look(version(11));
  expect(reader.told).toEqual([]);
  expect(await store.tellAgain('claim', [['5'], ['6']])).toBe(1);
  await reader.look(version(12));
  expect(reader.told).toMatchObject([{ key: '["5"]', version: version(12) }]);

  await save(5n, '2.00', 13);
  await store.queue(version(13));
  const batch = (await store.oldest())!;
  const error = new CounterfoilError('ROW_REJECTED', 'too much');
  await store.refuse(batch.queued.map((each) => ({ ...each, error })));
  expect(await store.oldest()).toBeNull();
  expect(await store.refused(10)).toMatchObject([{ document: 'claim', key: ['5'], reason: 'too much' }]);
  expect(await store.summary()).toMatchObject({ pending: 0, refused: 1 });
  expect(await store.retry()).toBe(1);
  reader.told.length = 0;
  await new Reader(store).look(version(13));
  expect(await store.summary()).toMatchObject({ pending: 1, refused: 1 });
  const after = new Reader(store);
  await after.look(version(14));
  expect(after.told).toMatchObject([{ key: '["5"]', version: version(14) }]);
  expect(await store.summary()).toEqual({ pending: 0, oldest: null, refused: 0 });
});

test('a hundred documents at once are told once each, in the order of their places', async () => {
  const store = storeOf('hundred');
  await store.prepare();
  await store.watch();
  const reader = new Reader(store);
  await reader.look(tick());
  reader.told.length = 0;
  const partition = await AppliedPartition.open(sink, ROUTE, 'hundred');
  const ids = Array.from({ length: 101 }, (_, at) => 1_000n + BigInt(at));
  const saved = ids.map((id) => ({
    ...{ table: claims, id, row: { total: '1.00', title: 'h' } },
    version: tick(),
  }));
  await partition.apply(saved, tick());
  await reader.look(tick());
  expect(reader.told.map(({ keyCells: [id] }) => id)).toEqual(ids);
});

test('only one of several holds a feed; another takes over when its connection has gone, and fences it', async () => {
  const [one, two] = [storeOf('held'), storeOf('held')];
  await one.prepare();
  expect([await one.hold(), await two.hold(), await one.hold()]).toEqual([true, false, true]);
  const claim = await one.claim(PLACE);
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database =
       (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()`,
  );
  while (!(await two.hold()));
  const newer = await two.claim(PLACE);
  await expect(one.settle(claim, offsetOf(1))).rejects.toMatchObject({ code: 'STALE_WRITER' });
  await two.settle(newer, offsetOf(1));
  while (await one.hold());
});

test('a document that a row belonged to, by a change that newer ones keep out, waits until they have come', async () => {
  const store = storeOf('kept-out');
  await store.prepare();
  await store.watch();
  const reader = new Reader(store);
  await reader.look(tick());
  reader.told.length = 0;
  const open = (at: number) => AppliedPartition.open(sink, ROUTE, `kept-out-${at}`);
  const [before, after] = await Promise.all([open(0), open(1)]);
  const [saved, between, moved] = [tick(), tick(), tick()];
  const line = (claim: bigint, at: Version): RowChange => ({
    ...{ table: lines, id: 2_900n, row: { claim_id: claim, line_no: 1, amount: '1.00' }, version: at },
  });
  // The key has moved to a partition that is read faster.
  await after.apply([line(2_002n, moved)], moved);
  await before.apply(
    [{ table: claims, id: 2_001n, row: { total: '1.00', title: 'k' }, version: saved }, line(2_001n, saved)],
    between,
  );
  await reader.look(between);
  expect(reader.told).toEqual([]);
  await reader.look(moved);
  expect(reader.told).toMatchObject([{ key: '["2001"]', body: { nested: { lines: [] } } }]);
});

test('whatever the history and the order in which it comes: what is told is how a document was between two transactions, and last how it is', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      fc.array(turn, { maxLength: 40 }),
      async (transactions, turns) => {
        const feed = `history-${++run}`;
        const base = BigInt(run) * 1_000_000n;
        const office = new PaperClaims(base, tick);
        for (const steps of transactions) office.transact(steps);
        const partitionOf = ({ table, id }: RowChange) =>
          table === approvals ? 4 : TABLES.indexOf(table) * 2 + Number(id % 2n);
        const queues = [0, 1, 2, 3, 4].map((at) =>
          office.changes.filter((change) => partitionOf(change) === at),
        );
        const partitions = await Promise.all(
          [...queues, []].map((_, at) => AppliedPartition.open(sink, ROUTE, `${feed}-${at}`)),
        );
        const store = storeOf(feed);
        await store.prepare();
        await store.watch();
        const reader = new Reader(store);
        let beats = 0;
        const goOn = async (at: number, some: readonly RowChange[]) => {
          const last = some.at(-1);
          if (last !== undefined) await partitions[at]!.apply(some, last.version);
        };
        const beatOn = async () => {
          const beat = office.beats[beats];
          if (beat === undefined) return;
          beats += 1;
          await partitions[5]!.apply([], beat);
        };
        /** The newest heartbeat that has come, and before which all has come. */
        const cut = () => {
          const missing = queues.flatMap((queue) => queue.slice(0, 1).map((change) => change.version));
          return office.beats.slice(0, beats).findLast((beat) => missing.every((each) => each > beat));
        };
        for (const each of turns) {
          if (each.kind === 'batch') {
            if (each.partition === 5) await beatOn();
            else await goOn(each.partition, queues[each.partition]!.splice(0, each.events));
          } else if (each.kind === 'whole') {
            const beat = office.beats[beats] ?? version(clock);
            for (const [at, queue] of queues.entries())
              await goOn(at, queue.splice(0, queue.filter((change) => change.version < beat).length));
            await beatOn();
          } else {
            const whole = cut();
            if (whole !== undefined) await reader.look(whole, each.kind === 'die');
          }
        }
        for (const [at, queue] of queues.entries()) await goOn(at, queue.splice(0));
        while (beats < office.beats.length) await beatOn();
        await reader.look(office.beats.at(-1)!);
        // One that was told at the newest cut and changed since waits for the next.
        const final = tick();
        office.states.set(final, office.state);
        await reader.look(final);

        const mine = reader.told.filter(({ keyCells: [id] }) => (id as bigint) >= base);
        for (const { keyCells, version: at, body } of mine)
          expect(body).toEqual(documentIn(office.states.get(at)!, keyCells[0] as bigint));
        for (const id of [base, base + 1n, base + 2n]) {
          const last = mine.findLast(({ keyCells }) => keyCells[0] === id);
          expect(last?.body ?? null).toEqual(documentIn(office.state, id));
        }
        expect(await store.summary()).toEqual({ pending: 0, oldest: null, refused: 0 });
        await admin.query(
          `DO $$ DECLARE f record; BEGIN
             FOR f IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'counterfoil_feed_%'
               AND prosrc LIKE '%history%' LOOP EXECUTE 'DROP FUNCTION ' || f.name || ' CASCADE'; END LOOP; END $$`,
        );
      },
    ),
    { numRuns: 60, examples: FOUND_TURNS },
  );
}, 300_000);
