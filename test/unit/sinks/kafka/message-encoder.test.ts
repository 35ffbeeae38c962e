import fc from 'fast-check';
import { compileReadable } from '../../../../processors/decode/readable.ts';
import { keySchema, messageSchema } from '../../../../schemas/avro/message-schema.ts';
import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { Cell, Row } from '../../../../schemas/contract/cell.ts';
import type { Message, MessageShape } from '../../../../schemas/contract/message.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';
import type { LogicalType, TableShape } from '../../../../schemas/contract/table.ts';
import { createMessageEncoder } from '../../../../sinks/kafka/message-encoder.ts';
import { change } from '../messages/claims.ts';

/** Each type with all cells that messages can say, and the text that a reader gets of one. */
const TYPES: Readonly<
  Record<string, { type: LogicalType; cells: fc.Arbitrary<Cell>; read?: (cell: Cell) => unknown }>
> = {
  boolean: { type: { kind: 'boolean' }, cells: fc.boolean() },
  small: { type: { kind: 'int', bits: 16 }, cells: fc.integer({ min: -32_768, max: 32_767 }) },
  int: { type: { kind: 'int', bits: 32 }, cells: fc.integer() },
  long: { type: { kind: 'int', bits: 64 }, cells: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) },
  single: { type: { kind: 'float', bits: 32 }, cells: fc.float({ noNaN: true }) },
  double: { type: { kind: 'float', bits: 64 }, cells: fc.double({ noNaN: true }) },
  decimal: {
    type: { kind: 'decimal', precision: 38, scale: 4 },
    cells: fc
      .tuple(
        fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
        fc.nat(9_999),
        fc.integer({ min: 0, max: 4 }),
      )
      .map(([whole, part, places]) => decimalOf(whole, String(part).padStart(4, '0').slice(0, places))),
    read: (cell) => scaledTo4(String(cell)),
  },
  anyDecimal: {
    type: { kind: 'decimal' },
    cells: fc.constantFrom('0', '-0.05', '-1.50', '123456789.000000001'),
  },
  text: { type: { kind: 'text', maxLength: 200 }, cells: fc.string({ unit: 'binary' }) },
  json: { type: { kind: 'json' }, cells: fc.json() },
  uuid: { type: { kind: 'uuid' }, cells: fc.uuid() },
  bytes: { type: { kind: 'bytes' }, cells: fc.uint8Array(), read: (cell) => Buffer.from(cell as Uint8Array) },
  bits: { type: { kind: 'bits', length: 4 }, cells: fc.constantFrom('0101', '1111') },
  date: { type: { kind: 'date' }, cells: days() },
  time: { type: { kind: 'time', fraction: 6 }, cells: clocks() },
  span: {
    type: { kind: 'time', fraction: 0, beyondDay: true },
    cells: fc.constantFrom('-838:59:59', '100:00:00'),
  },
  timestamp: {
    type: { kind: 'timestamp', fraction: 6 },
    cells: fc.tuple(days(), clocks()).map(([day, clock]) => `${day} ${clock}`),
  },
  instant: {
    type: { kind: 'instant', fraction: 6 },
    cells: fc.tuple(days(), clocks()).map(([day, clock]) => `${day}T${clock}Z`),
  },
};

const columns = Object.entries(TYPES).map(([name, { type }]) => ({ name, type, nullable: true }));
const lines: TableShape = {
  id: { namespace: 'ap', name: 'claim_line' },
  columns: [{ name: 'no', type: { kind: 'int', bits: 32 }, nullable: false }, ...columns],
  key: ['no'],
};
const shape: MessageShape = {
  ...{ version: 'v1', about: 'A claim.', columns: { decimal: '金额。Amount.' } },
  table: {
    id: { namespace: 'ap', name: 'claim' },
    columns: [{ name: 'id', type: { kind: 'int', bits: 64 }, nullable: false }, ...columns],
    key: ['id'],
  },
  nested: { lines: { ...{ version: 'v1', about: 'A line.', columns: {} }, table: lines, nested: {} } },
};
const encode = createMessageEncoder(shape, { key: 7, value: 8 });
const readKey = compileReadable(keySchema(shape) as AvroSchema);
const readValue = compileReadable(messageSchema(shape) as AvroSchema);

const cellsOf = fc.record(
  Object.fromEntries(Object.entries(TYPES).map(([name, { cells }]) => [name, fc.option(cells)])),
);

test('any cells come out of a message as they went in, those of nested rows as well', () => {
  fc.assert(
    fc.property(cellsOf, fc.array(cellsOf, { maxLength: 3 }), TYPES['long']!.cells, (row, nested, id) => {
      const { key, value } = encode(messageOf(id, row, nested));
      expect(readKey(key)).toEqual({ id });
      expect(readValue(value!)).toEqual({
        id,
        ...asRead(row),
        lines: nested.map((line, no) => ({ no, ...asRead(line) })),
      });
    }),
  );
});

test('a row in a member of its own is a record of its own', () => {
  const inner: MessageShape = { ...shape, as: 'header' };
  const encodeInner = createMessageEncoder(inner, { key: 7, value: 8 });
  const { value } = encodeInner(messageOf(1n, { text: 'x' }, [{}]));
  expect(compileReadable(messageSchema(inner) as AvroSchema)(value!)).toMatchObject({
    header: { id: 1n, text: 'x' },
    lines: [{ no: 0 }],
  });
});

test('the id of the schema is in front; a row that is gone has no value', () => {
  const { key, value } = encode({ ...messageOf(1n, {}, []), body: null });
  expect([key[0], key.readInt32BE(1), value]).toEqual([0, 7, null]);
  expect(encode(messageOf(1n, {}, [])).value!.readInt32BE(1)).toBe(8);
});

test.each([
  ['decimal', '1.00001', 'has more than 4 decimal places'],
  ['decimal', `1${'0'.repeat(34)}`, 'has more than 38 digits'],
  ['date', 'infinity', 'is no date of our era'],
  ['date', '0044-03-15 BC', 'is no date of our era'],
  ['instant', '-infinity', 'is no date of our era'],
])('what %s cannot say exactly is refused, with its column and not its value', (column, cell, why) => {
  let thrown: unknown;
  try {
    encode(messageOf(1n, { [column]: cell }, []));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'ROW_REJECTED' });
  expect(String(thrown)).toContain(`ap.claim: column ${column} ${why}`);
  expect(String(thrown)).not.toContain(cell);
});

test('a key has the same schema whatever is said about its columns', () => {
  const text = (maxLength: number): MessageShape => ({
    ...shape,
    columns: { no: `up to ${maxLength}` },
    table: { ...lines, columns: [{ name: 'no', type: { kind: 'text', maxLength }, nullable: false }] },
  });
  expect(keySchema(text(20))).toEqual(keySchema(text(40)));
  expect(keySchema(text(20))).toMatchObject({
    name: 'claim_line_key',
    fields: [{ name: 'no', type: 'string' }],
  });
});

function messageOf(id: Cell, row: Row, nested: readonly Row[]): Message {
  return {
    ...{ shape, key: rowKeyOf([id]), keyCells: [id], version: change(1) },
    body: {
      cells: { id, ...row },
      nested: { lines: nested.map((line, no) => ({ cells: { no, ...line }, nested: {} })) },
    },
  };
}

function asRead(row: Row): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(TYPES).map(([name, { read }]) => {
      const cell = row[name] ?? null;
      return [name, cell === null || read === undefined ? cell : read(cell)];
    }),
  );
}

function days(): fc.Arbitrary<string> {
  return fc
    .date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().slice(0, 10));
}

function clocks(): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(86_399), fc.nat(999_999)).map(([seconds, micros]) => {
    const clock = new Date(seconds * 1_000).toISOString().slice(11, 19);
    const fraction = String(micros).padStart(6, '0').replace(/0+$/, '');
    return fraction === '' ? clock : `${clock}.${fraction}`;
  });
}

function decimalOf(whole: bigint, fraction: string): string {
  return fraction === '' ? whole.toString() : `${whole}.${fraction}`;
}

function scaledTo4(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(4, '0')}`;
}
