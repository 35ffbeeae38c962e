import type { TableId } from '../../schemas/contract/table.ts';

/** Matches `namespace.table` against patterns in which `*` stands for any characters; `exclude` wins. */
export function tableMatcher(
  include: readonly string[],
  exclude: readonly string[],
): (table: TableId) => boolean {
  const included = include.map(toExpression);
  const excluded = exclude.map(toExpression);
  return ({ namespace, name }) => {
    const text = `${namespace}.${name}`;
    return included.some((pattern) => pattern.test(text)) && !excluded.some((pattern) => pattern.test(text));
  };
}

function toExpression(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'su');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Splits `namespace.table` at the first dot. */
export function tableIdOf(text: string): TableId {
  const dot = text.indexOf('.');
  return { namespace: text.slice(0, dot), name: text.slice(dot + 1) };
}
