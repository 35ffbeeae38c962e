import type { DatabaseTls } from './setting-types.ts';

/** What drivers that stand on Node's TLS want to be told; each leaves alone what it does not know. */
export interface DriverTls {
  readonly ca?: string;
  readonly rejectUnauthorized: boolean;
  /** mysql2 checks the host name only when it is told to; the others unless they are told not to. */
  readonly verifyIdentity: boolean;
  readonly checkServerIdentity?: () => undefined;
  /** The name that the certificate must be for: pg would take an address for `localhost`. */
  readonly host?: string;
}

/** Undefined: no encryption. `host` is for drivers of databases; that of Kafka has one for each broker. */
export function driverTls(tls: DatabaseTls | undefined, host?: string): DriverTls | undefined {
  if (tls === undefined) return undefined;
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    rejectUnauthorized: tls.mode !== 'encrypt',
    verifyIdentity: tls.mode === 'verify-full',
    ...(host === undefined ? {} : { host }),
    ...(tls.mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}
