import avsc from 'avsc';
import type { AvroSchema, RawRecord, SchemaSource } from '../../../../schemas/contract/ports.ts';
import { offsetOf } from '../../../../schemas/contract/position.ts';
import { layoutOf } from '../../../../processors/decode/avro-tree.ts';
import type { Connector } from '../../../../processors/decode/column-facts.ts';
import { LONG } from '../../../../schemas/avro/long.ts';

/** A column as the Avro converter describes it. */
export interface AvroColumn {
  readonly name: string;
  readonly type: AvroSchema;
}

/** An Avro type with the attributes that Connect and `column.propagate.source.type` add. */
export function connectType(
  avro: string,
  {
    name,
    type,
    length,
    scale,
    parameters = {},
    ...rest
  }: {
    readonly name?: string;
    readonly type?: string;
    readonly length?: number;
    readonly scale?: number;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly [attribute: string]: unknown;
  } = {},
): AvroSchema {
  const source = {
    ...parameters,
    ...(type === undefined ? {} : { '__debezium.source.column.type': type }),
    ...(length === undefined ? {} : { '__debezium.source.column.length': String(length) }),
    ...(scale === undefined ? {} : { '__debezium.source.column.scale': String(scale) }),
  };
  return {
    type: avro,
    ...rest,
    ...(name === undefined ? {} : { 'connect.name': name }),
    ...(Object.keys(source).length === 0 ? {} : { 'connect.parameters': source }),
  };
}

const SOURCE_FIELDS: Readonly<Record<Connector, readonly AvroColumn[]>> = {
  mariadb: binlogFields(),
  mysql: binlogFields(),
  postgresql: [
    ...commonFields(),
    { name: 'schema', type: 'string' },
    { name: 'table', type: 'string' },
    { name: 'txId', type: ['null', 'long'] },
    { name: 'lsn', type: ['null', 'long'] },
    { name: 'xmin', type: ['null', 'long'] },
  ],
};

function commonFields(): readonly AvroColumn[] {
  return [
    { name: 'version', type: 'string' },
    { name: 'connector', type: 'string' },
    { name: 'name', type: 'string' },
    { name: 'ts_ms', type: 'long' },
    { name: 'snapshot', type: [connectType('string', { name: 'io.debezium.data.Enum' }), 'null'] },
    { name: 'db', type: 'string' },
    { name: 'sequence', type: ['null', 'string'] },
    { name: 'ts_us', type: ['null', 'long'] },
    { name: 'ts_ns', type: ['null', 'long'] },
  ];
}

function binlogFields(): readonly AvroColumn[] {
  return [
    ...commonFields(),
    { name: 'table', type: ['null', 'string'] },
    { name: 'server_id', type: 'long' },
    { name: 'gtid', type: ['null', 'string'] },
    { name: 'file', type: 'string' },
    { name: 'pos', type: 'long' },
    { name: 'row', type: 'int' },
  ];
}

/** The value schema of a table `oa.claim`. */
export function envelopeSchema(connector: Connector, columns: readonly AvroColumn[]): AvroSchema {
  const source = `io.debezium.connector.${connector}`;
  return {
    type: 'record',
    name: 'Envelope',
    namespace: 'oa.oa.claim',
    fields: [
      { name: 'before', type: ['null', { type: 'record', name: 'Value', fields: columns }], default: null },
      { name: 'after', type: ['null', 'Value'], default: null },
      {
        name: 'source',
        type: {
          type: 'record',
          name: 'Source',
          namespace: source,
          fields: SOURCE_FIELDS[connector],
          'connect.name': `${source}.Source`,
        },
      },
      {
        name: 'transaction',
        type: [
          'null',
          {
            type: 'record',
            name: 'block',
            namespace: 'event',
            fields: [
              { name: 'id', type: 'string' },
              { name: 'total_order', type: 'long' },
              { name: 'data_collection_order', type: 'long' },
            ],
          },
        ],
      },
      { name: 'op', type: 'string' },
      { name: 'ts_ms', type: ['null', 'long'] },
      { name: 'ts_us', type: ['null', 'long'] },
      { name: 'ts_ns', type: ['null', 'long'] },
    ],
    'connect.name': 'oa.oa.claim.Envelope',
  };
}

export function keySchema(columns: readonly AvroColumn[]): AvroSchema {
  return { type: 'record', name: 'Key', namespace: 'oa.oa.claim', fields: columns };
}

/** What an event of `oa.claim` holds; anything can be replaced. */
export function envelopeOf(
  connector: Connector,
  row: Readonly<Record<string, unknown>>,
  { source = {}, ...parts }: Readonly<Record<string, unknown>> & { source?: object } = {},
) {
  const position =
    connector === 'postgresql'
      ? { schema: 'oa', sequence: '["100","200"]', lsn: 200n, txId: 7n, xmin: null }
      : { server_id: 1n, gtid: '0-1-7', file: 'binlog.000003', pos: 4711n, row: 2, sequence: null };
  return {
    before: null,
    after: row,
    transaction: null,
    op: 'c',
    ts_ms: 1_700_000_000_500n,
    ts_us: 1_700_000_000_500_000n,
    ts_ns: 1_700_000_000_500_000_000n,
    ...parts,
    source: {
      version: '3.5.0.Final',
      connector,
      name: 'oa',
      ts_ms: 1_700_000_000_000n,
      snapshot: 'false',
      db: 'oa',
      ts_us: 1_700_000_000_000_000n,
      ts_ns: 1_700_000_000_000_000_000n,
      table: 'claim',
      ...position,
      ...source,
    },
  };
}

/** The Confluent frame of a value in a schema. */
export function framed(id: number, schema: AvroSchema, value: unknown): Buffer {
  const type = avsc.Type.forSchema(layoutOf(schema) as avsc.Schema, {
    wrapUnions: 'never',
    registry: { long: LONG },
  });
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, type.toBuffer(value)]);
}

export function recordOf(
  key: Buffer | null,
  value: Buffer | null,
  parts: Partial<RawRecord> = {},
): RawRecord {
  return {
    topic: 'oa.oa.claim',
    partition: 0,
    offset: offsetOf(42),
    key,
    value,
    headers: {},
    timestamp: 1_700_000_001_000,
    ...parts,
  };
}

/** A registry in memory; counts what it is asked for. */
export function registryOf(
  schemas: Readonly<Record<number, AvroSchema>>,
): SchemaSource & { asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    schema: (id) => {
      asked.push(id);
      const schema = schemas[id];
      return schema === undefined ? Promise.reject(new Error(`no schema ${id}`)) : Promise.resolve(schema);
    },
  };
}
