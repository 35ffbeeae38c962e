import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { ConnectClient } from './connect-client.ts';
import { FELL_SILENT, lostPosition, statusOf, unknownStatus } from './connector-status.ts';
import type { ConnectorStatus } from './connector-status.ts';
import type { LogGap } from './log-gap.ts';
import type { HeartbeatProgress } from './heartbeat-progress.ts';
import { isSilent, listen, rearmed } from './silence.ts';
import type { Pulse } from './silence.ts';
import { decide, FRESH } from './watch-policy.ts';
import type { BackOff, Watched } from './watch-policy.ts';

/** Time, as the watcher needs it: tests pass a clock of their own and need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface WatchOptions {
  readonly client: Pick<ConnectClient, 'connectors' | 'restart'>;
  readonly connectors: readonly string[];
  readonly telemetry: Telemetry;
  /** Between two looks. */
  readonly intervalMs: number;
  readonly backOff: BackOff;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Called when a connector's state changed: for health, and for the log line that says why. */
  readonly onStatus?: (status: ConnectorStatus) => void;
  /**
   * Finds changes that a connector can no longer read. It counts as failed then and is not restarted, for by a restart
   * it might come to run, behind the gap. Asked when it does not run, and else this often.
   */
  readonly gap?: {
    readonly intervalMs: number;
    readonly find: (connector: string) => Promise<LogGap | null>;
  };
  /**
   * Finds a connector that claims to run but delivers nothing: its heartbeats stopped for longer than this. MariaDB and
   * MySQL connectors need it (a killed session leaves them RUNNING); see {@link HeartbeatProgress}.
   */
  readonly silence?: { readonly limitMs: number; readonly progress: HeartbeatProgress };
}

interface Memory {
  watched: Watched;
  pulse: Pulse | undefined;
  told: string | null;
  gap: LogGap | null;
  gapSoughtAt: number;
}

/**
 * Watches connectors until the signal is aborted: says each change of health, and restarts what failed, with back-off.
 * Never throws: while Connect does not answer, every connector's health is `unknown`.
 */
export async function watchConnectors(options: WatchOptions): Promise<void> {
  const { connectors, clock, intervalMs, signal } = options;
  const memories = new Map(connectors.map((name) => [name, remember()]));
  while (!signal.aborted) {
    for (const seen of await look(options)) {
      const memory = memories.get(seen.name) ?? remember();
      const status = await continuous(options, memory, await heard(options, memory, seen));
      tell(options, memory, status);
      await act(options, memory, status);
    }
    await clock.sleep(intervalMs, signal);
  }
}

function remember(): Memory {
  return { watched: FRESH, pulse: undefined, told: null, gap: null, gapSoughtAt: -Infinity };
}

async function look({ client, connectors }: WatchOptions): Promise<readonly ConnectorStatus[]> {
  try {
    const deployed = await client.connectors();
    return connectors.map((name) => statusOf(name, deployed.get(name)));
  } catch {
    return connectors.map(unknownStatus);
  }
}

/** The status, unless the connector claims to run and its heartbeats say otherwise. */
async function heard(
  { silence, clock }: WatchOptions,
  memory: Memory,
  status: ConnectorStatus,
): Promise<ConnectorStatus> {
  if (silence === undefined) return status;
  const running = status.health === 'running';
  const progress = running ? await silence.progress(status.name) : null;
  memory.pulse = listen(memory.pulse, status.health, progress, clock.now());
  if (!running || !isSilent(memory.pulse, clock.now(), silence.limitMs)) return status;
  return { ...status, health: 'failed', failure: FELL_SILENT };
}

/** The status, unless changes are missing between what the connector has captured and what its source still holds. */
async function continuous(
  { gap, clock }: WatchOptions,
  memory: Memory,
  status: ConnectorStatus,
): Promise<ConnectorStatus> {
  if (gap === undefined || status.health === 'missing' || status.health === 'unknown') return status;
  const due = clock.now() - memory.gapSoughtAt >= gap.intervalMs;
  if (due || status.health !== 'running' || memory.gap !== null) {
    memory.gap = await gap.find(status.name);
    memory.gapSoughtAt = clock.now();
  }
  return memory.gap === null ? status : lostPosition(status, memory.gap);
}

function tell({ telemetry, onStatus }: WatchOptions, memory: Memory, status: ConnectorStatus): void {
  const news = JSON.stringify(status);
  if (memory.told === news) return;
  memory.told = news;
  const { name, health, failedTasks } = status;
  const lost =
    memory.gap === null ? {} : { lostPosition: { reason: memory.gap.title, remedy: memory.gap.remedy } };
  telemetry.emit({ type: 'connector-health', connector: name, health, failedTasks, ...lost });
  onStatus?.(status);
}

async function act(
  { client, telemetry, clock, backOff, random }: WatchOptions,
  memory: Memory,
  { name, health, failure }: ConnectorStatus,
): Promise<void> {
  if (memory.gap !== null) return;
  const { watched, restart } = decide(memory.watched, health, clock.now(), backOff, random);
  memory.watched = watched;
  if (!restart) return;
  try {
    // One that fell silent has no failed task, so all of it is restarted, and has to be heard again.
    await client.restart(name, failure === FELL_SILENT ? 'all' : 'failed');
    memory.pulse = rearmed(memory.pulse, clock.now());
    telemetry.emit({ type: 'connector-restarted', connector: name, attempt: watched.attempts });
  } catch {
    // Connect is rebalancing or away; the next look says so, and the next restart comes after the back-off.
  }
}
