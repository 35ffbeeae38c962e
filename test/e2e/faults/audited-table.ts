import type { Direction, Mirrors, System } from '../../integration/types/mirrors.ts';
import { SOURCE_SCHEMA } from '../../integration/types/mirrors.ts';

/** How often each copy was written to by what happened to rows: by a trigger of the target. */
export type Effects = Readonly<Record<'inserted' | 'deleted', number>>;

/** The table that the tests of faults write to: rows come once and go once, so that each change must have one effect. */
export const TABLE = 'entry';

export function placeOf(mirrors: Mirrors, system: System): string {
  return `${system === 'mariadb' ? mirrors.name : SOURCE_SCHEMA}.${TABLE}`;
}

/**
 * Has the copy write down its effects. The trigger takes its time with each row, so that a batch of some hundred takes
 * longer than a group waits for a member.
 */
export async function audit(mirrors: Mirrors, { to, namespace }: Direction): Promise<void> {
  const run = (sql: string) => mirrors.databases[to].query(sql);
  const log = `${namespace}.${TABLE}_log`;
  await run(`CREATE TABLE ${log} (what VARCHAR(10) NOT NULL)`);
  if (to === 'mariadb') {
    for (const [kind, what] of [
      ['INSERT', 'inserted'],
      ['DELETE', 'deleted'],
    ] as const)
      await run(
        `CREATE TRIGGER ${namespace}.audit_${what} AFTER ${kind} ON ${namespace}.${TABLE} FOR EACH ROW
         BEGIN DO SLEEP(0.01); INSERT INTO ${log} VALUES ('${what}'); END`,
      );
    return;
  }
  await run(
    `CREATE FUNCTION ${namespace}.audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       PERFORM pg_sleep(0.01);
       INSERT INTO ${log} VALUES (CASE TG_OP WHEN 'INSERT' THEN 'inserted' ELSE 'deleted' END);
       RETURN NULL; END $$`,
  );
  await run(
    `CREATE TRIGGER audit AFTER INSERT OR DELETE ON ${namespace}.${TABLE} FOR EACH ROW EXECUTE FUNCTION ${namespace}.audit()`,
  );
}

export async function effectsOn(mirrors: Mirrors, { to, namespace }: Direction): Promise<Effects> {
  const rows = await mirrors.databases[to].query(
    `SELECT what, COUNT(*) AS times FROM ${namespace}.${TABLE}_log GROUP BY what`,
  );
  const counts = new Map(rows.map(({ what, times }) => [what, Number(times)]));
  return { inserted: counts.get('inserted') ?? 0, deleted: counts.get('deleted') ?? 0 };
}

/** All rows, in the text of the server and apart from all code under test. */
export async function rowsOf(mirrors: Mirrors, system: System, place: string): Promise<string[]> {
  const text = system === 'mariadb' ? "CONCAT(id, ':', title)" : "id || ':' || title";
  const rows = await mirrors.databases[system].query(`SELECT ${text} AS line FROM ${place} ORDER BY id`);
  return rows.map(({ line }) => String(line));
}
