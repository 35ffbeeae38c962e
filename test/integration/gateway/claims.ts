import { readFileSync } from 'node:fs';
import type { Random } from '../../../stack/demo/activity/prng.ts';
import type { NativeDatabase } from '../types/native.ts';
import type { Delivery } from '../../support/receiver.ts';

/** A claim as the source has it, or as the receiver was told. */
export type Claim = Readonly<Record<'id' | 'title' | 'total' | 'status', string>>;

const STATES = ['draft', 'submitted', 'approved', 'rejected'] as const;

/** The table of expense claims of the demo, in a database of its own, and people who write to it. */
export class Claims {
  readonly #oa: NativeDatabase;
  readonly #table: string;
  readonly #random: Random;
  /** Beyond 2^53: a receiver that reads numbers as doubles would mix them up. */
  #newest = 9_007_199_254_740_993n;

  constructor(oa: NativeDatabase, database: string, random: Random) {
    this.#oa = oa;
    this.#table = `${database}.expense_claim`;
    this.#random = random;
  }

  async create(): Promise<void> {
    const script = readFileSync('stack/demo/oa.sql', 'utf8');
    const [statement] = /CREATE TABLE IF NOT EXISTS expense_claim \([^;]*/.exec(script) ?? [];
    await this.#oa.query((statement ?? '').replace('expense_claim', this.#table));
  }

  /** Inserts, updates and deletes, each in a transaction of its own. */
  async write(changes: number): Promise<void> {
    for (let at = 0; at < changes; at += 1) {
      const kind = this.#random.next();
      if (kind < 0.3 || this.#newest < 9_007_199_254_741_000n) await this.insert();
      else if (kind < 0.93) await this.update(this.#any());
      else await this.#delete();
    }
  }

  async insert(): Promise<string> {
    this.#newest += 1n;
    const id = this.#newest.toString();
    await this.#oa.query(
      `INSERT INTO ${this.#table} SET id = ${id}, claim_no = 'BX${id}', applicant_id = 7, applicant_no = 'E0007',
       department_id = 3, department_code = 'D03', title = '差旅 "<&> ${id}', category = 'travel',
       total_amount = ${this.#amount()}, status = 'submitted', revision = 1, submitted_at = NOW(3), created_at = NOW()`,
    );
    return id;
  }

  async update(id: string): Promise<void> {
    const status = this.#random.pick(STATES);
    await this.#oa.query(
      `UPDATE ${this.#table} SET total_amount = ${this.#amount()}, status = '${status}' WHERE id = ${id}`,
    );
  }

  /** Sets the total; the claim stays submitted. */
  async setTotal(id: string, total: string): Promise<void> {
    await this.#oa.query(
      `UPDATE ${this.#table} SET total_amount = ${total}, status = 'submitted' WHERE id = ${id}`,
    );
  }

  /** Those that the receiver is to have: submitted or approved, and not deleted. */
  async expected(): Promise<readonly Claim[]> {
    const rows = await this.#oa.query(
      `SELECT CAST(id AS CHAR) AS id, title, CAST(total_amount AS CHAR) AS total, status FROM ${this.#table}
       WHERE status IN ('submitted', 'approved') AND is_deleted = 0 ORDER BY id`,
    );
    return rows as unknown as readonly Claim[];
  }

  async #delete(): Promise<void> {
    await this.#oa.query(`DELETE FROM ${this.#table} WHERE id = ${this.#any()}`);
  }

  #any(): string {
    return (this.#newest - BigInt(this.#random.int(0, 12))).toString();
  }

  #amount(): string {
    return (this.#random.int(0, 999_999) / 100).toFixed(2);
  }
}

/** The claims that a receiver holds. */
export function received(documents: ReadonlyMap<string, Delivery>): readonly Claim[] {
  return [...documents]
    .map(([, { body }]) => {
      const { data } = JSON.parse(body) as { readonly data: Readonly<Record<string, string>> };
      const { claim_id: id = '', title = '', total_amount: total = '', status = '' } = data;
      return { id, title, total, status };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
