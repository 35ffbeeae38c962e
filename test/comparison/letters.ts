import type { Mirrors, System } from '../integration/types/mirrors.ts';

/** The open dead letters of a topic in a target, by code. */
export interface OpenLetters {
  readonly open: number;
  /** Such as `ROW_REJECTED 1, PARKED 2`. */
  readonly codes: string;
}

export async function lettersOf(
  { databases, name }: Pick<Mirrors, 'databases' | 'name'>,
  to: System,
  route: string,
  topic: string,
): Promise<OpenLetters> {
  const table = to === 'mariadb' ? `cf_${name}.dead_letter` : 'cf.dead_letter';
  const rows = await databases[to].query(
    `SELECT code, count(*) AS number FROM ${table} WHERE route = '${route}' AND topic = '${topic}' AND status = 'open' GROUP BY code ORDER BY code`,
  );
  const counts = rows.map(({ code, number }) => ({ code: String(code), number: Number(number) }));
  return {
    open: counts.reduce((sum, { number }) => sum + number, 0),
    codes: counts.map(({ code, number }) => `${code} ${number}`).join(', '),
  };
}
