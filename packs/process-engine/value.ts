/**
 * What a variable says, whatever it was stored as. Numbers are their decimal text as written or as Java would write it: as
 * JavaScript numbers, cents would be lost.
 */
export type Value = null | boolean | string | readonly Value[] | ReadonlyMap<string, Value>;

/** The engine stored something that this reader does not know, or that is damaged. Never guessed. */
export class Unreadable extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Unreadable';
  }
}
