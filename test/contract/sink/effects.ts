import type { Row } from '../../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import type { Sink, SinkBatch, SinkPoint } from '../../../schemas/contract/ports.ts';
import { offsetOf } from '../../../schemas/contract/position.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { SeveringProxy } from '../../support/severing-proxy.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { blockedOrDone, deletes, Gate, Partition, upserts, v } from './subject.ts';
import type { Groups, Subject } from './subject.ts';

/** What a trigger of the target writes down: a row for each row that was inserted, updated or deleted. */
type Effects = Readonly<Record<'inserted' | 'updated' | 'deleted', number>>;

/** A source of nine batches with one change per key and batch, so that every change must have exactly one effect. */
class History {
  readonly shape: TableShape;
  readonly route = uniqueName('effects');
  readonly #subject: Subject;

  private constructor(subject: Subject, shape: TableShape) {
    this.#subject = subject;
    this.shape = shape;
  }

  static async open(subject: Subject): Promise<History> {
    const history = new History(subject, subject.claims('effects'));
    await (await subject.readySink()).ensureTable(history.shape);
    for (const statement of triggers(subject, history.shape)) await subject.database.query(statement);
    return history;
  }

  /** In turn: ten rows come, all change, five go. */
  #changesOf(batch: number): Groups {
    const base = Math.floor(batch / 3) * 10;
    const ids = Array.from({ length: 10 }, (_, at) => BigInt(base + at + 1));
    const version = v(batch + 1);
    if (batch % 3 === 2) {
      const gone = ids.slice(0, 5).map((id) => [[id], version] as const);
      return { deletes: [deletes(this.shape, ...gone)], sourceVersion: version };
    }
    const rows = ids.map((id) => [rowOf(id, batch), version] as const);
    return { upserts: [upserts(this.shape, ...rows)], sourceVersion: version };
  }

  /** Applies what is left as the pipeline does: tried again while it may be, claimed anew when it was fenced. */
  async deliver(sink: Sink): Promise<void> {
    for (;;) {
      const [claim] = await patiently(() => sink.claim(this.route, [{ topic: 'topic', partition: 0 }]));
      try {
        for (let batch = Number(claim!.next ?? 0n) / 10; batch < 9; batch += 1)
          await patiently(() => sink.apply(this.batch(claim!, batch)));
        return;
      } catch (error) {
        if (!(error instanceof CounterfoilError && error.code === 'STALE_WRITER')) throw error;
      }
    }
  }

  batch(claim: SinkBatch['claim'], batch: number): SinkBatch {
    const range = { first: offsetOf(batch * 10), next: offsetOf(batch * 10 + 10) };
    return { ...new Partition(claim).batch(this.#changesOf(batch)), ...range };
  }

  /** Everything arrived, each change once. */
  async expectOnce(): Promise<void> {
    const rows = [0, 1, 2].flatMap((round) =>
      [6, 7, 8, 9, 10].map((id) => rowOf(BigInt(round * 10 + id), round * 3 + 1)),
    );
    expect(await this.#subject.rows(this.shape)).toEqual(rows);
    expect(await this.effects()).toEqual({ inserted: 30, updated: 30, deleted: 15 });
  }

  async effects(): Promise<Effects> {
    const table = this.#subject.sql(effectsOf(this.shape));
    const found = await this.#subject.database.query(
      `SELECT what, COUNT(*) AS times FROM ${table} GROUP BY what`,
    );
    const counts = new Map(found.map(({ what, times }) => [what, Number(times)]));
    const of = (what: string) => counts.get(what) ?? 0;
    return { inserted: of('inserted'), updated: of('updated'), deleted: of('deleted') };
  }
}

const rowOf = (id: bigint, batch: number): Row => ({ id, title: `batch ${batch}`, amount: String(batch) });

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CounterfoilError && error.disposition === 'retry')) throw error;
    }
  }
}

const effectsOf = (shape: TableShape): TableShape => ({
  ...shape,
  id: { ...shape.id, name: `${shape.id.name}_log` },
});

function triggers(subject: Subject, shape: TableShape): string[] {
  const [table, log] = [subject.sql(shape), subject.sql(effectsOf(shape))];
  const kinds = [
    ['INSERT', 'inserted'],
    ['UPDATE', 'updated'],
    ['DELETE', 'deleted'],
  ] as const;
  const create = `CREATE TABLE ${log} (what VARCHAR(10) NOT NULL)`;
  const name = (kind: string) =>
    subject.sql({ ...shape, id: { ...shape.id, name: `${shape.id.name}_${kind}` } });
  if (subject.dialect === 'mysql')
    return [
      create,
      ...kinds.map(
        ([kind, what]) =>
          `CREATE TRIGGER ${name(kind)} AFTER ${kind} ON ${table} FOR EACH ROW INSERT INTO ${log} VALUES ('${what}')`,
      ),
    ];
  const note = name('note');
  return [
    create,
    `CREATE FUNCTION ${note}() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN INSERT INTO ${log} VALUES (lower(TG_OP) || CASE TG_OP WHEN 'INSERT' THEN 'ed' ELSE 'd' END); RETURN NULL; END $$`,
    `CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${note}()`,
  ];
}

export function describeEffects(current: () => Subject): void {
  describe('as many effects as changes', () => {
    const points: readonly SinkPoint[] = [
      'sink:transaction-begun',
      'sink:position-written',
      'sink:rows-written',
      'sink:committed',
    ];

    test('a replay from the beginning has none', async () => {
      const subject = current();
      const history = await History.open(subject);
      const sink = await subject.readySink();
      await history.deliver(sink);
      await history.expectOnce();
      await sink.rewind(history.route, [{ topic: 'topic', partition: 0, next: offsetOf(0) }]);
      await history.deliver(sink);
      await history.expectOnce();
    });

    test('connections that are killed at every point, again and again', async () => {
      const subject = current();
      const history = await History.open(subject);
      let passes = 0;
      const sink = await subject.readySink({
        reach: async (point) => {
          // Every batch has several attempts, each of them killed at another point or not at all.
          passes += 1;
          if (passes % 3 === 0 && point === points[Math.floor(passes / 3) % 4])
            await subject.database.killSessions(subject.user);
        },
      });
      await history.deliver(sink);
      await history.expectOnce();
    });

    test.each(['severed', 'silent'] as const)(
      'the answer to every other COMMIT is lost (%s)',
      async (how) => {
        const subject = current();
        const history = await History.open(subject);
        const proxy = await SeveringProxy.start(subject.database.address);
        try {
          let commits = 0;
          const sink = await subject.readySink({
            ...{ host: '127.0.0.1', port: proxy.port, statementTimeout: 500 },
            reach: (point) => {
              if (point === 'sink:rows-written' && (commits += 1) % 2 === 0) proxy.loseNextAnswer(how);
            },
          });
          await history.deliver(sink);
          await history.expectOnce();
          expect(commits).toBeGreaterThan(4);
        } finally {
          await proxy.stop();
        }
      },
    );

    test('deadlocks with a session that locks the same rows in the other order', async () => {
      const subject = current();
      const history = await History.open(subject);
      const other = await subject.database.openSession();
      let conflicts = 0;
      const sink = await subject.readySink({ lockTimeout: 30_000 });
      const [claim] = await sink.claim(history.route, [{ topic: 'topic', partition: 0 }]);
      const lock = (id: number) => `SELECT 1 FROM ${subject.sql(history.shape)} WHERE id = ${id} FOR UPDATE`;
      try {
        for (let batch = 0; batch < 9; batch += 1) {
          const [first, last] = [Math.floor(batch / 3) * 10 + 1, Math.floor(batch / 3) * 10 + 5];
          if (batch % 3 === 0) {
            await sink.apply(history.batch(claim!, batch));
            continue;
          }
          await other.query('BEGIN');
          for (const statement of other.becomeTheSurvivor) await other.query(statement);
          await other.query(lock(last));
          const applying = sink.apply(history.batch(claim!, batch));
          await blockedOrDone(subject, applying);
          const locking = other.query(lock(first));
          const error: unknown = await applying.catch((thrown: unknown) => thrown);
          expect(error).toMatchObject({ code: 'TARGET_CONFLICT', disposition: 'retry' });
          conflicts += 1;
          await locking;
          await other.query('ROLLBACK');
          await sink.apply(history.batch(claim!, batch));
        }
      } finally {
        await other.close();
      }
      expect(conflicts).toBe(6);
      await history.expectOnce();
    });

    test.each<SinkPoint>(['sink:transaction-begun', 'sink:committed'])(
      'an owner that stands still at %s while another takes over, and then goes on',
      async (point) => {
        const subject = current();
        const history = await History.open(subject);
        const gate = new Gate(point);
        const frozen = history.deliver(await subject.readySink({ reach: gate.reach }));
        await gate.reached;
        await history.deliver(await subject.readySink());
        gate.open();
        await frozen;
        await history.expectOnce();
      },
    );

    test('two owners that keep taking the partition from each other', async () => {
      const subject = current();
      const history = await History.open(subject);
      const sinks = await Promise.all([1, 2, 3].map(() => subject.readySink()));
      await Promise.all(sinks.map((sink) => history.deliver(sink)));
      await history.expectOnce();
    });
  });
}
