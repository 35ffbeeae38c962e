import { CounterfoilError, asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { SchemaSource } from '../../schemas/contract/ports.ts';
import type { TableId, TableShape } from '../../schemas/contract/table.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { Connector } from './column-facts.ts';
import { compileValueSchema } from './envelope.ts';
import type { SourceBlock, ValueSchema } from './envelope.ts';
import { compileKeySchema } from './record-key.ts';
import type { KeySchema } from './record-key.ts';
import { createRowReader } from './row-reader.ts';
import type { RowReader } from './row-reader.ts';

/** A key schema and a value schema as they came together: they give the same shape, the same object, each time. */
export interface KeyedSchema {
  readonly key: KeySchema | null;
  readonly value: ValueSchema;
  readonly rowOf: RowReader;
  shapeOf(source: SourceBlock): TableShape;
}

/** Something compiled, or the reason why it cannot be: a schema never changes, so that is remembered as well. */
type Compiled = KeyedSchema | CounterfoilError;

/** Schemas compiled once, by the ids of key and value. */
export class SchemaCache {
  readonly #schemas: SchemaSource;
  readonly #unavailableValue: string;
  readonly #pairs: BoundedCache<string, Compiled>;
  readonly #loading = new Map<string, Promise<KeyedSchema>>();
  // The pair that came last, for it mostly comes again.
  #last: { readonly keyId: number | null; readonly valueId: number; readonly schema: KeyedSchema } | null =
    null;

  constructor(schemas: SchemaSource, unavailableValue: string, capacity: number) {
    this.#schemas = schemas;
    this.#unavailableValue = unavailableValue;
    this.#pairs = new BoundedCache(capacity);
  }

  /** A promise only when a schema has to be fetched. Throws or rejects with CounterfoilError. */
  schemaOf(keyId: number | null, valueId: number): KeyedSchema | Promise<KeyedSchema> {
    const last = this.#last;
    if (last?.keyId === keyId && last.valueId === valueId) return last.schema;
    const pair = `${keyId ?? '-'}:${valueId}`;
    const compiled = this.#pairs.get(pair);
    if (compiled !== undefined) return this.#use(keyId, valueId, compiled);
    // Records that wait for the same schemas wait for one compilation: equal schemas must give the same shape object.
    const loading =
      this.#loading.get(pair) ?? this.#load(keyId, valueId, pair).finally(() => this.#loading.delete(pair));
    this.#loading.set(pair, loading);
    return loading;
  }

  #use(keyId: number | null, valueId: number, compiled: Compiled): KeyedSchema {
    if (compiled instanceof CounterfoilError) throw compiled;
    this.#last = { keyId, valueId, schema: compiled };
    return compiled;
  }

  async #load(keyId: number | null, valueId: number, pair: string): Promise<KeyedSchema> {
    const [keyJson, valueJson] = await Promise.all([
      keyId === null ? null : this.#schemas.schema(keyId),
      this.#schemas.schema(valueId),
    ]);
    let compiled: Compiled;
    try {
      const value = compileValueSchema(valueJson, keyJson !== null);
      const key = keyJson === null ? null : compileKeySchema(keyJson, value.connector);
      compiled = keyed(key, value, this.#placeholderOf(value.connector));
    } catch (error) {
      compiled = asCounterfoilError(error, 'UNSUPPORTED_SCHEMA', 'the Avro schema cannot be compiled');
    }
    this.#pairs.set(pair, compiled);
    return this.#use(keyId, valueId, compiled);
  }

  #placeholderOf(connector: Connector): string | null {
    return connector === 'postgresql' ? this.#unavailableValue : null;
  }
}

function keyed(key: KeySchema | null, value: ValueSchema, placeholder: string | null): KeyedSchema {
  const columns = value.columns.map(({ column }) => column);
  const keyColumns = (key?.fields ?? []).map((field) => columnOfField(value, field));
  const shapes: TableShape[] = [];
  return {
    key,
    value,
    rowOf: createRowReader(value.columns, placeholder),
    shapeOf({ schema, db, table }) {
      const namespace = schema ?? db;
      for (const shape of shapes) {
        if (shape.id.name === table && shape.id.namespace === namespace) return shape;
      }
      // More than one table with the same schema: a transform has given several tables one topic.
      const id: TableId = { namespace, name: table ?? '' };
      const { uncarried } = value;
      const shape: TableShape = {
        ...{ id, columns, key: keyColumns },
        ...(uncarried.length === 0 ? {} : { uncarried }),
      };
      shapes.push(shape);
      return shape;
    },
  };
}

function columnOfField(value: ValueSchema, field: string): string {
  const plan = value.columns.find((candidate) => candidate.field === field);
  if (plan === undefined) {
    throw new CounterfoilError(
      'UNSUPPORTED_SCHEMA',
      `the key column ${field} is not among the columns of the row`,
    );
  }
  return plan.column.name;
}
