import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { idOf, restoreStatement, twinOf } from './ledger.ts';
import type { Reserve } from './ledger.ts';
import type { Sessions } from './sessions.ts';

/** Where faults are put in, and healed again. */
export class Place {
  readonly ledger: string;
  readonly bank: string;
  readonly #touched: number[] = [];
  readonly #doubledLines: number[] = [];

  constructor(
    readonly mirror: FreshMirror,
    readonly sessions: Sessions,
    readonly reserve: Reserve,
  ) {
    const { namespace } = mirror.plan;
    this.ledger = `${namespace}.ledger_entry`;
    this.bank = `${namespace}.bank_line`;
  }

  /** An entry that is as it should be on both sides, and noted to be healed. */
  async victim(fits?: (n: number) => boolean): Promise<number> {
    const n = this.reserve.take(fits);
    const kept = `FROM ${this.ledger} WHERE id = ${idOf(n)}`;
    await this.target(`CREATE TABLE IF NOT EXISTS before_faults AS SELECT * FROM ${this.ledger} LIMIT 0`);
    await this.target(`INSERT INTO before_faults SELECT * ${kept}`);
    this.#touched.push(n);
    return n;
  }

  async target(sql: string): Promise<void> {
    await this.sessions.target.query(sql);
  }

  async source(sql: string): Promise<void> {
    await this.sessions.silentSource.query(sql);
  }

  /** Changes columns of an entry in the target. */
  alter(n: number, change: string): Promise<void> {
    return this.target(`UPDATE ${this.ledger} SET ${change} WHERE id = ${idOf(n)}`);
  }

  /** Puts a copy of an entry into the target, under another id and with other values of some columns. */
  async copy(n: number, others: Readonly<Record<string, string>> = {}): Promise<void> {
    const changed = [...Object.entries({ ...others, id: idOf(twinOf(n)) })];
    await this.target(`CREATE TEMPORARY TABLE twin AS SELECT * FROM ${this.ledger} WHERE id = ${idOf(n)}`);
    await this.target(`UPDATE twin SET ${changed.map(([name, sql]) => `${name} = ${sql}`).join(', ')}`);
    await this.target(`INSERT INTO ${this.ledger} SELECT * FROM twin`);
    await this.target('DROP TABLE twin');
  }

  async doubleLine(): Promise<void> {
    const line = 7 * (this.#doubledLines.length + 1);
    await this.target(
      `INSERT INTO ${this.bank} SELECT * FROM ${this.bank} WHERE line_no = ${line.toString()}`,
    );
    this.#doubledLines.push(line);
  }

  /** Undoes all, on both sides. */
  async heal(): Promise<void> {
    const twins = this.#touched.map(twinOf);
    const ids = [...this.#touched, ...twins].map(idOf).join(', ');
    await this.target('BEGIN');
    await this.target(`DELETE FROM ${this.ledger} WHERE id IN (${ids})`);
    await this.target(`INSERT INTO ${this.ledger} SELECT * FROM before_faults`);
    for (const line of this.#doubledLines)
      await this.target(
        `DELETE FROM ${this.bank} WHERE ctid = (SELECT max(ctid) FROM ${this.bank} WHERE line_no = ${line.toString()})`,
      );
    await this.target('DROP TABLE before_faults');
    await this.target('COMMIT');
    await this.source(`DELETE FROM ledger_entry WHERE id IN (${twins.map(idOf).join(', ')})`);
    await this.source(restoreStatement(this.#touched));
  }
}
