/** The pipeline promises to be gone within ten seconds. */
const DRAIN_MS = 9_000;
/** A whole stack has to be stopped in order. */
export const SHUT_DOWN_MS = 60_000;

/**
 * Aborts at SIGINT or SIGTERM. What is in hand has `drainMs` to end by itself; then, or at a second signal, the process
 * ends.
 */
export function untilSignal(drainMs = DRAIN_MS): AbortSignal {
  const abort = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    const code = signal === 'SIGINT' ? 130 : 143;
    if (abort.signal.aborted) process.exit(code);
    abort.abort(new Error(signal));
    setTimeout(() => process.exit(code), drainMs).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return abort.signal;
}
