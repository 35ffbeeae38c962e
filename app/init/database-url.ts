import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Access } from '../runtime/databases.ts';

/** A database as `counterfoil init` is told of it. */
export interface NamedDatabase extends Access {
  readonly kind: 'mariadb' | 'mysql' | 'postgresql';
  /** The database; empty when a MariaDB or MySQL target names none. */
  readonly database: string;
}

const KINDS = {
  'mariadb:': { kind: 'mariadb', port: 3306 },
  'mysql:': { kind: 'mysql', port: 3306 },
  'postgresql:': { kind: 'postgresql', port: 5432 },
  'postgres:': { kind: 'postgresql', port: 5432 },
} as const;

/**
 * Reads `kind://user@host:port/database`. The password is not part of it, for everybody on the machine sees arguments.
 * Throws CONFIGURATION_INVALID.
 */
export function parseDatabaseUrl(text: string, option: string, password: string | undefined): NamedDatabase {
  const url = URL.canParse(text) ? new URL(text) : null;
  const known = url === null ? undefined : KINDS[url.protocol as keyof typeof KINDS];
  if (url === null || known === undefined)
    throw wrong(option, 'must be mariadb://, mysql:// or postgresql://user@host:port/database');
  if (url.password !== '') throw wrong(option, 'must not hold the password: it belongs into the environment');
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '' && (known.kind === 'postgresql' || option === '--source'))
    throw wrong(option, 'must name the database: …/database');
  if (database.includes('/')) throw wrong(option, 'must name one database');
  return {
    kind: known.kind,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? known.port : Number(url.port),
    user: decodeURIComponent(url.username),
    password: password ?? '',
    database,
  };
}

function wrong(option: string, what: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', `${option} ${what}`, {
    remedy:
      'Give the passwords of the users that init looks as in COUNTERFOIL_SOURCE_PASSWORD and COUNTERFOIL_TARGET_PASSWORD.',
  });
}
