import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { Cell, Row } from '../../../../schemas/contract/cell.ts';
import type {
  Message,
  MessageBatch,
  MessageBody,
  MessageShape,
} from '../../../../schemas/contract/message.ts';
import { epochOf, offsetOf, versionOf } from '../../../../schemas/contract/position.ts';
import type { Version } from '../../../../schemas/contract/position.ts';
import type { LogicalType, TableShape } from '../../../../schemas/contract/table.ts';

export function table(
  name: string,
  columns: Readonly<Record<string, LogicalType>>,
  key: readonly string[] = ['id'],
): TableShape {
  return {
    id: { namespace: 'ap', name },
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type, nullable: true })),
    key,
  };
}

export function shapeOf(of: TableShape, nested: MessageShape['nested'] = {}): MessageShape {
  return { table: of, version: 'v1', about: 'A table of a test.', columns: {}, nested };
}

export const claims = shapeOf(
  table('claim', { id: { kind: 'int', bits: 64 }, amount: { kind: 'decimal', precision: 18, scale: 2 } }),
);

export const v = (place: number): Version => versionOf(place.toString(16).padStart(32, '0'));

export function message(shape: MessageShape, cells: Row, over: Partial<Message> = {}): Message {
  const keyCells = shape.table.key.map((name): Cell => cells[name] ?? null);
  const body: MessageBody = { cells, nested: {} };
  return { shape, key: rowKeyOf(keyCells), keyCells, version: v(1), body, ...over };
}

/** A claim of so many cents. */
export function claim(id: number, version: number, cents = version): Message {
  const cells = {
    id: BigInt(id),
    amount: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
  };
  return message(claims, cells, { version: v(version) });
}

export function batch(messages: readonly Message[], first = 0, partition = 0): MessageBatch {
  return {
    claim: { route: 'r', topic: 't', partition, epoch: epochOf(1), next: null, recordTime: null },
    ...{ first: offsetOf(first), next: offsetOf(first + 1), messages },
    ...{ sourceVersion: null, sourceTime: null, recordTime: null, watermark: null },
  };
}
