/** One spelling for equal values of the two systems, as their servers write them, apart from all code under test. */
export function plainValue(text: string | null, type: string): string | null {
  if (text === null) return null;
  if (type.includes('zerofill'))
    return plainValue(text.replace(/^0+(?=\d)/, ''), type.replaceAll('zerofill', ''));
  if (type === 'bytea') return plainShape(text.replace(/^\\x/, '').toLowerCase());
  if (/blob|binary|point|line|polygon|geom/.test(type))
    return plainShape(text.replace(/^\d+;/, '').toLowerCase());
  if (type.startsWith('bit')) return text.replace(/^0+(?=.)/, '');
  if (type === 'boolean') return text === 't' ? '1' : '0';
  if (/^(real|float)/.test(type)) return String(Math.fround(Number(text)));
  if (type.startsWith('double')) return String(Number(text));
  if (/^(time|interval)/.test(type) && text.startsWith('P')) return spanOf(text);
  if (/^(time|date)/.test(type)) return withoutZeros(text.replace(/\+00$/, ''));
  if (/^(decimal|numeric)/.test(type)) return withoutZeros(text).replace(/^-0$/, '0');
  if (/^(\w+\.)?hstore$/.test(type))
    return jsonOr(`{${text.replaceAll('"=>', '":').replaceAll(':NULL', ':null')}}`);
  if (/^json/.test(type) || /^[[{]/.test(text)) return jsonOr(text);
  return text;
}

/** Well-known binary without its SRID. */
function plainShape(hex: string): string {
  if (!/^01[0-9a-f]{6}2/.test(hex)) return hex;
  return `${hex.slice(0, 8)}0${hex.slice(9, 10)}${hex.slice(18)}`;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `PT-1H-2M-3.5S` as `-01:02:03.5`. */
function spanOf(text: string): string {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /^PT(?:-?(\d+)H)?(?:-?(\d+)M)?(?:-?([\d.]+)S)?$/.exec(text) ?? [];
  const [whole = '0', fraction = ''] = seconds.split('.');
  const clock = [hours, minutes, whole].map((part) => part.padStart(2, '0')).join(':');
  return withoutZeros(`${text.includes('-') ? '-' : ''}${clock}${fraction === '' ? '' : `.${fraction}`}`);
}

/** Without spaces; numbers to the letter, which JSON.parse alone would round. */
function jsonOr(text: string): string {
  const numbersQuoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"number ${token}"`,
  );
  try {
    return JSON.stringify(JSON.parse(numbersQuoted));
  } catch {
    return text;
  }
}
