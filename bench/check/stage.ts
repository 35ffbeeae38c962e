import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { onStage } from '../stage.ts';
import { claimStatements } from './claims.ts';

/** How many rows the table has. */
export const ROWS = Number(process.env['ROWS'] ?? 1_000_000);

/** Runs a measurement on a mirror of so many claims. */
export function onClaims(measure: (mirror: FreshMirror) => Promise<void>): Promise<never> {
  return onStage({ statements: claimStatements(ROWS), tables: { claim: ROWS } }, measure);
}
