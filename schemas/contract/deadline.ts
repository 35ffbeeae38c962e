/**
 * Runs `work` with a signal that aborts with `signal`, or `milliseconds` from now. Not by `AbortSignal.timeout()` among
 * others in `AbortSignal.any()`: Node 20 collects that one while nobody listens, and then it never aborts.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  milliseconds: number,
  work: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new DOMException('the time is over', 'TimeoutError'));
  }, milliseconds);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
