import type { ErrorCode } from '../../schemas/contract/errors.ts';
import { TargetError, thrownFields } from '../upsert/target-error.ts';
import type { TargetErrorDetails } from '../upsert/target-error.ts';

/** The fields of an error of the server. Its message names tables and users, and often values too. */
interface ServerError {
  readonly errno: number;
  readonly message: string;
}

interface Meaning extends TargetErrorDetails {
  readonly code: ErrorCode;
  /** The server's message cannot contain a value. */
  readonly speakable?: boolean;
  /** What a fault is called when it cannot speak for itself. */
  readonly called?: string;
}

const GRANT = 'Grant the rights listed in the documentation, then the route goes on by itself.';
const SPACE = 'Free or add disk space, then the route goes on by itself.';
const WRITABLE = 'Point the route at the primary server, or make this one writable.';

const unavailable: Meaning = { code: 'TARGET_UNAVAILABLE', speakable: true };
const gone: Meaning = { ...unavailable, connectionLost: true };
const conflict: Meaning = { code: 'TARGET_CONFLICT', speakable: true };
const denied: Meaning = { code: 'TARGET_MISCONFIGURED', speakable: true, remedy: GRANT };
const full: Meaning = { code: 'TARGET_MISCONFIGURED', speakable: true, remedy: SPACE };
const readOnly: Meaning = { code: 'TARGET_MISCONFIGURED', speakable: true, remedy: WRITABLE };
const changed: Meaning = { code: 'TARGET_MISCONFIGURED', speakable: true, tableChanged: true };
const unfit: Meaning = { code: 'TARGET_INCOMPATIBLE', speakable: true };
const reference: Meaning = {
  code: 'AWAITS_REFERENCE',
  called: 'a foreign key is violated',
  remedy: 'Nothing, if the row that is referred to is still to come; it is tried again by itself.',
};
const taken: Meaning = { code: 'ROW_REJECTED', called: 'a unique index is violated', uniqueTaken: true };
const row = (called: string): Meaning => ({ code: 'ROW_REJECTED', called });

const MEANINGS: Readonly<Record<number, Meaning>> = {
  1020: conflict, // the record has changed since it was read
  1021: full,
  1030: unavailable, // an error of the storage engine
  1037: unavailable,
  1038: unavailable,
  1040: unavailable, // too many connections
  1041: unavailable,
  1044: denied,
  1045: { ...denied, remedy: 'Correct the user or password of the target.' },
  1048: row('a column must not be null'),
  1049: changed,
  1053: gone,
  1054: changed,
  1059: unfit,
  1060: unfit, // the column exists already
  1062: taken,
  1071: unfit, // the key is too long for an index
  1077: gone,
  1079: gone,
  1114: full,
  1118: row('the row is too long for the table'),
  1129: denied,
  1130: denied,
  1142: denied,
  1143: denied,
  1146: changed,
  1152: gone,
  1153: row('the row is larger than max_allowed_packet'),
  1158: gone,
  1159: gone,
  1160: gone,
  1161: gone,
  1184: gone,
  1203: unavailable,
  1205: conflict, // waited too long for a lock
  1213: conflict, // deadlock
  1216: row('a foreign key is violated'),
  1217: row('a foreign key is violated'),
  1226: unavailable,
  1227: denied,
  1264: row('a number is out of range'),
  1265: row('a value has the wrong form'),
  1290: readOnly,
  1292: row('a value has the wrong form'),
  1317: unavailable, // the statement was ended by an operator
  1364: row('a column without default is missing'),
  1366: row('a value has the wrong form'),
  1367: row('a value has the wrong form'),
  1370: denied,
  1406: row('a value is too long'),
  1411: row('a value has the wrong form'),
  1425: unfit,
  1426: unfit,
  1427: unfit,
  1451: reference,
  1452: reference,
  1525: row('a value has the wrong form'),
  1557: reference,
  1586: taken,
  1644: row('a trigger refused the row'),
  1690: row('a number is out of range'),
  1698: denied,
  1792: readOnly,
  1836: readOnly,
  1927: gone, // the connection was killed
  1969: unavailable, // max_statement_time
  3024: unavailable, // max_execution_time
  3140: row('a value has the wrong form'),
  3819: row('a check constraint is violated'),
  4025: row('a check constraint is violated'),
  4031: gone,
};

/** Puts what the driver threw in the words of the contract. `doing` completes «could not …». */
export function translate(thrown: unknown, doing: string): TargetError {
  if (thrown instanceof TargetError) return thrown;
  const fields = thrownFields(thrown);
  return isServerError(fields) ? fromServer(fields, doing) : fromClient(fields, doing);
}

function fromServer(error: ServerError, doing: string): TargetError {
  const meaning = MEANINGS[error.errno] ?? { code: 'INTERNAL' };
  const constraint = nameIn(error);
  const said = meaning.speakable === true ? error.message : rowFault(meaning, error, constraint);
  return new TargetError(meaning.code, `could not ${doing}: ${said} (error ${error.errno})`, {
    ...meaning,
    driverCode: String(error.errno),
    ...(constraint === null ? {} : { constraint }),
  });
}

function rowFault({ called }: Meaning, { message }: ServerError, constraint: string | null): string {
  const fault = called ?? 'the database refused the statement';
  const column = /[Cc]olumn '([^']+)'|column `[^`]+`\.`[^`]+`\.`([^`]+)`/.exec(message);
  const name = column?.[1] ?? column?.[2];
  if (constraint !== null) return `${fault}: ${constraint}`;
  return name === undefined ? fault : `${fault}: column ${name}`;
}

/** The name of the index or constraint, which stands after any value. MySQL puts the table before it. */
function nameIn({ errno, message }: ServerError): string | null {
  switch (errno) {
    case 1062:
    case 1586:
      return /for key '([^']*)'$/.exec(message)?.[1] ?? null;
    case 1451:
    case 1452:
      return /CONSTRAINT `([^`]+)` FOREIGN KEY/.exec(message)?.[1] ?? null;
    case 3819:
    case 4025:
      return /^(?:CONSTRAINT|Check constraint) [`']([^`']+)['`]/.exec(message)?.[1] ?? null;
    default:
      return null;
  }
}

function isServerError(
  fields: Readonly<Record<string, unknown>>,
): fields is Readonly<Record<string, unknown>> & ServerError {
  return typeof fields['errno'] === 'number' && fields['errno'] >= 1000 && 'sqlState' in fields;
}

/** Errors of the network and the driver have codes, or one of few texts; these are not repeated. */
function fromClient({ code, message }: Readonly<Record<string, unknown>>, doing: string): TargetError {
  const driverCode = typeof code === 'string' ? code : undefined;
  if (driverCode === undefined && !/closed|destroyed/i.test(String(message)))
    return new TargetError('INTERNAL', `could not ${doing}: the driver failed`);
  const misconfigured = /CERT|SSL|AUTH|SECURE/.test(driverCode ?? '');
  return new TargetError(
    misconfigured ? 'TARGET_MISCONFIGURED' : 'TARGET_UNAVAILABLE',
    `could not ${doing}: no connection to the database (${driverCode ?? 'closed'})`,
    {
      connectionLost: true,
      ...(driverCode === undefined ? {} : { driverCode }),
      ...(misconfigured ? { remedy: 'Correct the TLS or authentication settings of the target.' } : {}),
    },
  );
}
