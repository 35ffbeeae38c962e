import avsc from 'avsc';
import pRetry from 'p-retry';
import { createKafka } from '../../../connectors/kafka/client.ts';
import { followTopic } from '../../../connectors/kafka/follow-topic.ts';
import { createTopicReader } from '../../../connectors/kafka/topics.ts';
import { layoutOf } from '../../../processors/decode/avro-tree.ts';
import { LONG } from '../../../schemas/avro/long.ts';
import { testStack, uniqueName } from '../../support/stack-file.ts';

/** A claim as its topic says it; amounts in cents. */
export interface ToldClaim {
  readonly id: bigint;
  readonly version: string;
  /** Null when it is gone. */
  readonly claim: {
    readonly total: bigint;
    readonly count: number;
    readonly lines: readonly { readonly no: number; readonly amount: bigint }[];
  } | null;
}

interface AvroClaim {
  readonly total: Uint8Array;
  readonly line_count: number;
  readonly lines: readonly { readonly line_no: number; readonly amount: Uint8Array }[];
}

/** All that a committed reader sees of a topic from its beginning, as it comes. */
export class ToldClaims {
  readonly told: ToldClaim[] = [];
  readonly #stop = new AbortController();
  readonly #types = new Map<number, Promise<avsc.Type>>();
  readonly #kafka = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'counterfoil-test' });
  #reading: Promise<void> = Promise.resolve();

  constructor(private readonly topic: string) {}

  /** Resolves when the topic is there; the reading goes on. */
  async start(): Promise<void> {
    const reader = createTopicReader(this.#kafka);
    // A topic that has just been made has no leader yet.
    const ranges = await pRetry(() => reader.ranges(this.topic), {
      retries: 500,
      minTimeout: 100,
      maxTimeout: 100,
    });
    await reader.close();
    this.#reading = followTopic(
      {
        ...{ kafka: this.#kafka, topic: this.topic, groupId: uniqueName('reading') },
        from: new Map(ranges.map(({ partition, low }) => [partition, low])),
        ends: new Map(),
        onRecord: async ({ key, value, headers }) => {
          const { id } = (await this.#decoded(key!)) as { id: bigint };
          const version = headers['counterfoil.source.version']?.toString() ?? '';
          this.told.push({ id, version, claim: value === null ? null : claimOf(await this.#decoded(value)) });
        },
        onCaughtUp: () => undefined,
      },
      this.#stop.signal,
    );
    // Said when it is waited for.
    this.#reading.catch(() => undefined);
  }

  /** Waits until this is so; the test's own time limit ends a wait in vain. */
  async until(wanted: (last: ReadonlyMap<bigint, ToldClaim>) => boolean): Promise<void> {
    while (!wanted(new Map(this.told.map((each) => [each.id, each]))))
      await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
    const admin = this.#kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [this.topic] }).catch(() => undefined);
    await admin.disconnect();
  }

  async #decoded(bytes: Buffer): Promise<unknown> {
    const id = bytes.readInt32BE(1);
    const type = this.#types.get(id) ?? schemaOf(id);
    this.#types.set(id, type);
    return (await type).fromBuffer(bytes.subarray(5));
  }
}

function claimOf(record: unknown): ToldClaim['claim'] {
  const { total, line_count: count, lines } = record as AvroClaim;
  const told = lines.map(({ line_no: no, amount }) => ({ no, amount: cents(amount) }));
  return { total: cents(total), count, lines: told };
}

/** The unscaled number of a decimal. */
function cents(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

async function schemaOf(id: number): Promise<avsc.Type> {
  const response = await fetch(`${testStack().registry.url}/schemas/ids/${id}`);
  const { schema } = (await response.json()) as { schema: string };
  const layout = layoutOf(JSON.parse(schema) as Parameters<typeof layoutOf>[0]);
  return avsc.Type.forSchema(layout as avsc.Schema, { registry: { long: LONG }, wrapUnions: 'never' });
}
