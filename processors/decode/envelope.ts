import type { Row } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroSchema } from '../../schemas/contract/ports.ts';
import type { UncarriedColumn } from '../../schemas/contract/table.ts';
import { fieldNamed, recordOf } from './avro-tree.ts';
import type { FieldNode, RecordNode } from './avro-tree.ts';
import { cellField, compileCodec, plainField } from './cell-codec.ts';
import type { Codec } from './cell-codec.ts';
import type { Connector } from './column-facts.ts';
import type { ExactLong } from './exact-long.ts';
import { planColumns } from './column-plan.ts';
import type { ColumnPlan } from './column-plan.ts';

/** What Debezium says about where a change comes from; which fields there are depends on the connector. */
export interface SourceBlock {
  /** Commit time, milliseconds. */
  readonly ts_ms: ExactLong;
  readonly snapshot?: string | null;
  readonly db: string;
  readonly table: string | null;
  // PostgreSQL
  readonly schema?: string;
  readonly sequence?: string | null;
  readonly lsn?: ExactLong | null;
  readonly txId?: ExactLong | null;
  // MariaDB and MySQL
  readonly gtid?: string | null;
  readonly file?: string;
  readonly pos?: ExactLong;
}

/** A change as Debezium sends it, as far as it is wanted. */
export interface Envelope {
  /** Cells by Avro field name. The row before is read for tables without a key only. */
  readonly before?: Row | null;
  readonly after: Row | null;
  readonly source: SourceBlock;
  readonly transaction?: { readonly id: string; readonly data_collection_order?: ExactLong } | null;
  readonly op: string;
  readonly ts_ms: ExactLong | null;
}

/** A compiled value schema. */
export interface ValueSchema {
  readonly connector: Connector;
  readonly columns: readonly ColumnPlan[];
  readonly uncarried: readonly UncarriedColumn[];
  readonly codec: Codec<Envelope>;
}

const CONNECTORS: ReadonlyMap<unknown, Connector> = new Map([
  ['io.debezium.connector.mariadb.Source', 'mariadb'],
  ['io.debezium.connector.mysql.Source', 'mysql'],
  ['io.debezium.connector.postgresql.Source', 'postgresql'],
]);

const COMMON_FIELDS = ['ts_ms', 'snapshot', 'db', 'table'];
const SOURCE_FIELDS: Readonly<Record<Connector, readonly string[]>> = {
  mariadb: [...COMMON_FIELDS, 'gtid', 'file', 'pos'],
  mysql: [...COMMON_FIELDS, 'gtid', 'file', 'pos'],
  postgresql: [...COMMON_FIELDS, 'schema', 'sequence', 'lsn', 'txId'],
};

const TRANSACTION_FIELDS = ['id', 'data_collection_order'];

/**
 * Throws CounterfoilError UNSUPPORTED_SCHEMA for anything but a Debezium envelope. Columns that cannot be carried are not
 * read: whether that matters is up to the mapping.
 * @param keyed whether the records have keys; without them the row before a change is read as well.
 */
export function compileValueSchema(schema: AvroSchema, keyed: boolean): ValueSchema {
  const envelope = recordOf(schema);
  const source = blockOf(envelope, 'source');
  const connector = connectorOf(source);
  const row = blockOf(envelope, 'after');
  const { plans: columns, uncarried } = planColumns(row.fields, connector);
  refuseSameNames(columns);
  const carried = new Set(columns.map(({ field }) => field));
  const fields = row.fields.filter(({ name }) => carried.has(name));
  const reader = readerOf(envelope, { ...row, fields }, source, keyed);
  return {
    connector,
    columns,
    uncarried,
    codec: compileCodec(
      schema,
      reader,
      columns.map(({ read }) => read),
    ),
  };
}

function connectorOf(source: RecordNode): Connector {
  const connector = CONNECTORS.get(source.attributes['connect.name']);
  if (connector === undefined)
    throw notAnEnvelope('its source is not a MariaDB, MySQL or PostgreSQL connector');
  return connector;
}

function readerOf(envelope: RecordNode, row: RecordNode, source: RecordNode, keyed: boolean): AvroSchema {
  const connector = connectorOf(source);
  const after = {
    type: 'record',
    name: row.name,
    fields: row.fields.map((field, i) => named(field, cellField(field, i))),
  };
  const transaction = fieldNamed(envelope, 'transaction')?.record;
  return {
    type: 'record',
    name: envelope.name,
    fields: [
      { name: 'after', type: ['null', after] },
      ...(keyed ? [] : [{ name: 'before', type: ['null', row.name] }]),
      { name: 'source', type: plainRecord(source, SOURCE_FIELDS[connector]) },
      ...(transaction
        ? [{ name: 'transaction', type: ['null', plainRecord(transaction, TRANSACTION_FIELDS)] }]
        : []),
      ...envelope.fields
        .filter(({ name }) => name === 'op' || name === 'ts_ms')
        .map((field) => named(field, plainField(field))),
    ],
  };
}

/** Those of the wanted fields that the record has. */
function plainRecord(record: RecordNode, wanted: readonly string[]): AvroSchema {
  const fields = record.fields.filter(({ name }) => wanted.includes(name));
  return {
    type: 'record',
    name: record.name,
    fields: fields.map((field) => named(field, plainField(field))),
  };
}

function named(field: FieldNode, type: AvroSchema): { readonly name: string; readonly type: AvroSchema } {
  return { name: field.name, type };
}

function blockOf(envelope: RecordNode, name: string): RecordNode {
  const record = fieldNamed(envelope, name)?.record;
  if (!record || !fieldNamed(envelope, 'op')) {
    throw notAnEnvelope(`the record ${envelope.name} has no ${record ? 'op' : name}`);
  }
  return record;
}

/** Names that are not legal in Avro are adjusted by the connector, and two of them may become one. */
function refuseSameNames(columns: readonly ColumnPlan[]): void {
  const seen = new Set<string>();
  for (const { column } of columns) {
    if (seen.has(column.name) || column.name === '__proto__') {
      throw new CounterfoilError(
        'UNSUPPORTED_SCHEMA',
        `a column cannot be told apart by its name: ${column.name}`,
      );
    }
    seen.add(column.name);
  }
}

function notAnEnvelope(why: string): CounterfoilError {
  return new CounterfoilError('UNSUPPORTED_SCHEMA', `the value is not a Debezium change event: ${why}`, {
    remedy: 'Capture whole envelopes: remove transforms such as ExtractNewRecordState from the connector.',
  });
}
