/** Topics that come one after the other, as a snapshot makes them, are waited for so long at most. */
const PATIENCE_MS = 20_000;

/**
 * Tells when a consumer has to begin anew because its topics are others: not before a look has found the same topics as
 * the one before it. Each beginning costs all partitions of the route, and while a snapshot of many tables is taken,
 * every look finds more.
 */
export function topicChange(subscribed: readonly string[]): {
  /** `current` in order, as `subscribed`; `now` in milliseconds. */
  isDue(current: readonly string[], now: number): boolean;
} {
  const textOf = (topics: readonly string[]) => topics.join('\n');
  const original = textOf(subscribed);
  let seen = original;
  let since: number | null = null;
  return {
    isDue(current, now) {
      const text = textOf(current);
      const settled = text === seen;
      seen = text;
      if (text === original) {
        since = null;
        return false;
      }
      since ??= now;
      return settled || now - since >= PATIENCE_MS;
    },
  };
}
