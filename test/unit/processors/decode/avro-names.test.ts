import { layoutOf, recordOf } from '../../../../processors/decode/avro-tree.ts';
import { planColumn } from '../../../../processors/decode/column-plan.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';

const numeric: AvroSchema = {
  type: 'record',
  name: 'VariableScaleDecimal',
  namespace: 'io.debezium.data',
  fields: [
    { name: 'scale', type: 'int' },
    { name: 'value', type: 'bytes' },
  ],
  'connect.name': 'io.debezium.data.VariableScaleDecimal',
  'connect.parameters': {
    '__debezium.source.column.name': 'debit',
    '__debezium.source.column.type': 'NUMERIC',
  },
};

test('columns that share a named type keep names of their own', () => {
  const row = recordOf({
    type: 'record',
    name: 'Value',
    fields: [
      { name: 'debit', type: ['null', numeric] },
      { name: 'credit', type: ['null', 'io.debezium.data.VariableScaleDecimal'] },
      { name: 'all', type: { type: 'array', items: 'io.debezium.data.VariableScaleDecimal' } },
    ],
  });
  const columns = row.fields.map((field) => planColumn(field, 'postgresql').column);
  expect(columns.map(({ name }) => name)).toEqual(['debit', 'credit', 'all']);
  expect(columns.map(({ type }) => type)).toEqual([
    { kind: 'decimal' },
    { kind: 'decimal' },
    { kind: 'array', element: { kind: 'decimal' } },
  ]);
});

test('parts of a name that begin with a digit become names that the reader takes', () => {
  const schema = {
    type: 'record',
    name: 'Envelope',
    namespace: 'oa.sales.2024',
    fields: [{ name: 'id', type: 'int' }],
  };
  expect(recordOf(schema).name).toBe('oa.sales._2024.Envelope');
  expect(layoutOf(schema)).toMatchObject({ name: 'Envelope', namespace: 'oa.sales._2024' });
});
