/** A group that breaks a rule. */
export interface Offence {
  /** Values of what the rule names its groups by. */
  readonly key: readonly (string | null)[];
  /** Of both measures: never shown. */
  readonly measures: string;
}

interface Doubt {
  readonly offence: Offence;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/**
 * Tells what is broken from what is on its way: rows of both sides of a rule may come in different transactions. A group
 * counts as broken once it has been off by the same measures for a while; one that moves is not settled yet.
 */
export class Looks {
  #doubts = new Map<string, Doubt>();

  constructor(private readonly graceMs: number) {}

  get isInDoubt(): boolean {
    return this.#doubts.size > 0;
  }

  /** What is off at this look, which saw every group that was in doubt; `now` in milliseconds since the epoch. */
  look(
    offences: readonly Offence[],
    now: number,
  ): { broken: readonly Offence[]; unsettled: readonly Offence[] } {
    const doubts = new Map<string, Doubt>();
    for (const offence of offences) {
      const name = JSON.stringify(offence.key);
      const before = this.#doubts.get(name);
      const isSame = before?.offence.measures === offence.measures;
      doubts.set(name, { offence, since: isSame ? before.since : now });
    }
    this.#doubts = doubts;
    const broken: Offence[] = [];
    const unsettled: Offence[] = [];
    for (const { offence, since } of doubts.values())
      (now - since >= this.graceMs ? broken : unsettled).push(offence);
    return { broken, unsettled };
  }
}
