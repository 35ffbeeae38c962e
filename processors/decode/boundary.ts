import type { TransactionEnd } from '../../schemas/contract/accounting.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroSchema, SchemaSource } from '../../schemas/contract/ports.ts';
import { fieldNamed, layoutOf, recordOf } from './avro-tree.ts';
import { BoundedCache } from './bounded-cache.ts';
import { compileCodec } from './cell-codec.ts';
import type { Codec } from './cell-codec.ts';
import type { Connector } from './column-facts.ts';
import type { ExactLong } from './exact-long.ts';
import { PAYLOAD_OFFSET, schemaIdOf } from './frame.ts';

/** What Debezium says at the beginning and the end of a transaction. */
interface Boundary {
  readonly status: string;
  readonly id: string;
  readonly data_collections:
    | readonly {
        readonly data_collection: string;
        readonly event_count: ExactLong;
      }[]
    | null;
  readonly ts_ms: ExactLong;
}

/** Reads the records of transaction topics. */
export class BoundaryDecoder {
  readonly #schemas: SchemaSource;
  readonly #codecs = new BoundedCache<number, Codec<Boundary>>(100);

  constructor(schemas: SchemaSource) {
    this.#schemas = schemas;
  }

  /** Null at the beginning of a transaction. Throws as `Decoder.decode` does. */
  read(value: Buffer, connector: Connector): TransactionEnd | null | Promise<TransactionEnd | null> {
    const id = schemaIdOf(value, 'value');
    const codec = this.#codecs.get(id);
    if (codec !== undefined) return endOf(codec.read(value, PAYLOAD_OFFSET), connector);
    return this.#schemas.schema(id).then((schema) => {
      const compiled = compile(schema);
      this.#codecs.set(id, compiled);
      return endOf(compiled.read(value, PAYLOAD_OFFSET), connector);
    });
  }
}

function compile(schema: AvroSchema): Codec<Boundary> {
  const record = recordOf(schema);
  if (['status', 'id', 'data_collections', 'ts_ms'].some((name) => fieldNamed(record, name) === undefined))
    throw new CounterfoilError('UNSUPPORTED_SCHEMA', `the record ${record.name} tells of no transaction`);
  return compileCodec(schema, layoutOf(schema), []);
}

function endOf(
  { status, id, data_collections, ts_ms }: Boundary,
  connector: Connector,
): TransactionEnd | null {
  if (status !== 'END') return null;
  const counts = (data_collections ?? []).map(
    ({ data_collection, event_count }) => [data_collection, Number(event_count)] as const,
  );
  return {
    transaction: transactionName(id, connector),
    committedAt: Number(ts_ms),
    events: Object.fromEntries(counts),
  };
}

/** PostgreSQL: the txid; Debezium adds an LSN, which differs on each event of the transaction. */
export function transactionName(id: string, connector: Connector): string {
  return connector === 'postgresql' ? (id.split(':', 1)[0] ?? id) : id;
}
