import avsc from 'avsc';
import type { Type } from 'avsc';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroSchema } from '../../schemas/contract/ports.ts';
import { layoutOf } from './avro-tree.ts';
import type { FieldNode } from './avro-tree.ts';
import type { CellReader } from './column-rule.ts';
import { EXACT_LONG } from './exact-long.ts';

/** Reads the values of one schema from bytes, cells in place. */
export interface Codec<T> {
  /** Reads from `offset` to the end. Throws CounterfoilError UNDECODABLE_RECORD when the bytes do not fit the schema. */
  read(bytes: Buffer, offset: number): T;
}

const LOGICAL = 'counterfoil-cell';

/** A field of the reader's schema whose values go through `readers[index]`. */
export function cellField(field: FieldNode, index: number): AvroSchema {
  // What is underneath does not matter: the values are read by the writer's type (see CellType).
  const cell = { type: 'bytes', logicalType: LOGICAL, index };
  return field.nullable ? ['null', cell] : cell;
}

/** A field of the reader's schema that is left as avsc gives it. */
export function plainField(field: FieldNode): AvroSchema {
  return field.nullable ? ['null', field.avro] : field.avro;
}

/**
 * Compiles a codec: `writer` is the schema the bytes were written with, `reader` names the fields that are wanted of it;
 * avsc skips the rest without decoding it. Each gets a registry of its own: avsc refuses a second type of the same name.
 */
export function compileCodec<T>(
  writer: AvroSchema,
  reader: AvroSchema,
  readers: readonly CellReader[],
): Codec<T> {
  const writerType = typeOf(layoutOf(writer), {});
  const readerType = typeOf(reader, { [LOGICAL]: cellTypeOf(readers) });
  const resolver = readerType.createResolver(writerType);
  return {
    read(bytes, offset) {
      const decoded: { value: unknown; offset: number } = readerType.decode(bytes, offset, resolver);
      if (decoded.offset !== bytes.length) throw misfit(decoded.offset < 0 ? 'too few' : 'too many');
      return decoded.value as T;
    },
  };
}

function misfit(bytes: string): CounterfoilError {
  return new CounterfoilError('UNDECODABLE_RECORD', `there are ${bytes} bytes for the schema`);
}

type LogicalTypes = Record<string, new (schema: avsc.Schema, options?: unknown) => avsc.types.LogicalType>;

function typeOf(schema: AvroSchema, logicalTypes: LogicalTypes): Type {
  return avsc.Type.forSchema(schema as avsc.Schema, {
    logicalTypes,
    assertLogicalTypes: true,
    wrapUnions: 'never',
    omitRecordMethods: true,
    registry: { long: EXACT_LONG },
  });
}

/** A logical type that reads the value by the writer's type and hands it to the column's reader. */
function cellTypeOf(readers: readonly CellReader[]): LogicalTypes[string] {
  return class CellType extends avsc.types.LogicalType {
    readonly #reader: CellReader;

    constructor(schema: avsc.Schema, options?: unknown) {
      super(schema, options);
      const reader = readers[(schema as unknown as { index: number }).index];
      if (reader === undefined) throw new TypeError('a cell without a reader');
      this.#reader = reader;
    }

    protected override _resolve(writer: Type): CellReader | undefined {
      return writer.typeName === 'null' ? undefined : this.#reader;
    }
  };
}
