import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { NativeDatabase } from '../types/native.ts';

/** The text of a file, unpacked. */
export function scriptOf(file: string): string {
  if (file.endsWith('.gz')) return gunzipSync(readFileSync(file)).toString('utf8');
  if (file.endsWith('.xz'))
    return execFileSync('xz', ['--decompress', '--stdout', file], { maxBuffer: 1 << 30 }).toString('utf8');
  return readFileSync(file, 'utf8');
}

/** Runs a script of plain statements, in a database of MariaDB that it makes. */
export async function loadMariadb(
  database: NativeDatabase,
  name: string,
  files: readonly string[],
): Promise<void> {
  await database.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await database.query(`USE ${name}`);
  for (const file of files)
    for (const statement of statementsOf(scriptOf(file))) await database.query(statement);
  await database.query('SET SESSION foreign_key_checks = 1');
}

/** Statements that end with a semicolon at the end of a line: so do those of all the scripts here. */
export function statementsOf(script: string): readonly string[] {
  return script
    .split(/;[ \t]*\r?\n/)
    .map((statement) => statement.replace(/^(\s*(--.*)?\r?\n)+/, '').trim())
    .filter((statement) => statement !== '' && !/^(--[^\n]*\s*)+$/.test(statement));
}

/**
 * The statements of a binary log that was written out as SQL: between two lines of `DELIMITER` they end with that delimiter.
 * Commands to the client are none of the server.
 */
export function statementsOfBinlog(script: string): readonly string[] {
  const [before = '', after = ''] = script.replace(/^#.*$/gm, '').split('DELIMITER /*!*/;\n');
  const [log = '', end = ''] = after.split('DELIMITER ;\n');
  return [...before.split(';\n'), ...log.split('/*!*/;\n'), ...end.split(';\n')]
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '' && !statement.startsWith('/*!\\'));
}

/** Loads what `pg_dump` wrote: its statements, and its rows in the text form of COPY. */
export async function loadDump(database: NativeDatabase, file: string): Promise<void> {
  const parts = scriptOf(file).split(/^(COPY [^;]+ FROM stdin;)\n/m);
  await database.query(withoutCommands(parts[0] ?? ''));
  for (let at = 1; at < parts.length; at += 2) {
    const [rows = '', rest = ''] = (parts[at + 1] ?? '').split(/^\\\.$/m);
    await insertRows(
      database,
      parts[at] ?? '',
      rows.split('\n').filter((row) => row !== ''),
    );
    await database.query(withoutCommands(rest));
  }
  await database.query('RESET search_path');
}

/** One text per transaction. */
export function transactionsOf(script: string): readonly string[] {
  return withoutCommands(script).split(/(?<=^(?:COMMIT|ROLLBACK);\n)/m);
}

/** Commands of psql are none of the server. */
function withoutCommands(script: string): string {
  return script.replace(/^\\.*$/gm, '');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

async function insertRows(database: NativeDatabase, copy: string, rows: readonly string[]): Promise<void> {
  const into = /^COPY (.+) FROM stdin;$/.exec(copy)?.[1] ?? '';
  const literal = (text: string) =>
    text === '\\N'
      ? 'NULL'
      : `E'${text
          .replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter)
          .replaceAll('\\', '\\\\')
          .replaceAll("'", "''")}'`;
  for (let at = 0; at < rows.length; at += 200) {
    const values = rows.slice(at, at + 200).map((row) => `(${row.split('\t').map(literal).join(', ')})`);
    await database.query(`INSERT INTO ${into} OVERRIDING SYSTEM VALUE VALUES ${values.join(', ')}`);
  }
}
