const INTEGER = /^-?\d+$/;

/** The end of a query for rows in the order of their key: from the beginning, or from behind a key on. SQL of both databases. */
export function inKeyOrder(quotedKey: readonly string[], after: readonly string[] | null): string {
  const where = after === null ? '' : ` WHERE ${behind(quotedKey, after)}`;
  return `${where} ORDER BY ${quotedKey.join(', ')}`;
}

/** Written out: of a comparison of rows MariaDB makes no use of an index. */
function behind([name = '', ...others]: readonly string[], [text = '', ...rest]: readonly string[]): string {
  if (!INTEGER.test(text)) throw new RangeError('rows are read behind keys of integers only');
  if (others.length === 0) return `${name} > ${text}`;
  return `(${name} > ${text} OR (${name} = ${text} AND ${behind(others, rest)}))`;
}
