import type { Row } from '../../../../schemas/contract/cell.ts';
import { defineEntity } from '../../../../schemas/dsl/entity.ts';
import type { EntityDeclaration } from '../../../../schemas/dsl/entity.ts';
import {
  codes,
  decimal,
  flag,
  instant,
  int32,
  int64,
  optional,
  text,
  timestamp,
} from '../../../../schemas/dsl/source-field.ts';
import { agreedShape, sourceTable } from '../../../../schemas/dsl/source-table.ts';

export const source = sourceTable('oa.order_line', {
  key: ['order_id', 'line_no'],
  fields: {
    order_id: int64(),
    line_no: int32(),
    title: text(20),
    city: optional(text()),
    street: optional(text()),
    status: codes('draft', 'open'),
    cents: int64(),
    price: optional(decimal(18, 2)),
    noted_at: optional(timestamp(3)),
    seen_at: optional(instant(3)),
    hidden: flag(),
  },
});

export const line = source.into('ap.line', {
  about: 'A line.',
  key: ['line', 'order'],
  columns: ({ copy, trim, lookup, concat, constant, instantAt, wallClockAt, minorUnits }) => ({
    order: copy('order_id'),
    line: copy('line_no'),
    title: trim('title'),
    address: concat(['city', 'street'], ', '),
    state: lookup('status', { draft: 'D', open: 'O' }),
    total: minorUnits('cents', 2),
    price: copy('price'),
    noted_at: instantAt('noted_at', '+08:00'),
    seen_at: wallClockAt('seen_at', '+08:00'),
    origin: constant('oa'),
  }),
  only: { hidden: [false] },
});

export const declaration: EntityDeclaration = {
  name: 'order-line',
  zh: '订单行',
  about: 'A line.',
  from: 'oa',
  to: 'finance',
  source,
  targets: [line],
};
export const entity = defineEntity(declaration);
export const shape = agreedShape(source);
export const key = [7n, 1];
export const row: Row = {
  order_id: 7n,
  line_no: 1,
  title: ' 机票 ',
  city: '上海',
  street: null,
  status: 'open',
  cents: 123456n,
  price: '1.50',
  noted_at: '2024-01-01 00:00:00.5',
  seen_at: '2024-01-01T00:00:00Z',
  hidden: false,
};

/** The row as an event brings it that left out some columns. */
export function rowWithout(...names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}
