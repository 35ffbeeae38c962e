import type { Asking } from '../../monitoring/invariants/verifier.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { DatabaseTarget } from '../config/target-schema.ts';
import { withMysql, withPostgres } from '../runtime/databases.ts';

type Answer = readonly Readonly<Record<string, unknown>>[];

/** Asks a target as its check user, in a snapshot that cannot write. */
export function askingOf(name: string, target: DatabaseTarget): Asking {
  return {
    dialect: target.kind === 'postgresql' ? 'postgresql' : 'mysql',
    async ask(statements) {
      try {
        return await (target.kind === 'postgresql'
          ? askPostgres(target, statements)
          : askMysql(target, statements));
      } catch (error) {
        throw refusal(name, error);
      }
    },
  };
}

function askPostgres(
  target: Extract<DatabaseTarget, { kind: 'postgresql' }>,
  statements: readonly string[],
): Promise<readonly Answer[]> {
  return withPostgres({ ...target, ...target.check }, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const answers: Answer[] = [];
    for (const statement of statements)
      answers.push((await client.query<Record<string, unknown>>(statement)).rows);
    return answers;
  });
}

function askMysql(target: DatabaseTarget, statements: readonly string[]): Promise<readonly Answer[]> {
  return withMysql({ ...target, ...target.check }, async (connection) => {
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const answers: Answer[] = [];
    for (const statement of statements) {
      const [rows] = await connection.query(statement);
      answers.push(Array.isArray(rows) ? (rows as Answer) : []);
    }
    return answers;
  });
}

/** What a database says of a statement may hold values of rows; of names that are wrong it may not. */
function refusal(name: string, error: unknown): CounterfoilError {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const isAboutNames = /^(42|ER_(BAD|NO_SUCH|PARSE|TABLEACCESS|COLUMNACCESS))/.test(String(code));
  const what = isAboutNames
    ? String(message)
    : String(code).startsWith('22')
      ? `an expression met a value that its type does not take (${String(code)})`
      : `it refused or did not answer (${String(code)})`;
  return new CounterfoilError('TARGET_UNAVAILABLE', `target ${name}: ${what}`);
}
