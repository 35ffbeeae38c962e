import { compareVersions, isSnapshotRead, surelyStandsBefore } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';

/**
 * Tells changes that a connector sends again, after it has gone back in the log, from new ones. Those of one partition come
 * in the order of the log: what stands before the newest that has passed has passed before. Of the newest transaction
 * itself that cannot be told; and rows that were read, not streamed, are always new, for they are read to mend something.
 */
export class Repeats {
  #newest: Version | null = null;

  /** `version`: the newest of what has passed. */
  passed(version: Version | null): void {
    if (version === null || isSnapshotRead(version)) return;
    if (this.#newest === null || compareVersions(version, this.#newest) > 0) this.#newest = version;
  }

  has(version: Version): boolean {
    return this.#newest !== null && !isSnapshotRead(version) && surelyStandsBefore(version, this.#newest);
  }
}
