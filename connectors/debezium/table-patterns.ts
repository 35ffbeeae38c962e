import type { TableSelection } from './capture-source.ts';

/** The regular expression (Java's, matched against the whole name) for a pattern in which `*` is any characters. */
export function toJavaPattern(pattern: string): string {
  return pattern.split('*').map(escapeJava).join('.*');
}

/**
 * Escapes what means something in a regular expression, the comma that separates Debezium's list items, and blanks,
 * which Debezium cuts from the ends of an item.
 */
export function escapeJava(text: string): string {
  return text
    .replace(/[\\^$.|?*+()[\]{},-]/g, (special) => `\\${special}`)
    .replace(/[\0-\x20]/g, (blank) => `\\x${blank.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * Debezium takes a list of included tables or of excluded ones, not both. So the excluded ones become a negative
 * look-ahead before each included pattern. `always` are tables that are captured whatever is excluded.
 */
export function tableIncludeList(selection: TableSelection, always: readonly string[]): string {
  const excluded = selection.exclude.map(toJavaPattern);
  const guard = excluded.length === 0 ? '' : `(?!(?:${excluded.join('|')})$)`;
  const patterns = [
    ...selection.include.map((pattern) => guard + toJavaPattern(pattern)),
    ...always.map((table) => toJavaPattern(table)),
  ];
  return [...new Set(patterns)].join(',');
}
