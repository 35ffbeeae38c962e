import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { Kind, ScalarKind } from './type-kinds.ts';
import { plainDate, plainInterval, plainMoment, plainTime, plainZonedTime } from './type-times.ts';

/** One spelling for all texts of a kind that mean the same; what cannot be read stays as it is. */
export function meaningOf(kind: Kind, text: string): string {
  if (typeof kind === 'object') return plainArray(kind.arrayOf, text);
  switch (kind) {
    case 'number':
      return plainNumber(text);
    case 'float32':
      return String(Math.fround(Number(text)));
    case 'float64':
      return String(Number(text));
    case 'truth':
      return text.replace(/^(t|true)$/, '1').replace(/^(f|false)$/, '0');
    case 'bits':
      return text.replace(/^0+(?=.)/, '');
    case 'date':
      return plainDate(text);
    case 'clock':
    case 'moment':
      return plainMoment(text);
    case 'time':
      return plainTime(text);
    case 'zoned time':
      return plainZonedTime(text);
    case 'interval':
      return plainInterval(text);
    case 'bytes':
      return text.replace(/^\\x/, '').toLowerCase();
    case 'shape':
      return plainShape(text);
    case 'figure':
      return plainFigure(text);
    case 'json':
      return plainJson(text);
    case 'padded text':
      return text.replace(/ +$/, '');
    case 'text':
    case 'named':
      return text;
    default:
      return unreachable(kind);
  }
}

/** Digits and a power of ten: exact, however many zeros are written. */
function plainNumber(text: string): string {
  const found = /^([-+]?)[$]?(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text.replaceAll(',', ''));
  if (found === null) return text;
  const [, sign, whole = '', fraction = '', power = '0'] = found;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return '0';
  const short = digits.replace(/0+$/, '');
  const exponent = Number(power) - fraction.length + digits.length - short.length;
  return `${sign === '-' ? '-' : ''}${short}e${exponent}`;
}

/** `SRID;hex`, as MariaDB is asked for it, of extended well-known binary too. */
function plainShape(text: string): string {
  const hex = text.replace(/^\\x/, '').toLowerCase();
  if (hex.includes(';')) return hex;
  if (!/^01[0-9a-f]{6}2/.test(hex)) return `0;${hex}`;
  const srid = Buffer.from(hex.slice(10, 18), 'hex').readUInt32LE();
  return `${srid};${hex.slice(0, 8)}0${hex.slice(9, 10)}${hex.slice(18)}`;
}

function plainFigure(text: string): string {
  const [, point] = /^\d+;0101000000([0-9a-f]{32})$/i.exec(text) ?? [];
  if (point !== undefined) {
    const bytes = Buffer.from(point, 'hex');
    return `(${bytes.readDoubleLE(0)},${bytes.readDoubleLE(8)})`;
  }
  return text
    .replaceAll(' ', '')
    .replace(/[-+]?\d+(\.\d*)?(e[-+]?\d+)?/gi, (number) => String(Number(number)));
}

/** What JSON.parse makes of a text whose numbers were marked before, so that none is rounded. */
type Marked = null | boolean | string | readonly Marked[] | { readonly [key: string]: Marked };
const MARK = 'number ';

function marked(text: string): Marked | undefined {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"${MARK}${token}"`,
  );
  try {
    return JSON.parse(quoted) as Marked;
  } catch {
    return undefined;
  }
}

function plainJson(text: string): string {
  const value = marked(text.includes('=>') || text === '' ? `{${hstorePairs(text)}}` : text);
  return value === undefined ? text : written(value);
}

const hstorePairs = (text: string) =>
  text.replace(/"((?:[^"\\]|\\.)*)"=>(?:"((?:[^"\\]|\\.)*)"|NULL)/g, (_, key: string, value?: string) =>
    value === undefined ? `"${key}":null` : `"${key}":"${value}"`,
  );

/** Keys in one order. */
function written(value: Marked): string {
  if (typeof value === 'string')
    return value.startsWith(MARK) ? plainNumber(value.slice(MARK.length)) : JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(written).join()}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${written(value[key] ?? null)}`).join()}}`;
}

const isList = (value: Marked): value is readonly Marked[] => Array.isArray(value);

function plainArray(of: ScalarKind, text: string): string {
  const json = /^\{[\d,-]*\}$/.test(text) ? `[${text.slice(1, -1)}]` : text;
  const value = marked(json);
  return value !== undefined && isList(value) ? elements(of, value) : text;
}

function elements(of: ScalarKind, list: readonly Marked[]): string {
  const texts = list.map((value) => {
    if (value === null) return 'null';
    if (of === 'json' && typeof value === 'object') return written(value);
    if (isList(value)) return elements(of, value);
    if (typeof value === 'object') return `(${Object.values(value).map(bare).join()})`;
    return meaningOf(of, bare(value));
  });
  return JSON.stringify(texts);
}

function bare(value: Marked): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value.startsWith(MARK) ? value.slice(MARK.length) : value;
}
