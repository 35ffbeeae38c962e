const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Beyond this an exponent would make a text of megabytes; such a number is left as it is. */
const MAX_SHIFT = 20_000;

/**
 * One text for all decimal texts of equal value: `1.50` and `1.5e0` give `1.5`, `-0.00` gives `0`. A text that is no
 * decimal is returned unchanged.
 */
export function normalDecimal(text: string): string {
  const plain = plainNormal(text);
  if (plain !== null) return plain;
  const match = NUMBER.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return text;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_SHIFT) return text;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const left = (point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0')).replace(/^0+/, '');
  const right = (point < 0 ? '0'.repeat(-point) + digits : digits.slice(point)).replace(/0+$/, '');
  if (left === '' && right === '') return '0';
  return `${sign === '-' ? '-' : ''}${left === '' ? '0' : left}${right === '' ? '' : `.${right}`}`;
}

/** The common case, without a regular expression: digits, a point, digits, no sign and no leading zero. */
function plainNormal(text: string): string | null {
  const { length } = text;
  const first = text.charCodeAt(0);
  if (length === 0 || first < 49 || first > 57) return null;
  let point = -1;
  for (let at = 1; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) continue;
    if (code !== 46 || point >= 0) return null;
    point = at;
  }
  if (point < 0) return text;
  let end = length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  return text.slice(0, end === point + 1 ? point : end);
}
