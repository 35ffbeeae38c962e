import type { Direction, Mirrors, System } from '../../integration/types/mirrors.ts';
import { SOURCE_SCHEMA } from '../../integration/types/mirrors.ts';
import { PatientDatabase } from './source-database.ts';

/** Rows of a copy that were inserted, updated and deleted, as a trigger of the target has counted them. */
export type Effects = Readonly<Record<'INSERT' | 'UPDATE' | 'DELETE', number>>;

const TABLE = 'entry';
/** What the trigger takes for each row: a batch of some dozens takes longer than a group waits for a member. */
const SECONDS = 0.03;

/** A table of both sources whose rows come once and go once, and its copies, which write down what happens to them. */
export class AuditedTable {
  readonly #mirrors: Mirrors;
  readonly #databases: Readonly<Record<System, PatientDatabase>>;
  #newest = 0;
  #audited = 0;
  #deleted = 0;

  constructor(mirrors: Mirrors) {
    this.#mirrors = mirrors;
    this.#databases = {
      mariadb: new PatientDatabase('mariadb', mirrors.name),
      postgres: new PatientDatabase('postgres', mirrors.name),
    };
  }

  async create(): Promise<void> {
    await this.#both((place) => `CREATE TABLE ${place} (id INT PRIMARY KEY, title VARCHAR(40))`);
    await this.insert(1);
  }

  /** Inserts rows at both sources, each in a transaction of its own. */
  async insert(count: number): Promise<void> {
    for (const last = this.#newest + count; this.#newest < last; this.#newest += 1) {
      const id = this.#newest + 1;
      // Twice, when the server died with the answer.
      await this.#both(
        (place) =>
          `INSERT INTO ${place} SELECT ${id}, '第 ${id} 张' WHERE NOT EXISTS (SELECT 1 FROM ${place} WHERE id = ${id})`,
      );
    }
  }

  /** Deletes the oldest rows; they must have arrived, or a batch would take insert and delete together. */
  async delete(count: number): Promise<void> {
    const first = this.#audited + this.#deleted;
    await this.#both((place) => `DELETE FROM ${place} WHERE id > ${first} AND id <= ${first + count}`);
    this.#deleted += count;
  }

  /** Begins to count effects, once all rows of before have arrived. */
  async audit(): Promise<void> {
    await this.arrived();
    this.#audited = this.#newest;
    for (const direction of this.#mirrors.directions)
      for (const statement of auditStatements(direction))
        await this.#databases[direction.to].query(statement);
  }

  /** Resolves when every copy has the rows of its source, in the text of the servers; a test's own limit ends it. */
  async arrived(): Promise<void> {
    for (const { from, to, namespace } of this.#mirrors.directions) {
      const sent = await this.#rows(from, this.#placeAt(from));
      for (;;) {
        const copies = await this.#rows(to, `${namespace}.${TABLE}`).catch(() => []);
        if (copies.join('\n') === sent.join('\n')) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Everything arrived, each change once; and the check says so, too. */
  async expectOnce(): Promise<void> {
    await this.arrived();
    for (const { route, to, namespace } of this.#mirrors.directions) {
      expect({ route, ...(await this.#effects(to, namespace)) }).toEqual({
        ...{ route, INSERT: this.#newest - this.#audited, UPDATE: 0, DELETE: this.#deleted },
      });
      expect(await this.#mirrors.check(route)).toMatchObject({ route, verdict: 'match', reason: null });
    }
  }

  async #effects(system: System, namespace: string): Promise<Effects> {
    const rows = await this.#databases[system].query(
      `SELECT what, COUNT(*) AS times FROM ${namespace}.${TABLE}_log GROUP BY what`,
    );
    const counts = new Map(rows.map(({ what, times }) => [what, Number(times)]));
    const [INSERT = 0, UPDATE = 0, DELETE = 0] = OPERATIONS.map((what) => counts.get(what));
    return { INSERT, UPDATE, DELETE };
  }

  async #both(sql: (place: string) => string): Promise<void> {
    for (const system of ['mariadb', 'postgres'] as const)
      await this.#databases[system].query(sql(this.#placeAt(system)));
  }

  #placeAt(system: System): string {
    return `${system === 'mariadb' ? this.#mirrors.name : SOURCE_SCHEMA}.${TABLE}`;
  }

  async #rows(system: System, place: string): Promise<string[]> {
    const rows = await this.#databases[system].query(`SELECT id, title FROM ${place} ORDER BY id`);
    return rows.map(({ id, title }) => `${String(id)} ${String(title)}`);
  }
}

const OPERATIONS = ['INSERT', 'UPDATE', 'DELETE'] as const;

function auditStatements({ to, namespace }: Direction): readonly string[] {
  const [table, log] = [`${namespace}.${TABLE}`, `${namespace}.${TABLE}_log`];
  const create = `CREATE TABLE ${log} (what VARCHAR(10) NOT NULL)`;
  if (to === 'mariadb')
    return [
      create,
      ...OPERATIONS.map(
        (what) => `CREATE TRIGGER ${namespace}.audit_${what} AFTER ${what} ON ${table} FOR EACH ROW
          BEGIN DO SLEEP(${SECONDS}); INSERT INTO ${log} VALUES ('${what}'); END`,
      ),
    ];
  return [
    create,
    `CREATE FUNCTION ${namespace}.audit() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN PERFORM pg_sleep(${SECONDS}); INSERT INTO ${log} VALUES (TG_OP); RETURN NULL; END $$`,
    `CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${namespace}.audit()`,
  ];
}
