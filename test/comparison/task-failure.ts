import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testStack } from '../support/stack-file.ts';

const LONGEST = 160;

/** Why a task has stopped, by its stack trace: the last cause, without the values and places that databases quote. */
export function causeOf(trace: string): string {
  const causes = [...trace.matchAll(/^Caused by: (.*)$/gm)].map(([, text]) => text ?? '');
  const [first = 'no reason given'] = trace.split('\n');
  const last =
    causes.filter((cause) => !cause.includes('BatchUpdateException')).at(-1) ?? causes.at(-1) ?? first;
  const [, table] = /Could not find table: (\w+)/.exec(last) ?? [];
  const reason = table === undefined ? null : reasonOfNoTable(table);
  return (
    (reason === null ? last : `CREATE TABLE: ${reason}`)
      .replace(/^[\w.$]+\.(\w+): /, '$1: ')
      .replace(/\(conn=\d+\) /, '')
      .replace(/: '[^']*' for column `\w+`\.`\w+`\./, ' for column ')
      .replaceAll('`', "'")
      .replace(/'\w+'\.'/, "'")
      // The virtual machine leaves out what it has said often.
      .replace(/^(java\.lang\.)?NullPointerException.*/, 'NullPointerException')
      .replace(/: -?\d+$/, '')
      .replace(/; check the manual .* to use near/, ' near')
      .slice(0, LONGEST)
  );
}

/** A sink that could not make a table says that it has not found it; why it could not is in the log of Connect alone. */
function reasonOfNoTable(table: string): string | null {
  const { directory } = testStack() as unknown as { readonly directory: string };
  const log = readFileSync(join(directory, 'logs/connect.log'), 'utf8');
  const failures = log.matchAll(
    new RegExp(
      `Table creation failed for '${table}'[^\\n]*\\n[^\\n]*? SQL \\[([^\\n]*?)(\\] \\[CREATE TABLE|\\n)`,
      'g',
    ),
  );
  return [...failures].at(-1)?.[1] ?? null;
}
