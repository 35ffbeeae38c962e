/** What kind of value a source's column holds, by its declared type: it says which spellings are one value. */
type Kind =
  'number' | 'single' | 'truth' | 'moment' | 'bytes' | 'bits' | 'json' | 'unordered' | 'padded' | 'text';

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/\[\]$|numbers$/i, 'text'],
  [
    /^(tinyint|smallint|mediumint|int\b|integer|bigint|decimal|numeric|double|year|oid|types\.amount)/i,
    'number',
  ],
  [/^(float|real)/i, 'single'],
  [/^bool|^bit\(1\)/i, 'truth'],
  [/^bit/i, 'bits'],
  [/^(date|time)/i, 'moment'],
  [/(blob|binary)|^bytea/i, 'bytes'],
  [/^jsonb$|^hstore$/i, 'unordered'],
  [/^json$/i, 'json'],
  [/^char\(/i, 'padded'],
];

/** Whether two servers show the same value, each in its own way. */
export function isSameValue(a: string | null, b: string | null, sourceType: string): boolean {
  if (a === null || b === null) return a === b;
  if (a === b) return true;
  const kind = KINDS.find(([pattern]) => pattern.test(sourceType))?.[1] ?? 'text';
  return plain(a, kind) === plain(b, kind);
}

function plain(text: string, kind: Kind): string {
  switch (kind) {
    case 'number':
      return digits(text);
    case 'single':
      return Number.isNaN(Number(text)) ? text : String(Math.fround(Number(text)));
    case 'truth':
      return text.replace(/^t(rue)?$/, '1').replace(/^f(alse)?$/, '0');
    case 'moment':
      return inUtc(text);
    case 'bytes':
      return text.replace(/^\\x/, '').toLowerCase();
    case 'bits':
      return text.replace(/^0+(?=.)/, '');
    case 'json':
      return jsonText(text, false);
    case 'unordered':
      return jsonText(text, true);
    case 'padded':
      return text.trimEnd();
    case 'text':
      return text;
  }
}

/** Without an exponent, and without zeros that say nothing. */
function digits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === '') return text;
  const all = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded =
    point > all.length ? all.padEnd(point, '0') : all.padStart(all.length + Math.max(0, -point), '0');
  const at = Math.max(0, point);
  const integer = padded.slice(0, at).replace(/^0+/, '') || '0';
  const rest = padded.slice(at).replace(/0+$/, '');
  return `${sign}${integer}${rest === '' ? '' : `.${rest}`}`;
}

/** A moment with an offset as in UTC; fractions without zeros at their end. */
function inUtc(text: string): string {
  const trimmed = text
    .replace('T', ' ')
    .replace(/(\.\d*?)0+(?=$|[Z+ -])/, '$1')
    .replace(/\.(?=$|[Z+ -])/, '');
  const [, date, clock, fraction = '', sign, hours, minutes = '00'] =
    /^(\d{4}-\d\d-\d\d)? ?(\d\d:\d\d:\d\d)(\.\d+)?([+-])(\d\d)(?::?(\d\d))?$/.exec(trimmed) ?? [];
  if (clock === undefined || (sign === '+' && hours === '00' && minutes === '00'))
    return trimmed.replace(/(Z|[+-]00(:?00)?)$/, '');
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const moment = new Date(Date.parse(`${date ?? '2000-01-02'}T${clock}Z`) - offset * 60_000);
  const [day = '', time = ''] = moment.toISOString().slice(0, 19).split('T');
  return `${date === undefined ? '' : `${day} `}${time}${fraction}`;
}

/** Without spaces; numbers to the letter. */
function jsonText(text: string, sorted: boolean): string {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"number ${digits(token)}"`,
  );
  try {
    const sort = (_: string, value: unknown): unknown =>
      sorted && typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    return JSON.stringify(JSON.parse(quoted), sort);
  } catch {
    return text;
  }
}
