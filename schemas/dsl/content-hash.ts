import { createHash } from 'node:crypto';

/** Twelve hex digits that change with the content; the order of an object's properties does not count. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 12);
}

function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `${value.toString()}n`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
