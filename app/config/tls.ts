import type { DatabaseTls } from './setting-types.ts';

/** What drivers that stand on Node's TLS want to be told; each leaves alone what it does not know. */
export interface DriverTls {
  readonly ca?: string;
  readonly rejectUnauthorized: boolean;
  /** mysql2 checks the host name only when it is told to; the others unless they are told not to. */
  readonly verifyIdentity: boolean;
  readonly checkServerIdentity?: () => undefined;
}

/** Undefined: no encryption. */
export function driverTls(tls: DatabaseTls | undefined): DriverTls | undefined {
  if (tls === undefined) return undefined;
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    rejectUnauthorized: tls.mode !== 'encrypt',
    verifyIdentity: tls.mode === 'verify-full',
    ...(tls.mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}
