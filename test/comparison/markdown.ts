import type { System } from '../integration/types/mirrors.ts';

export const SYSTEM_NAMES: Readonly<Record<System, string>> = { mariadb: 'MariaDB', postgres: 'PostgreSQL' };

export const wayOf = ({ from, to }: { readonly from: System; readonly to: System }) =>
  `${SYSTEM_NAMES[from]} → ${SYSTEM_NAMES[to]}`;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A value as code: one line, and not too long. */
export function shownAs(value: string | null | undefined, longest: number): string {
  if (value === undefined) return 'no column';
  if (value === null) return 'NULL';
  const line = value.replace(/\p{Cc}|`/gu, (letter) => {
    const code = letter.charCodeAt(0).toString(16);
    return `\\x${code.padStart(2, '0')}`;
  });
  const letters = Array.from(line);
  const cut = letters.length > longest ? `${letters.slice(0, longest - 4).join('')}…` : line;
  return cut === '' ? 'an empty text' : `\`${cut.startsWith(' ') || cut.endsWith(' ') ? ` ${cut} ` : cut}\``;
}
