import { rescaled } from '../dsl/decimal-text.ts';

declare const documentBrand: unique symbol;
declare const booksBrand: unique symbol;

/** Smallest units (分, cents) of a document's currency. */
export type Minor = bigint & { readonly [documentBrand]: true };

/** Smallest units of the currency of the books. Of another currency than {@link Minor}, and never added to it. */
export type BaseMinor = bigint & { readonly [booksBrand]: true };

/** A currency, and how many digits after the point its smallest unit is. */
export interface Denomination {
  readonly code: string;
  readonly minorUnits: number;
}

export function minor(units: bigint): Minor {
  return units as Minor;
}

export function baseMinor(units: bigint): BaseMinor {
  return units as BaseMinor;
}

/** "1234.5600" with 2 digits → 123456n. Null when the amount is finer than the currency, or no decimal. */
export function minorOf(decimal: string, { minorUnits }: Denomination): Minor | null {
  if (!/^-?\d+(\.\d+)?$/.test(decimal)) return null;
  const exact = rescaled(decimal, minorUnits);
  return exact === null ? null : minor(BigInt(exact.replace('.', '')));
}

export function sumOf<T extends Minor | BaseMinor>(amounts: readonly T[]): T {
  return amounts.reduce<bigint>((sum, amount) => sum + amount, 0n) as T;
}

export function negated<T extends Minor | BaseMinor>(amount: T): T {
  const units: bigint = amount;
  return -units as T;
}
