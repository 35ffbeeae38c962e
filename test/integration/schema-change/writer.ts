import { testStack } from '../../support/stack-file.ts';
import { openNativeMariadb, openNativePostgres } from '../types/native.ts';
import type { System } from '../types/mirrors.ts';

/** Goes on inserting, updating and deleting rows of some tables, in turn, on a connection of its own. */
export class Writer {
  #stopped = false;
  #rounds = 0;
  readonly #done: Promise<void>;

  constructor(system: System, database: string, tables: readonly string[]) {
    this.#done = this.#run(system, database, tables);
    this.#done.catch(() => undefined); // stop() and whileWriting() tell of it
  }

  async #run(system: System, database: string, tables: readonly string[]): Promise<void> {
    const stack = testStack();
    const connection =
      system === 'mariadb' ? await openNativeMariadb(stack) : await openNativePostgres(stack, database);
    try {
      for (let id = 1_000; !this.#stopped; id += 1) {
        for (const table of tables) {
          await connection.query(`INSERT INTO ${table} (id, n) VALUES (${id}, 0)`);
          await connection.query(`UPDATE ${table} SET n = n + 1 WHERE id = ${id - 1} OR id = 2`);
          if (id % 3 === 0) await connection.query(`DELETE FROM ${table} WHERE id = ${id - 2}`);
        }
        this.#rounds += 1;
      }
    } finally {
      await connection.close();
    }
  }

  /** Resolves when every table has been written to a few times more. */
  async goOn(): Promise<void> {
    const enough = this.#rounds + 4;
    const passed = async () => {
      while (this.#rounds < enough && !this.#stopped) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await Promise.race([passed(), this.#done]);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#done;
  }
}
