import { testStack } from '../../support/stack-file.ts';
import { openNativeMariadb, openNativePostgres } from '../../integration/types/native.ts';
import type { NativeDatabase } from '../../integration/types/native.ts';
import type { System } from '../../integration/types/mirrors.ts';

/** A database whose server may be killed: whoever asks waits until it answers again. */
export class PatientDatabase {
  readonly #open: () => Promise<NativeDatabase>;
  #connection: NativeDatabase | null = null;

  constructor(system: System, database: string) {
    this.#open = () =>
      system === 'mariadb' ? openNativeMariadb(testStack()) : openNativePostgres(testStack(), database);
  }

  /** The statement may be run twice: a server that dies may have committed what it did not answer to. */
  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
    for (;;) {
      try {
        this.#connection ??= await this.#open();
        return await this.#connection.query(sql);
      } catch (error) {
        if (!isDown(error)) throw error;
        this.#connection = null;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

/** Refused, cut off, still starting, or shut down; anything else is a fault of the statement. */
function isDown(error: unknown): boolean {
  const { code = '', message } = error as Error & { code?: string };
  return (
    /^(ECONN|EPIPE|PROTOCOL_CONNECTION_LOST|57P0|08)/.test(code) ||
    /closed state|terminated|not queryable/i.test(message)
  );
}
