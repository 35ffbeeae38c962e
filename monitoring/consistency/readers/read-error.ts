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
    remedy: 'See that the database answers and that the check user may read the table.',
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
