/** How many faults of a kind were found, and after how long. */
export class FoundOfKind {
  readonly name: string;
  injected = 0;
  right = 0;
  /** From when it was put in until it was said, of the one that took longest. */
  seconds = 0;
  /** What was expected and not said, or said otherwise. */
  readonly wrong: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  found(seconds: number): void {
    this.injected += 1;
    this.right += 1;
    this.seconds = Math.max(this.seconds, seconds);
  }

  missed(what: string): void {
    this.injected += 1;
    this.wrong.push(what);
  }
}
