import type { TableId } from '../../schemas/contract/table.ts';

/** PostgreSQL cuts longer names off with a mere notice. */
export const MAX_IDENTIFIER_BYTES = 63;

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable(id: TableId): string {
  return `${quote(id.namespace)}.${quote(id.name)}`;
}

/** Why this cannot be a name, or null. */
export function identifierFault(name: string): string | null {
  if (name === '') return 'a name is empty';
  if (name.includes('\0')) return 'a name holds U+0000';
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES)
    return `the name ${name} is longer than ${MAX_IDENTIFIER_BYTES} bytes`;
  return null;
}
