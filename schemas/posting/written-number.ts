/**
 * An amount as people and their forms write it: `1,234.50`, `￥1234.5`, `１２` → decimal text; nothing → `0`. Null for what is
 * no amount, or could be two: `12,5`.
 */
export function writtenAmount(written: string | null): string | null {
  const text = (written ?? '').normalize('NFKC').replaceAll(/[\s¥元]/g, '');
  if (text === '') return '0';
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined && fraction === '') return null;
  return `${sign}${(whole ?? '0').replaceAll(',', '')}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A rate as people write it: `6%`, `6`, `0.06` → `0.06`; nothing → `0`. From 1 on it counts in hundredths. Null for what is none. */
export function writtenRate(written: string | null): string | null {
  const text = (written ?? '').normalize('NFKC').trim();
  const number = writtenAmount(text.replace(/%$/, ''));
  if (number === null || number.startsWith('-')) return null;
  const [whole = '0', fraction = ''] = number.split('.');
  if (!text.endsWith('%') && BigInt(whole) === 0n) return number;
  const hundredths = whole.padStart(3, '0');
  return `${hundredths.slice(0, -2)}.${hundredths.slice(-2)}${fraction}`;
}
