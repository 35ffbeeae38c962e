const INTEGER = /^-?\d+$/;

/** The end of a query for rows in the order of their key: from the beginning, or from a key on. SQL of both databases. */
export function inKeyOrder(quotedKey: readonly string[], from: readonly string[] | null): string {
  const where = from === null ? '' : ` WHERE ${fromOn(quotedKey, from)}`;
  return `${where} ORDER BY ${quotedKey.join(', ')}`;
}

/** Written out: of a comparison of rows MariaDB makes no use of an index. */
function fromOn([name = '', ...others]: readonly string[], [text = '', ...rest]: readonly string[]): string {
  if (!INTEGER.test(text)) throw new RangeError('rows are read from keys of integers only');
  if (others.length === 0) return `${name} >= ${text}`;
  return `(${name} > ${text} OR (${name} = ${text} AND ${fromOn(others, rest)}))`;
}
