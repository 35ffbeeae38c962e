import type { Kafka, Producer } from 'kafkajs';
import { createKafka } from '../../connectors/kafka/client.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { readRecords } from '../../connectors/kafka/read-records.ts';
import { heldRanges } from '../../connectors/kafka/held-range.ts';
import { transactionTopic } from '../../connectors/debezium/topic-names.ts';
import { accountReport } from '../../app/accounting/account-report.ts';
import type { AccountReport } from '../../app/accounting/account-report.ts';
import { loadConfig } from '../../app/config/load.ts';
import { routesOf } from '../../app/runtime/routes.ts';
import { createSink } from '../../app/runtime/targets.ts';
import type { RawRecord, Sink } from '../../schemas/contract/ports.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { counterfoil, Pipeline } from '../support/pipeline.ts';
import { testStack } from '../support/stack-file.ts';

const PATIENCE_MS = 240_000;

const TABLES = [
  'CREATE TABLE claim (id INT PRIMARY KEY, title VARCHAR(40))',
  'CREATE TABLE line (id INT PRIMARY KEY, claim_id INT, amount DECIMAL(10,2))',
  "INSERT INTO claim VALUES (1, 'before'), (2, 'the snapshot')",
];

describe.each(['mariadb', 'postgresql'] as const)('transactions of %s', (from) => {
  let mirror: FreshMirror;
  let kafka: Kafka;
  let producer: Producer;
  let sink: Sink;

  beforeAll(async () => {
    mirror = await freshMirror(from, TABLES);
    mirror.configure(({ sources }) => {
      for (const source of Object.values(sources)) source['partitions'] = 2;
    });
    await mirror.start();
    await mirror.expectMatch();
    kafka = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'accounting-test' });
    producer = kafka.producer();
    await producer.connect();
    const config = loadConfig(mirror.configFile, {});
    sink = await createSink(config, Object.keys(config.targets)[0]!, { poolSize: 1 });
  }, PATIENCE_MS);

  afterAll(async () => {
    await producer.disconnect();
    await sink.close();
    await mirror.stop();
    await mirror.close();
  }, PATIENCE_MS);

  const boundaries = () => transactionTopic(mirror.plan.sourceName);

  async function transact(...statements: string[]): Promise<void> {
    await mirror.source.query('BEGIN');
    for (const statement of statements) await mirror.source.query(statement);
    await mirror.source.query('COMMIT');
  }

  async function report(): Promise<AccountReport> {
    const [route] = await routesOf(loadConfig(mirror.configFile, {}));
    return accountReport(
      { name: route!.name, accounts: sink.accounts!, letters: sink.letters, told: Date.now() },
      { from: 0, settled: false, behindBefore: 0 },
    );
  }

  /** Asks until the report is as wanted; the test's own time limit ends a wait in vain. */
  async function reportWhen(wanted: (report: AccountReport) => boolean): Promise<AccountReport> {
    for (;;) {
      const now = await report();
      if (wanted(now)) return now;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Waits until all that the source has committed by now is applied and counted. */
  async function settled(): Promise<AccountReport> {
    await mirror.expectMatch();
    const { total } = await report();
    // Heartbeats are transactions, too: when one that comes after it is counted, so is what came before it.
    return reportWhen((now) => now.open.length === 0 && now.total.balanced > total.balanced + 2);
  }

  async function lastRecord(
    topic: string,
    wanted: (record: RawRecord) => boolean = () => true,
  ): Promise<RawRecord> {
    const reader = createTopicReader(kafka);
    const ends = await heldRanges(reader, [topic]);
    const found: RawRecord[] = [];
    await readRecords(
      {
        ...{ kafka, reader, ends, accepts: (each) => each === topic, from: () => null },
        visit: (record) => {
          if (wanted(record)) found.push(record);
          return Promise.resolve(false);
        },
      },
      new AbortController().signal,
    );
    await reader.close();
    const last = found.at(-1);
    if (last === undefined) throw new Error(`${topic} has no such record`);
    return last;
  }

  const sendAgain = async ({ topic, partition, key, value }: RawRecord) => {
    await producer.send({ topic, messages: [{ key, value, partition }] });
  };

  const claims = () => `${mirror.plan.sourceName}.${from === 'mariadb' ? mirror.name : 'public'}.claim`;

  test(
    'are balanced, whatever they do to rows, and each event has one outcome',
    async () => {
      const before = await settled();
      expect(before).toMatchObject({ verdict: 'match', unbalanced: [] });
      await transact(
        "INSERT INTO claim VALUES (10, 'ten'), (11, 'eleven')",
        'INSERT INTO line VALUES (100, 10, 1.50), (101, 10, 2), (102, 11, 3)',
        "UPDATE claim SET title = 'changed' WHERE id = 10",
        'UPDATE claim SET id = 12 WHERE id = 11',
        'DELETE FROM line WHERE id = 101',
      );
      await mirror.source.query('BEGIN');
      await mirror.source.query("INSERT INTO claim VALUES (99, 'never')");
      await mirror.source.query('ROLLBACK');
      await mirror.source.query('ALTER TABLE line ADD COLUMN note VARCHAR(10)');
      await transact("UPDATE line SET note = 'new'");
      const after = await settled();
      expect(after).toMatchObject({ verdict: 'match', unbalanced: [], open: [] });
      const { events, outcomes, repeated } = after.total;
      expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(events);
      expect(repeated).toBe(0);
      // 2 + 3 + 1 + 2 + 1, then 2
      expect((outcomes['applied'] ?? 0) + (outcomes['superseded'] ?? 0)).toBeGreaterThanOrEqual(11);
    },
    PATIENCE_MS,
  );

  test(
    'are balanced after the process was killed between rows and position, and is run again',
    async () => {
      await Pipeline.killAll();
      for (const point of ['sink:rows-written', 'sink:committed', 'batch:mapped']) {
        await transact(
          `INSERT INTO claim VALUES (${2_000 + point.length}, 'kill')`,
          "UPDATE claim SET title = 'x'",
        );
        expect(await new Pipeline(mirror.configFile, point).ended).toBe('SIGKILL');
      }
      const pipeline = new Pipeline(mirror.configFile);
      await pipeline.untilReadiness(({ status }) => status === 200);
      expect(await settled()).toMatchObject({ verdict: 'match', unbalanced: [] });
    },
    PATIENCE_MS,
  );

  test(
    'are not counted again when the route reads them again',
    async () => {
      const { total: before } = await settled();
      await Pipeline.killAll();
      const replay = await counterfoil(
        ...['replay', (await report()).route, '--from', 'beginning', '--yes', '--config', mirror.configFile],
      );
      expect(replay).toMatchObject({ exitCode: 0 });
      const pipeline = new Pipeline(mirror.configFile);
      await pipeline.untilReadiness(({ status }) => status === 200);
      const { total: after, verdict } = await settled();
      expect(verdict).toBe('match');
      expect(after.repeated).toBe(before.repeated);
      expect(after.outcomes['duplicate'] ?? 0).toBe(before.outcomes['duplicate'] ?? 0);
    },
    PATIENCE_MS,
  );

  test(
    'that the connector sends again in part, or ends twice, are no fault',
    async () => {
      await transact("INSERT INTO claim VALUES (20, 'twenty'), (21, 'twenty-one')");
      await settled();
      const end = await lastRecord(boundaries(), ({ value }) => value?.includes('claim') === true);
      const again = await lastRecord(claims(), ({ value }) => value?.includes('twenty') === true);
      await sendAgain(again);
      await sendAgain(end);
      expect(await settled()).toMatchObject({ verdict: 'match', unbalanced: [] });
    },
    PATIENCE_MS,
  );

  test(
    'of which an event never came are named, until somebody settles them',
    async () => {
      await transact("INSERT INTO claim VALUES (30, 'thirty'), (31, 'thirty-one')");
      await settled();
      // The end of another transaction, of the future, that has one event more than will come.
      const end = await lastRecord(boundaries(), ({ value }) => value?.includes('claim') === true);
      await sendAgain(renamed(end));
      const { unbalanced, verdict, route } = await reportWhen((now) => now.unbalanced.length > 0);
      expect(verdict).toBe('mismatch');
      const [transaction] = unbalanced;
      expect(transaction).toMatchObject({ fault: 'missing', settled: null });
      expect(transaction!.explanation).toContain('2 of 2 events never came');
      const args = ['accounting', 'settle', route, transaction!.transaction];
      const settle = await counterfoil(...args, '--reason', 'made up', '--config', mirror.configFile);
      expect(settle).toMatchObject({ exitCode: 0 });
      expect(await report()).toMatchObject({ verdict: 'match', unbalanced: [] });
    },
    PATIENCE_MS,
  );
});

/** The same end, of a transaction that was never begun: its name ends in another digit. */
function renamed(record: RawRecord): RawRecord {
  const value = Buffer.from(record.value!);
  // status, then the id: each with its length before it
  const at = value.indexOf('END') + 3;
  const length = value[at]! / 2;
  const id = value.subarray(at + 1, at + 1 + length).toString();
  const name = id.split(':')[0]!;
  const last = at + name.length;
  value[last] = value[last] === 0x39 ? 0x38 : 0x39;
  value[at + 1] = value[at + 1] === 0x39 ? 0x38 : 0x39;
  return { ...record, value };
}
