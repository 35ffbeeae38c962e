/** Questions to a broker that are under way at a time: one after the other, a thousand topics would take minutes. */
const AT_ONCE = 32;

/** Does the work for each item, some of them at a time. Rejects with the first failure, and begins nothing after it. */
export async function forEachAtOnce<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<void> {
  const queue = [...items];
  let failed = false;
  async function worker(): Promise<void> {
    for (let item = queue.shift(); item !== undefined && !failed; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
}
