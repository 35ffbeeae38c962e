import { baseMinor } from '../../schemas/posting/money.ts';
import type { BaseMinor, Denomination, Minor } from '../../schemas/posting/money.ts';

/** How many smallest units of the books one smallest unit of a document is worth, as an exact fraction. */
export interface Factor {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** @param rate what one whole unit of the currency is worth in the currency of the books, as decimal text. */
export function factorOf(rate: string, currency: Denomination, base: Denomination): Factor {
  const [units = '0', fraction = ''] = rate.split('.');
  return {
    numerator: BigInt(units + fraction) * 10n ** BigInt(base.minorUnits),
    denominator: 10n ** BigInt(fraction.length + currency.minorUnits),
  };
}

/**
 * Converts amounts of 0 or more so that their sum is the converted sum, rounded once (half up). Each is rounded down;
 * the units that are then missing go to the amounts that lost the largest remainders, earlier ones first. No amount is
 * off by a whole unit, and debit and credit of a voucher, which are equal in its currency, are equal in the books.
 */
export function convertAll(amounts: readonly Minor[], { numerator, denominator }: Factor): BaseMinor[] {
  const exact = amounts.map((amount) => amount * numerator);
  const sum = exact.reduce((total, share) => total + share, 0n);
  const total = (2n * sum + denominator) / (2n * denominator);
  const floors = exact.map((share) => share / denominator);
  let missing = total - floors.reduce((down, share) => down + share, 0n);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share % denominator }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (missing === 0n) break;
    floors[index] = (floors[index] ?? 0n) + 1n;
    missing -= 1n;
  }
  return floors.map(baseMinor);
}
