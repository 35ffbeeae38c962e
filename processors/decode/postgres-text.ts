import type { LogicalType } from '../../schemas/contract/table.ts';
import type { ColumnFacts } from './column-facts.ts';

/**
 * Types that every PostgreSQL has, and whose values come as text: a PostgreSQL target keeps them. Types of extensions and
 * of users are not among them, for a target need not have them, nor is what names objects of its own database (regclass).
 */
const OWN_TYPES: ReadonlySet<string> = new Set([
  ...['inet', 'cidr', 'macaddr', 'macaddr8', 'xml', 'interval', 'timetz', 'tsvector', 'tsquery', 'jsonpath'],
  ...['int4range', 'int8range', 'numrange', 'daterange', 'tsrange', 'tstzrange'],
  ...[
    'int4multirange',
    'int8multirange',
    'nummultirange',
    'datemultirange',
    'tsmultirange',
    'tstzmultirange',
  ],
  ...['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'pg_lsn', 'pg_snapshot', 'xid8'],
]);

/** Text in the source's own type where a target may have it, too. */
export function textOf({ connector, sourceType }: ColumnFacts): LogicalType {
  const name = sourceType?.toLowerCase();
  const own = connector === 'postgresql' && name !== undefined && OWN_TYPES.has(name);
  return own ? { kind: 'text', postgres: name } : { kind: 'text' };
}

/** Geometric types come as the driver writes them: `(1.0,0.5)` is `(1,0.5)` to PostgreSQL. */
const GEOMETRIC: ReadonlySet<string> = new Set(['LINE', 'LSEG', 'BOX', 'PATH', 'POLYGON', 'CIRCLE']);

/** Whether a column of bytes is one of a type that the connector does not know, sent as the UTF-8 of its text. */
export function isOpaque({ connector, sourceType }: ColumnFacts): boolean {
  return connector === 'postgresql' && sourceType !== null && sourceType !== 'BYTEA';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of such bytes; null when they are no UTF-8. */
export function opaqueText({ sourceType }: ColumnFacts): (bytes: Buffer) => string | null {
  const geometric = sourceType !== null && GEOMETRIC.has(sourceType);
  return (bytes) => {
    let text: string;
    try {
      text = UTF8.decode(bytes);
    } catch {
      return null;
    }
    return geometric ? text.replace(NUMBER, (number) => floatText(Number(number))) : text;
  };
}

const NUMBER = /-?(?:Infinity|NaN|\d[\d.]*(?:E-?\d+)?)/g;

/** A double as PostgreSQL writes it: the shortest digits, an exponent of two digits or more beyond 15 places. */
export function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return Object.is(value, -0) ? '-0' : String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const places = Number(exponent);
  if (places < -4 || places >= 15) {
    const digits = String(Math.abs(places)).padStart(2, '0');
    return `${mantissa}e${places < 0 ? '-' : '+'}${digits}`;
  }
  return String(value);
}

const INTERVAL = /^P(-?\d+Y)(-?\d+M)(-?\d+D)T(-?\d+H)(-?\d+M)(-?\d+(?:\.\d+)?S)$/;

/**
 * An interval as PostgreSQL writes it in the style `iso_8601`: what is zero is left out, `PT0S` being nothing at all.
 * Null when the text is not what the connector writes, which names each part.
 */
export function intervalText(text: string): string | null {
  const parts = INTERVAL.exec(text);
  if (parts === null) return null;
  const [dates, times] = [parts.slice(1, 4), parts.slice(4)].map((some) => some.map(partText).join(''));
  if (dates === '' && times === '') return 'PT0S';
  return `P${dates ?? ''}${times === '' ? '' : `T${times ?? ''}`}`;
}

function partText(part: string): string {
  const unit = part.slice(-1);
  const number = part.includes('.') ? part.slice(0, -1).replace(/\.?0+$/, '') : part.slice(0, -1);
  return Number(number) === 0 ? '' : number + unit;
}
