/** Money is a bigint of cents (分) throughout the generator: a JavaScript number does not hold cents exactly. */

/** 123456n → "1234.56". */
export function formatCents(cents: bigint): string {
  const sign = cents < 0n ? '-' : '';
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d{0,2})(0*))?$/;

/** "1234.5600" → 123456n. Throws RangeError on anything that is not a whole number of cents. */
export function parseCents(text: string): bigint {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError('not an amount of whole cents');
  const [, sign = '', units = '', fraction = ''] = match;
  const cents = BigInt(units + fraction.padEnd(2, '0'));
  return sign === '-' ? -cents : cents;
}

/** `cents` × `numerator` / `denominator`, rounded half up. For amounts of 0 or more. */
export function share(cents: bigint, numerator: bigint, denominator: bigint): bigint {
  return (2n * cents * numerator + denominator) / (2n * denominator);
}

/** Fixed rates to CNY in ten thousandths: the demo's budgets are kept in CNY. */
const RATES = { CNY: 10_000n, USD: 71_850n, HKD: 9_205n } as const satisfies Record<string, bigint>;

export type Currency = keyof typeof RATES;

export function isCurrency(code: string): code is Currency {
  return Object.hasOwn(RATES, code);
}

export function toCny(cents: bigint, currency: Currency): bigint {
  return share(cents, RATES[currency], 10_000n);
}

/** What an amount in CNY is in another currency. */
export function toForeign(cny: bigint, currency: Currency): bigint {
  return share(cny, 10_000n, RATES[currency]);
}

/** The rate as a decimal for numeric(12,6): "7.185000". */
export function rateToCny(currency: Currency): string {
  const digits = (RATES[currency] * 100n).toString().padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
