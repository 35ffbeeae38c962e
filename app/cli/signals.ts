/** The pipeline promises to be gone within ten seconds. */
const DRAIN_MS = 9_000;
/** A whole stack has to be stopped in order. */
export const SHUT_DOWN_MS = 60_000;

/** The command was interrupted; `exitCode` is what the shell expects then. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

/**
 * Aborts at SIGINT or SIGTERM. What is in hand has `drainMs` to end by itself; then, or at a second signal, the process
 * ends.
 */
export function untilSignal(drainMs = DRAIN_MS): AbortSignal {
  const abort = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    const interruption = new Interrupted(signal);
    if (abort.signal.aborted) process.exit(interruption.exitCode);
    abort.abort(interruption);
    setTimeout(() => process.exit(interruption.exitCode), drainMs).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return abort.signal;
}
