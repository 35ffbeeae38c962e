const KEYS_AT_ONCE = 500;

/** Keys in lists that one question can hold. */
export function portions<T>(keys: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(keys.length / KEYS_AT_ONCE);
  return Array.from({ length: count }, (_, n) => keys.slice(n * KEYS_AT_ONCE, (n + 1) * KEYS_AT_ONCE));
}
