import type { ErrorCode } from '../../schemas/contract/errors.ts';
import { TargetError, thrownFields } from '../upsert/target-error.ts';
import type { TargetErrorDetails } from '../upsert/target-error.ts';

/** The fields of an error of the server that are safe to read: names, never values. */
interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly constraint?: string;
  readonly column?: string;
}

interface Meaning extends TargetErrorDetails {
  readonly code: ErrorCode;
}

const GRANT = 'Grant the rights listed in the documentation, then the route goes on by itself.';
const IDENTITY =
  'Of a replica identity: give the table a key, or run ALTER TABLE … REPLICA IDENTITY FULL; then the route goes on by itself.';
const REFERENCE = 'Nothing, if the row that is referred to is still to come; it is tried again by itself.';
const SPACE = 'Free or add disk space, then the route goes on by itself.';
const WRITABLE = 'Point the route at the primary server, or make this one writable.';

/** By SQLSTATE; what is not listed is decided by its class. */
const BY_STATE: Readonly<Record<string, Meaning>> = {
  '23503': { code: 'AWAITS_REFERENCE', remedy: REFERENCE },
  '23505': { code: 'ROW_REJECTED', uniqueTaken: true },
  '25006': { code: 'TARGET_MISCONFIGURED', remedy: WRITABLE },
  '25P03': { code: 'TARGET_UNAVAILABLE', connectionLost: true },
  '25P04': { code: 'TARGET_UNAVAILABLE', connectionLost: true },
  '42501': { code: 'TARGET_MISCONFIGURED', remedy: GRANT },
  '42P01': { code: 'TARGET_MISCONFIGURED', tableChanged: true },
  '42703': { code: 'TARGET_MISCONFIGURED', tableChanged: true },
  '42P10': { code: 'TARGET_INCOMPATIBLE', tableChanged: true },
  '42804': { code: 'TARGET_INCOMPATIBLE', tableChanged: true },
  '428C9': { code: 'TARGET_INCOMPATIBLE', tableChanged: true },
  '3D000': { code: 'TARGET_MISCONFIGURED', remedy: 'Create the database, or correct its name.' },
  '3F000': { code: 'TARGET_MISCONFIGURED', tableChanged: true },
  '44000': { code: 'ROW_REJECTED' },
  '53100': { code: 'TARGET_MISCONFIGURED', remedy: SPACE },
  '53400': { code: 'TARGET_MISCONFIGURED' },
  '54000': { code: 'ROW_REJECTED' },
  '55000': { code: 'TARGET_MISCONFIGURED', remedy: IDENTITY },
  '55006': { code: 'TARGET_CONFLICT' },
  '55P03': { code: 'TARGET_CONFLICT' },
  '57014': { code: 'TARGET_UNAVAILABLE' },
};

const BY_CLASS: Readonly<Record<string, Meaning>> = {
  '08': { code: 'TARGET_UNAVAILABLE', connectionLost: true },
  '22': { code: 'ROW_REJECTED' },
  '23': { code: 'ROW_REJECTED' },
  '28': { code: 'TARGET_MISCONFIGURED', remedy: 'Correct the user or password of the target.' },
  '40': { code: 'TARGET_CONFLICT' },
  '53': { code: 'TARGET_UNAVAILABLE' },
  '57': { code: 'TARGET_UNAVAILABLE', connectionLost: true },
  '58': { code: 'TARGET_UNAVAILABLE' },
  // raised by a trigger of the target's own
  P0: { code: 'ROW_REJECTED' },
};

/** Classes whose messages name tables, users and servers. Others may repeat values: their text is left out. */
const SPEAKABLE = new Set(['08', '25', '28', '3D', '3F', '40', '42', '53', '55', '57', '58']);

/** What a row's fault is called; the server's own message may contain the value. */
const ROW_FAULTS: Readonly<Record<string, string>> = {
  '22001': 'text is too long',
  '22003': 'a number is out of range',
  '22007': 'a date or time is not valid',
  '22008': 'a date or time is out of range',
  '22021': 'text holds a character that the database cannot store',
  '22P02': 'a value has the wrong form',
  '22P05': 'text holds a character that the database cannot store',
  '23502': 'a column must not be null',
  '23503': 'a foreign key is violated',
  '23505': 'a unique constraint is violated',
  '23514': 'a check constraint is violated',
  '23P01': 'an exclusion constraint is violated',
  '44000': 'a check of the view is violated',
  '54000': 'a value is too large for its index or row',
  P0001: 'a trigger refused the row',
};

/** Puts what the driver threw in the words of the contract. `doing` completes «could not …». */
export function translate(thrown: unknown, doing: string): TargetError {
  if (thrown instanceof TargetError) return thrown;
  const fields = thrownFields(thrown);
  return isServerError(fields) ? fromServer(fields, doing) : fromClient(fields, doing);
}

function fromServer(error: ServerError, doing: string): TargetError {
  const kind = error.code.slice(0, 2);
  const meaning: Meaning = BY_STATE[error.code] ?? BY_CLASS[kind] ?? { code: 'INTERNAL' };
  const said = SPEAKABLE.has(kind) ? error.message : rowFault(error);
  const details = {
    ...meaning,
    driverCode: error.code,
    ...(error.constraint === undefined ? {} : { constraint: error.constraint }),
  };
  return new TargetError(meaning.code, `could not ${doing}: ${said} (SQLSTATE ${error.code})`, details);
}

function rowFault({ code, constraint, column }: ServerError): string {
  const fault = ROW_FAULTS[code] ?? 'the database refused a value';
  const names = [
    ...(constraint === undefined ? [] : [`constraint ${constraint}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ];
  return names.length === 0 ? fault : `${fault}: ${names.join(', ')}`;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

function isServerError(
  fields: Readonly<Record<string, unknown>>,
): fields is Readonly<Record<string, unknown>> & ServerError {
  return 'severity' in fields && typeof fields['code'] === 'string' && SQLSTATE.test(fields['code']);
}

/** Errors of the network have codes; the driver's own only have fixed texts, which hold no values. */
function fromClient({ name, code, message }: Readonly<Record<string, unknown>>, doing: string): TargetError {
  const driverCode = typeof code === 'string' ? code : undefined;
  if (driverCode === undefined && name !== 'Error')
    return new TargetError('INTERNAL', `could not ${doing}: the driver failed`);
  const said = driverCode ?? String(message);
  const misconfigured = /CERT|^SASL|SSL/.test(said);
  return new TargetError(
    misconfigured ? 'TARGET_MISCONFIGURED' : 'TARGET_UNAVAILABLE',
    `could not ${doing}: no connection to PostgreSQL (${said})`,
    {
      connectionLost: true,
      ...(driverCode === undefined ? {} : { driverCode }),
      ...(misconfigured ? { remedy: 'Correct the password or the TLS settings of the target.' } : {}),
    },
  );
}
