/** Exact arithmetic on decimal cells (`-?digits[.digits]`). */

/** Negative when `a` < `b`, 0 when equal in value (1.50 = 1.5), positive when `a` > `b`. */
export function compareDecimals(a: string, b: string): number {
  // Up to 15 significant digits doubles keep apart what differs, and in order.
  if (a.length <= 15 && b.length <= 15) return Number(a) - Number(b);
  const scale = Math.max(scaleOf(a), scaleOf(b));
  const difference = unscaled(a, scale) - unscaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The same value with `scale` digits after the point; null when digits other than zero would be lost. */
export function rescaled(text: string, scale: number): string | null {
  const current = scaleOf(text);
  if (current === scale) return text;
  if (current < scale) return `${text}${current === 0 ? '.' : ''}${'0'.repeat(scale - current)}`;
  const end = text.length - (current - scale);
  if (/[1-9]/.test(text.slice(end))) return null;
  const shorter = text.slice(0, scale === 0 ? end - 1 : end);
  return /[1-9]/.test(shorter) ? shorter : shorter.replace('-', '');
}

/** Whether their sum is exactly 0. */
export function comeToNothing(decimals: readonly string[]): boolean {
  const scale = Math.max(0, ...decimals.map(scaleOf));
  return decimals.reduce((sum, each) => sum + unscaled(each, scale), 0n) === 0n;
}

/** Digits before the point, leading zeros not counted. */
export function integerDigits(text: string): number {
  const start = text.startsWith('-') ? 1 : 0;
  const point = text.indexOf('.');
  const digits = text.slice(start, point < 0 ? undefined : point);
  return digits === '0' ? 0 : digits.length;
}

/** An integer counted in units of 10^-scale (cents for 2), as decimal text. */
export function decimalOfUnits(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A larger exponent is no amount of anything. */
const MOST_EXPONENT = 400;

/** `1.25E+3` is `1250`: a number without its exponent, as programs and databases write doubles; null when it is none. */
export function withoutExponent(text: string): string | null {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) return null;
  const [, sign = '', units = '', fraction = '', exponent = '0'] = parts;
  if (Math.abs(Number(exponent)) > MOST_EXPONENT) return null;
  const scale = fraction.length - Number(exponent);
  const unsigned = BigInt(units + fraction);
  const value = scale < 0 ? unsigned * 10n ** BigInt(-scale) : unsigned;
  return `${unsigned === 0n ? '' : sign}${decimalOfUnits(value, Math.max(scale, 0))}`;
}

function scaleOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

function unscaled(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '')) * 10n ** BigInt(scale - scaleOf(text));
}
