import { CounterfoilError } from '../../../schemas/contract/errors.ts';

/**
 * What a driver threw, as an error of ours. The text of a server's message is passed on only where it cannot quote a
 * value of a row: connections, privileges, unknown names, resources.
 */
export function readError(error: unknown, what: string): CounterfoilError {
  if (error instanceof CounterfoilError) return error;
  const { code, message } = facts(error);
  const said = isHarmless(code) ? `: ${message}` : code === '' ? '' : ` (${code})`;
  return new CounterfoilError('SOURCE_UNAVAILABLE', `cannot read ${what}${said}`, {
    remedy:
      'See that the database answers, and that the check user may read the table: all of its rows, whatever row-level security says (BYPASSRLS).',
  });
}

/** What is no table of its own shows a reader other rows than were written, and perhaps others than everybody else sees. */
export function noTableOfItsOwn(label: string, kind: string): CounterfoilError {
  return new CounterfoilError('SOURCE_UNAVAILABLE', `cannot read ${label}: it is no table, but a ${kind}`, {
    remedy:
      'Find out who put it there, and put the table back; nothing is said of rows that something else shows.',
  });
}

function facts(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: '' };
  const code = (error as Error & { readonly code?: unknown }).code;
  // Node gathers the failures of several addresses into one error with an empty message.
  const message =
    error instanceof AggregateError && error.message === '' ? 'no address answers' : error.message;
  return { code: typeof code === 'string' ? code : '', message };
}

/** SQLSTATE classes of PostgreSQL, error names of MariaDB's driver, system errors of the network. */
const HARMLESS =
  /^(08|28|3D|42|53|57|58)|^(ER_[A-Z_]*(ACCESS|DENIED|NO_SUCH|BAD_|CON_COUNT|LOCK)|PROTOCOL_)|^E[A-Z]+$/;

function isHarmless(code: string): boolean {
  return HARMLESS.test(code);
}
