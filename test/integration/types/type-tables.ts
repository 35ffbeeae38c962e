import { MARIADB_CASES, POSTGRES_CASES } from './cases.ts';
import type { Mirrors, System } from './mirrors.ts';
import { POSTGRES_SETUP } from './postgres-texts.ts';
import type { Phase, TypeCase, TypeValue } from './type-case.ts';

export const TYPE_CASES: Readonly<Record<System, readonly TypeCase[]>> = {
  mariadb: MARIADB_CASES,
  postgres: POSTGRES_CASES,
};

/** Rows of the log have ids of their own. */
const FIRST_ID: Readonly<Record<Phase, number>> = { snapshot: 1, stream: 101 };

/** The name of a case's table in its source, with its namespace. */
export type SourceTable = (system: System, each: TypeCase) => string;

type Sources = Pick<Mirrors, 'databases'>;

const EVERY = (['mariadb', 'postgres'] as const).flatMap((system) =>
  TYPE_CASES[system].map((each) => ({ system, each })),
);

/** Makes a table of each case, with its type as the column `v`. */
export async function createTypeTables({ databases }: Sources, tableOf: SourceTable): Promise<void> {
  await databases.postgres.query(POSTGRES_SETUP);
  for (const { system, each } of EVERY)
    await databases[system].query(
      `CREATE TABLE ${tableOf(system, each)} (id int PRIMARY KEY, v ${each.type})`,
    );
}

/** Writes the values of each case, to be read in this phase. */
export async function insertTypeValues(
  { databases }: Sources,
  tableOf: SourceTable,
  phase: Phase,
): Promise<void> {
  for (const { system, each } of EVERY)
    for (const { id, value } of rowsIn(phase, each))
      await databases[system].query(
        `INSERT INTO ${tableOf(system, each)} (id, v) VALUES (${id}, ${value.sql})`,
      );
}

/** A row of a case's table. */
export interface TypeRow {
  readonly id: number;
  readonly phase: Phase;
  readonly value: TypeValue;
}

/** The rows that the source has after a phase. */
export function rowsUntil(last: Phase, each: TypeCase): readonly TypeRow[] {
  const phases: readonly Phase[] = last === 'snapshot' ? ['snapshot'] : ['snapshot', 'stream'];
  return phases.flatMap((phase) => rowsIn(phase, each));
}

function rowsIn(phase: Phase, { values }: TypeCase): readonly TypeRow[] {
  return values.flatMap((value, at) =>
    value.onlyIn === undefined || value.onlyIn === phase ? [{ id: FIRST_ID[phase] + at, phase, value }] : [],
  );
}
