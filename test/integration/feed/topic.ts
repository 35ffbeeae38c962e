import avsc from 'avsc';
import type { Consumer } from 'kafkajs';
import { createKafka } from '../../../connectors/kafka/client.ts';
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
  readonly #consumer: Consumer;
  readonly #groupId = uniqueName('reading');
  readonly #types = new Map<number, Promise<avsc.Type>>();
  readonly #read = new Map<number, bigint>();
  readonly #kafka = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'counterfoil-test' });

  constructor(private readonly topic: string) {
    this.#consumer = this.#kafka.consumer({
      ...{ groupId: this.#groupId, readUncommitted: false, maxWaitTimeInMs: 100 },
    });
  }

  async start(): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    while (!(await admin.listTopics()).includes(this.topic));
    await admin.disconnect();
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await this.#consumer.run({
      eachMessage: async ({ partition, message: { offset, key, value, headers } }) => {
        // A consumer that was slow joins anew, and reads some again.
        const place = BigInt(offset);
        if (place <= (this.#read.get(partition) ?? -1n)) return;
        this.#read.set(partition, place);
        const { id } = (await this.#decoded(key!)) as { id: bigint };
        const version = headers?.['counterfoil.source.version']?.toString() ?? '';
        this.told.push({ id, version, claim: value === null ? null : claimOf(await this.#decoded(value)) });
      },
    });
  }

  /** Waits until this is so; the test's own time limit ends a wait in vain. */
  async until(wanted: (last: ReadonlyMap<bigint, ToldClaim>) => boolean): Promise<void> {
    while (!wanted(new Map(this.told.map((each) => [each.id, each]))))
      await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async close(): Promise<void> {
    await this.#consumer.disconnect();
    const admin = this.#kafka.admin();
    await admin.connect();
    await admin.deleteGroups([this.#groupId]).catch(() => undefined);
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
