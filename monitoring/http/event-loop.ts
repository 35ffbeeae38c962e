import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Tells whether the process still gets round to its work. */
export interface EventLoopMonitor {
  /** The longest delay since the last question, in seconds. */
  worstDelay(): number;
  close(): void;
}

const RESOLUTION_MS = 20;

export function monitorEventLoop(): EventLoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    worstDelay() {
      // The histogram holds timer intervals in nanoseconds: its own resolution is no delay.
      const delay = Math.max(0, histogram.max / 1e9 - RESOLUTION_MS / 1_000);
      histogram.reset();
      return delay;
    },
    close() {
      histogram.disable();
    },
  };
}
