/** Doubtful answers in a row after which it is no longer the messages that are doubted. */
export const DOUBTS = 10;

/**
 * Whether an answer of 403 or 404 speaks against its message, or against the address and the rights of the client: it is
 * believed of a message while the endpoint takes others.
 */
export class Standing {
  #proven = false;
  #doubts = 0;

  takes(): void {
    this.#proven = true;
    this.#doubts = 0;
  }

  doubts(): void {
    this.#doubts += 1;
  }

  get blamesMessage(): boolean {
    return this.#proven && this.#doubts < DOUBTS;
  }
}
