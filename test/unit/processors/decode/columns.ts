import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';
import { fieldNamed, recordOf } from '../../../../processors/decode/avro-tree.ts';
import { planColumn } from '../../../../processors/decode/column-plan.ts';
import type { ColumnPlan } from '../../../../processors/decode/column-plan.ts';
import type { Connector } from '../../../../processors/decode/column-facts.ts';
import { connectType } from './envelopes.ts';

/** How a column of this Avro type is read. */
export function plan(type: AvroSchema, connector: Connector = 'mariadb'): ColumnPlan {
  const record = recordOf({ type: 'record', name: 'Value', fields: [{ name: 'c', type }] });
  return planColumn(fieldNamed(record, 'c')!, connector);
}
export const read = (type: AvroSchema, value: unknown, connector?: Connector): Cell =>
  plan(type, connector).read(value);
export const debezium = (avro: string, name: string, rest = {}) =>
  connectType(avro, { name: `io.debezium.${name}`, ...rest });
export const connect = (avro: string, name: string, rest = {}) =>
  connectType(avro, { name: `org.apache.kafka.connect.data.${name}`, ...rest });
export const variableScale: AvroSchema = {
  type: 'record',
  name: 'VariableScaleDecimal',
  namespace: 'io.debezium.data',
  fields: [
    { name: 'scale', type: 'int' },
    { name: 'value', type: 'bytes' },
  ],
  'connect.name': 'io.debezium.data.VariableScaleDecimal',
};

/** A shape, as records of one do. */
export const shape = (name: string): AvroSchema => ({
  ...(variableScale as object),
  name,
  type: 'record',
  'connect.name': `io.debezium.data.geometry.${name}`,
});
