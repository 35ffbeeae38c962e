/**
 * Pictures of texts of digits: each letter stands for one digit, all else for itself. The digits of `YYYY-MM-NNNNNN` can be
 * written as `MMNNNNNN`: equal letters are taken in their order.
 */

/** Writes the digits of texts that look like `picture` as `result` says; null for others. */
export function reshaping(picture: string, result: string): (text: string) => string | null {
  const looksLike = new RegExp(
    `^${Array.from(picture)
      .map((each) => (isLetter(each) ? '\\d' : each.replace(/[^\w\s]/, '\\$&')))
      .join('')}$`,
  );
  const places = placesOf(picture);
  const taken = new Map<string, number>();
  const parts = Array.from(result).map((each) => {
    if (!isLetter(each)) return each;
    const nth = taken.get(each) ?? 0;
    taken.set(each, nth + 1);
    return places.get(each)?.[nth] ?? -1;
  });
  return (text) =>
    looksLike.test(text)
      ? parts.map((part) => (typeof part === 'string' ? part : (text[part] ?? ''))).join('')
      : null;
}

/** Letters, as often as they are there, in the order of the alphabet. */
export function lettersOf(picture: string): string {
  return Array.from(picture).filter(isLetter).sort().join('');
}

/** Whether each letter is among the others, as often as it is there. Both are in the order of the alphabet. */
export function isMadeOf(letters: string, others: string): boolean {
  const rest = Array.from(others);
  return Array.from(letters).every((letter) => {
    const at = rest.indexOf(letter);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function placesOf(picture: string): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [at, letter] of Array.from(picture).entries())
    if (isLetter(letter)) places.set(letter, [...(places.get(letter) ?? []), at]);
  return places;
}

function isLetter(each: string): boolean {
  return /^[A-Z]$/.test(each);
}
