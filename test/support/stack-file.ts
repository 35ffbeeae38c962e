import { readFileSync } from 'node:fs';
import type { StackAddresses } from '../../stack/stack-types.ts';

/** The stack that the test runner started; tests of a single file run against any stack whose addresses are in a file. */
export function testStack(): StackAddresses {
  const file = process.env['COUNTERFOIL_TEST_STACK'];
  if (file === undefined)
    throw new Error('COUNTERFOIL_TEST_STACK names no stack: run the tests with npm test');
  return JSON.parse(readFileSync(file, 'utf8')) as StackAddresses;
}

/** A name that no other test and no earlier run has used. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;
}
