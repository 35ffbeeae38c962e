import type { ErrorCode } from '../../../schemas/contract/errors.ts';
import { identifierFault as mysqlFault, quote as mysqlQuote } from '../../../sinks/mysql/identifiers.ts';
import { translate as fromMysql } from '../../../sinks/mysql/errors.ts';
import {
  identifierFault as postgresFault,
  quote as postgresQuote,
} from '../../../sinks/postgres/identifiers.ts';
import { translate as fromPostgres } from '../../../sinks/postgres/errors.ts';
import { TargetError } from '../../../sinks/upsert/target-error.ts';

const SECRET = 'zhang-san-4711';

function postgresError(code: string, fields: object = {}): Error {
  const message = `something about ${SECRET}`;
  return Object.assign(new Error(message), {
    severity: 'ERROR',
    code,
    detail: `Key (x)=(${SECRET})`,
    ...fields,
  });
}

function mysqlError(errno: number, message: string): Error {
  return Object.assign(new Error(message), {
    errno,
    code: 'ER_X',
    sqlState: 'HY000',
    sql: `INSERT ${SECRET}`,
  });
}

function shown(error: TargetError): string {
  return [error.message, error.stack, String(error.cause), JSON.stringify(Object.entries(error))].join('\n');
}

describe('errors of PostgreSQL', () => {
  test.each<[string, ErrorCode, boolean]>([
    ['08006', 'TARGET_UNAVAILABLE', true],
    ['57P01', 'TARGET_UNAVAILABLE', true],
    ['57014', 'TARGET_UNAVAILABLE', false],
    ['53300', 'TARGET_UNAVAILABLE', false],
    ['25P03', 'TARGET_UNAVAILABLE', true],
    ['40001', 'TARGET_CONFLICT', false],
    ['40P01', 'TARGET_CONFLICT', false],
    ['55P03', 'TARGET_CONFLICT', false],
    ['28P01', 'TARGET_MISCONFIGURED', false],
    ['42501', 'TARGET_MISCONFIGURED', false],
    ['42P01', 'TARGET_MISCONFIGURED', false],
    ['3D000', 'TARGET_MISCONFIGURED', false],
    ['53100', 'TARGET_MISCONFIGURED', false],
    ['25006', 'TARGET_MISCONFIGURED', false],
    ['42804', 'TARGET_INCOMPATIBLE', false],
    ['42601', 'INTERNAL', false],
    ['XX000', 'INTERNAL', false],
  ])('%s is %s', (state, code, connectionLost) => {
    expect(fromPostgres(postgresError(state), 'work')).toMatchObject({
      code,
      connectionLost,
      driverCode: state,
    });
  });

  test.each([
    '22001',
    '22003',
    '22P02',
    '23502',
    '23503',
    '23505',
    '23514',
    '54000',
    'P0001',
    'P0002',
    'XX001',
  ])('%s says nothing of the values', (state) => {
    const error = fromPostgres(
      postgresError(state, { constraint: 'one_title', column: 'title' }),
      'upsert rows',
    );
    expect(shown(error)).not.toContain(SECRET);
    expect(error.message).toMatch(/one_title.*title/);
  });

  test('errors of the client', () => {
    const network = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(fromPostgres(network, 'work')).toMatchObject({ code: 'TARGET_UNAVAILABLE', connectionLost: true });
    expect(fromPostgres(new Error('Query read timeout'), 'work')).toMatchObject({
      code: 'TARGET_UNAVAILABLE',
    });
    const certificate = Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(fromPostgres(certificate, 'work').code).toBe('TARGET_MISCONFIGURED');
    expect(fromPostgres(new TypeError(SECRET), 'work').code).toBe('INTERNAL');
    expect(shown(fromPostgres(new TypeError(SECRET), 'work'))).not.toContain(SECRET);
    const known = new TargetError('STALE_WRITER', 'x');
    expect(fromPostgres(known, 'work')).toBe(known);
  });
});

describe('errors of MariaDB and MySQL', () => {
  test.each<[number, ErrorCode, boolean]>([
    [1040, 'TARGET_UNAVAILABLE', false],
    [1927, 'TARGET_UNAVAILABLE', true],
    [1969, 'TARGET_UNAVAILABLE', false],
    [1205, 'TARGET_CONFLICT', false],
    [1213, 'TARGET_CONFLICT', false],
    [1045, 'TARGET_MISCONFIGURED', false],
    [1142, 'TARGET_MISCONFIGURED', false],
    [1146, 'TARGET_MISCONFIGURED', false],
    [1049, 'TARGET_MISCONFIGURED', false],
    [1290, 'TARGET_MISCONFIGURED', false],
    [1021, 'TARGET_MISCONFIGURED', false],
    [1071, 'TARGET_INCOMPATIBLE', false],
    [1064, 'INTERNAL', false],
  ])('%d is %s', (errno, code, connectionLost) => {
    expect(fromMysql(mysqlError(errno, 'x'), 'work')).toMatchObject({
      code,
      connectionLost,
      driverCode: String(errno),
    });
  });

  test.each([
    [1062, `Duplicate entry '${SECRET}' for key 'one_title'`, 'one_title'],
    [1062, `Duplicate entry 'for key 'x'' for key 'claim.one_title'`, 'claim.one_title'],
    [1406, `Data too long for column 'title' at row 1`, 'title'],
    [1366, `Incorrect string value: '${SECRET}' for column \`oa\`.\`claim\`.\`title\` at row 1`, 'title'],
    [1048, `Column 'title' cannot be null`, 'title'],
    [1452, `… fails (\`a\`.\`b\`, CONSTRAINT \`of_parent\` FOREIGN KEY (\`x\`) REFERENCES …)`, 'of_parent'],
    [4025, 'CONSTRAINT `positive` failed for `a`.`b`', 'positive'],
    [1644, SECRET, 'trigger'],
  ])('%d names the place and not the value', (errno, message, name) => {
    const error = fromMysql(mysqlError(errno, message), 'write');
    expect(error.code).toBe(errno === 1452 ? 'AWAITS_REFERENCE' : 'ROW_REJECTED');
    expect(error.message).toContain(name);
    expect(shown(error)).not.toContain(SECRET);
  });

  test('the text of a syntax error holds literals and is not repeated', () => {
    expect(shown(fromMysql(mysqlError(1064, `near '${SECRET}'`), 'write'))).not.toContain(SECRET);
  });

  test('errors of the client', () => {
    const lost = Object.assign(new Error('x'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true });
    expect(fromMysql(lost, 'work')).toMatchObject({ code: 'TARGET_UNAVAILABLE', connectionLost: true });
    const closed = new Error("Can't add new command when connection is in closed state");
    expect(fromMysql(closed, 'work')).toMatchObject({ code: 'TARGET_UNAVAILABLE', connectionLost: true });
    expect(fromMysql(new TypeError(SECRET), 'work').code).toBe('INTERNAL');
    expect(fromMysql(null, 'work').code).toBe('INTERNAL');
  });
});

describe('identifiers', () => {
  test('are quoted by each dialect', () => {
    expect(postgresQuote('a"b`c')).toBe('"a""b`c"');
    expect(mysqlQuote('a"b`c')).toBe('`a"b``c`');
  });

  test.each([
    ['', false, false],
    ['a\0', false, false],
    ['表'.repeat(21), true, true],
    ['表'.repeat(22), false, true],
    ['x'.repeat(64), false, true],
    ['x'.repeat(65), false, false],
    ['𠮷', true, false],
    ['a ', true, false],
  ])('%j: PostgreSQL %s, MariaDB %s', (name, postgres, mysql) => {
    expect(postgresFault(name) === null).toBe(postgres);
    expect(mysqlFault(name) === null).toBe(mysql);
  });
});
