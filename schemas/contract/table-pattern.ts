import type { TableId } from './table.ts';

/** Matches `namespace.table` against patterns in which `*` stands for any characters; `exclude` wins. */
export function tableMatcher(
  include: readonly string[],
  exclude: readonly string[],
): (table: TableId) => boolean {
  const matches = patternMatcher(include, exclude);
  // Asked for each event, and all events of one schema have the same table object.
  const known = new WeakMap<TableId, boolean>();
  return (table) => {
    let matched = known.get(table);
    if (matched === undefined) {
      matched = matches(`${table.namespace}.${table.name}`);
      known.set(table, matched);
    }
    return matched;
  };
}

/** The same for any text. */
export function patternMatcher(
  include: readonly string[],
  exclude: readonly string[],
): (text: string) => boolean {
  const included = include.map(toExpression);
  const excluded = exclude.map(toExpression);
  return (text) =>
    included.some((pattern) => pattern.test(text)) && !excluded.some((pattern) => pattern.test(text));
}

/** Splits `namespace.table` at the first dot; without a dot there is no namespace. */
export function tableIdOf(label: string): TableId {
  const dot = label.indexOf('.');
  return { namespace: label.slice(0, Math.max(0, dot)), name: label.slice(dot + 1) };
}

function toExpression(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'su');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
