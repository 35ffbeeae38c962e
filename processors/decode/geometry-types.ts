import { rule, unreadable } from './column-rule.ts';
import type { ColumnRule } from './column-rule.ts';
import type { ColumnFacts } from './column-facts.ts';
import { floatText } from './postgres-text.ts';

type Shape = Readonly<Record<string, unknown>>;

/** Points of PostgreSQL are pairs of numbers; those of MariaDB and MySQL, as all their shapes, are well-known binary. */
const point = rule(
  'record',
  ({ connector }) =>
    connector === 'postgresql' ? { kind: 'text', postgres: 'point' } : { kind: 'geometry' },
  (facts) => (facts.connector === 'postgresql' ? pairReader(facts) : shapeReader(facts)),
);

const geometry = rule('record', () => ({ kind: 'geometry' }), shapeReader);

export const GEOMETRY_TYPES: readonly (readonly [string, ColumnRule])[] = [
  ['io.debezium.data.geometry.Point', point],
  ['io.debezium.data.geometry.Geometry', geometry],
];

function pairReader(facts: ColumnFacts): (value: Shape) => string {
  return ({ x, y }) => {
    if (typeof x !== 'number' || typeof y !== 'number') throw unreadable(facts, 'a point');
    return `(${floatText(x)},${floatText(y)})`;
  };
}

const HAS_SRID = 0x2000_0000;
const LITTLE_ENDIAN = 1;

function shapeReader(facts: ColumnFacts): (value: Shape) => Buffer {
  return ({ wkb, srid }) => {
    if (!Buffer.isBuffer(wkb) || wkb.length < 5 || wkb[0] !== LITTLE_ENDIAN)
      throw unreadable(facts, 'little-endian well-known binary');
    if (typeof srid !== 'number' || srid === 0) return wkb;
    const head = Buffer.alloc(9);
    head[0] = LITTLE_ENDIAN;
    head.writeUInt32LE((wkb.readUInt32LE(1) | HAS_SRID) >>> 0, 1);
    head.writeUInt32LE(srid, 5);
    return Buffer.concat([head, wkb.subarray(5)]);
  };
}
