import type { TableId } from '../../schemas/contract/table.ts';

/** Quotes of each kind of database, for statements that people are shown. */
export function quotedTable(kind: 'mariadb' | 'mysql' | 'postgresql', { namespace, name }: TableId): string {
  return `${quotedName(kind, namespace)}.${quotedName(kind, name)}`;
}

/** Simple names stay as they are: people read these statements. */
export function quotedName(kind: 'mariadb' | 'mysql' | 'postgresql', name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name)) return name;
  return kind === 'postgresql' ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;
}

/** The first few of many names. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${(names.length - 10).toString()} more` : shown;
}
