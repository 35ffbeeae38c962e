import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { ErrorCode } from '../../schemas/contract/errors.ts';

export interface TargetErrorDetails {
  readonly remedy?: string;
  /** SQLSTATE of PostgreSQL, error number of MariaDB and MySQL, or the code of the network error. */
  readonly driverCode?: string;
  /** The index or constraint that was violated. */
  readonly constraint?: string;
  /** A unique value is taken by another row. */
  readonly uniqueTaken?: boolean;
  /** The connection is gone; a COMMIT under way may or may not have happened. */
  readonly connectionLost?: boolean;
  /** A table or column is not what it was when it was last looked at. */
  readonly tableChanged?: boolean;
}

/**
 * What a target database answered, in the words of the contract. The driver's own error is never attached as a cause:
 * its message, its detail and (mysql2) its statement text contain row values, and causes end up in logs.
 */
export class TargetError extends CounterfoilError {
  readonly driverCode: string | undefined;
  readonly constraint: string | undefined;
  readonly uniqueTaken: boolean;
  readonly connectionLost: boolean;
  readonly tableChanged: boolean;

  constructor(code: ErrorCode, message: string, details: TargetErrorDetails = {}) {
    super(code, message, details.remedy === undefined ? {} : { remedy: details.remedy });
    this.name = 'TargetError';
    this.driverCode = details.driverCode;
    this.constraint = details.constraint;
    this.uniqueTaken = details.uniqueTaken ?? false;
    this.connectionLost = details.connectionLost ?? false;
    this.tableChanged = details.tableChanged ?? false;
  }
}

const ROW_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ROW_REJECTED', 'AWAITS_REFERENCE']);

/** Whether some row of what was just written is at fault, and not the database or the statement. */
export function isRowFault(error: unknown): error is TargetError {
  return error instanceof TargetError && ROW_FAULTS.has(error.code);
}

/**
 * The fields of what a driver threw. Read by name, not by class: the classes of the platform's own errors differ
 * between realms (a test runner's sandbox has another Error).
 */
export function thrownFields(thrown: unknown): Readonly<Record<string, unknown>> {
  return typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>) : {};
}
