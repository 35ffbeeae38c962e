import { CounterfoilError } from '../../schemas/contract/errors.ts';

/** Something that could not be answered, and why. */
export interface Unanswered {
  readonly part: string;
  readonly reason: string;
}

/** Answers what can be answered, and keeps what could not. */
export class Answers {
  readonly #unanswered = new Map<string, Unanswered>();

  /** Null when it could not be answered. Throws what the person at the keyboard can mend, and what is nobody's fault. */
  async of<T>(part: string, ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CounterfoilError) || error.disposition === 'usage') throw error;
      this.missing(part, error.message);
      return null;
    }
  }

  missing(part: string, reason: string): void {
    this.#unanswered.set(`${part}\n${reason}`, { part, reason });
  }

  get unanswered(): readonly Unanswered[] {
    return [...this.#unanswered.values()];
  }
}
