import type { Mirrors, System } from '../integration/types/mirrors.ts';

/** Dead letters of one code and one status. */
export interface LetterCount {
  readonly code: string;
  readonly status: string;
  readonly number: number;
}

/** The dead letters of a topic in a target. */
export async function lettersOf(
  { databases, name }: Pick<Mirrors, 'databases' | 'name'>,
  to: System,
  route: string,
  topic: string,
): Promise<readonly LetterCount[]> {
  const table = to === 'mariadb' ? `cf_${name}.dead_letter` : 'cf.dead_letter';
  const rows = await databases[to].query(
    `SELECT code, status, count(*) AS number FROM ${table} WHERE route = '${route}' AND topic = '${topic}'
     GROUP BY code, status ORDER BY code, status`,
  );
  return rows.map(({ code, status, number }) => ({
    ...{ code: String(code), status: String(status), number: Number(number) },
  }));
}
