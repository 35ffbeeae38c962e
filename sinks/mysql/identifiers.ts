import type { TableId } from '../../schemas/contract/table.ts';

export const MAX_IDENTIFIER_CHARACTERS = 64;

export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quoteTable(id: TableId): string {
  return `${quote(id.namespace)}.${quote(id.name)}`;
}

/** Why this cannot be a name, or null. */
export function identifierFault(name: string): string | null {
  if (name === '') return 'a name is empty';
  if (name.includes('\0')) return 'a name holds U+0000';
  if (/[\u{10000}-\u{10ffff}]/u.test(name)) return `the name ${name} holds a character beyond U+FFFF`;
  if (name.endsWith(' ')) return `the name ${name} ends with a space`;
  if (name.length > MAX_IDENTIFIER_CHARACTERS)
    return `the name ${name} is longer than ${MAX_IDENTIFIER_CHARACTERS} characters`;
  return null;
}
