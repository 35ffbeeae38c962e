import { MARIADB_NUMBERS } from './mariadb-numbers.ts';
import { MARIADB_TEXTS } from './mariadb-texts.ts';
import { MARIADB_TIMES } from './mariadb-times.ts';
import { POSTGRES_ARRAYS } from './postgres-arrays.ts';
import { POSTGRES_NUMBERS, POSTGRES_TIMES } from './postgres-simple.ts';
import { POSTGRES_TEXTS, POSTGRES_USER_TYPES } from './postgres-texts.ts';
import type { TypeCase } from './type-case.ts';

/** Every column type, with the values at which a copy goes wrong. Sessions are in UTC. */
export const MARIADB_CASES: readonly TypeCase[] = [...MARIADB_NUMBERS, ...MARIADB_TIMES, ...MARIADB_TEXTS];

export const POSTGRES_CASES: readonly TypeCase[] = [
  ...[...POSTGRES_NUMBERS, ...POSTGRES_TIMES, ...POSTGRES_TEXTS],
  ...[...POSTGRES_USER_TYPES, ...POSTGRES_ARRAYS],
];
