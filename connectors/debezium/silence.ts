import type { ConnectorHealth } from '../../schemas/contract/telemetry.ts';

/** What is remembered of a connector's heartbeats. */
export interface Pulse {
  readonly progress: bigint;
  /** Since when silence counts; null until the first heartbeat was seen, for a snapshot has none. */
  readonly since: number | null;
}

/**
 * Takes note of how far a connector's heartbeats have come. Pure.
 * One that was heard before is expected to be heard again after a restart: it reads on, it makes no new snapshot. One
 * that was stopped or deleted starts anew, for that is how a new snapshot is made.
 */
export function listen(
  pulse: Pulse | undefined,
  health: ConnectorHealth,
  progress: bigint | null,
  now: number,
): Pulse | undefined {
  switch (health) {
    case 'paused':
    case 'missing':
      return undefined;
    case 'failed':
    case 'restarting':
      return rearmed(pulse, now);
    case 'unknown':
      return pulse;
    case 'running':
      if (progress === null) return rearmed(pulse, now);
      if (pulse === undefined) return { progress, since: null };
      return progress > pulse.progress ? { progress, since: now } : pulse;
  }
}

/** Silence counts from now on, where it counted before. */
export function rearmed(pulse: Pulse | undefined, now: number): Pulse | undefined {
  return pulse === undefined || pulse.since === null ? pulse : { ...pulse, since: now };
}

export function isSilent(pulse: Pulse | undefined, now: number, limitMs: number): boolean {
  return pulse !== undefined && pulse.since !== null && now - pulse.since > limitMs;
}
