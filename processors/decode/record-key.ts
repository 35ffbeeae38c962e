import type { Cell, Row } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroSchema } from '../../schemas/contract/ports.ts';
import { recordOf } from './avro-tree.ts';
import { cellField, compileCodec } from './cell-codec.ts';
import type { Connector } from './column-facts.ts';
import { planColumn } from './column-plan.ts';
import { mendingOf } from './row-reader.ts';

/** A compiled key schema. */
export interface KeySchema {
  /** Avro names of the key's fields, in order. The names in the table are known by the value schema alone. */
  readonly fields: readonly string[];
  read(bytes: Buffer, offset: number, snapshot: boolean): readonly Cell[];
}

/** Throws CounterfoilError UNSUPPORTED_SCHEMA when a key column cannot be carried exactly. */
export function compileKeySchema(schema: AvroSchema, connector: Connector): KeySchema {
  const key = recordOf(schema);
  const plans = key.fields.map((field) => planColumn(field, connector));
  if (plans.length === 0) throw new CounterfoilError('UNSUPPORTED_SCHEMA', 'the key has no columns');
  const reader = {
    type: 'record',
    name: key.name,
    fields: key.fields.map((field, index) => ({ name: field.name, type: cellField(field, index) })),
  };
  const codec = compileCodec<Row>(
    schema,
    reader,
    plans.map(({ read }) => read),
  );
  const fields = plans.map(({ field }) => field);
  const mend = mendingOf(plans);
  return {
    fields,
    read: (bytes, offset, snapshot) => {
      const row = mend(codec.read(bytes, offset), snapshot);
      return fields.map((field) => row[field] ?? null);
    },
  };
}
