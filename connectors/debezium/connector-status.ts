import type { ConnectorHealth } from '../../schemas/contract/telemetry.ts';
import type { ConnectClient, DeployedConnector } from './connect-client.ts';
import { explainFailure, failureLine } from './failure.ts';
import type { ExplainedFailure } from './failure.ts';
import type { LogGap } from './log-gap.ts';

/** A connector's state for people and metrics. Safe to print and to serialise. */
export interface ConnectorStatus {
  readonly name: string;
  /** `missing`: Connect does not have it. `unknown`: Connect did not answer. */
  readonly health: ConnectorHealth;
  readonly tasks: number;
  readonly failedTasks: number;
  /** Of the first part that failed; null when none did. */
  readonly failure: ExplainedFailure | null;
}

/** The state of these connectors, in their order. Throws CONNECT_UNAVAILABLE. */
export async function connectorStatus(
  client: Pick<ConnectClient, 'connectors'>,
  names: readonly string[],
): Promise<readonly ConnectorStatus[]> {
  const deployed = await client.connectors();
  return names.map((name) => statusOf(name, deployed.get(name)));
}

/** Pure. A connector that runs without any task is not running: its task is about to come, or never will. */
export function statusOf(name: string, connector: DeployedConnector | undefined): ConnectorStatus {
  if (connector === undefined) return { name, health: 'missing', tasks: 0, failedTasks: 0, failure: null };
  const failed = connector.tasks.filter(({ state }) => state === 'FAILED');
  const trace = connector.state === 'FAILED' ? connector.trace : (failed[0]?.trace ?? null);
  return {
    name,
    health: healthOf(connector, failed.length),
    tasks: connector.tasks.length,
    failedTasks: failed.length,
    failure:
      connector.state === 'FAILED' || failed.length > 0
        ? explainFailure(trace ?? 'unknown, no trace given')
        : null,
  };
}

function healthOf(connector: DeployedConnector, failed: number): ConnectorHealth {
  if (connector.state === 'FAILED' || failed > 0) return 'failed';
  if (connector.state === 'PAUSED' || connector.state === 'STOPPED') return 'paused';
  const running = ({ state }: { state: string }) => state === 'RUNNING';
  const whole = running(connector) && connector.tasks.length > 0 && connector.tasks.every(running);
  return whole ? 'running' : 'restarting';
}

/** A connector that Connect could not be asked about. */
export function unknownStatus(name: string): ConnectorStatus {
  return { name, health: 'unknown', tasks: 0, failedTasks: 0, failure: null };
}

/** The states as lines of text: one for each connector, and what to do about a failure. */
export function formatStatus(statuses: readonly ConnectorStatus[]): string {
  const width = Math.max(0, ...statuses.map(({ name }) => name.length));
  return statuses.map((status) => statusLines(status, width).join('\n')).join('\n');
}

function statusLines(
  { name, health, tasks, failedTasks, failure }: ConnectorStatus,
  width: number,
): string[] {
  const counted =
    health === 'missing' || health === 'unknown' ? '' : ` (${tasks - failedTasks}/${tasks} tasks up)`;
  const lines = [`${name.padEnd(width)}  ${health}${counted}`];
  if (failure !== null) lines.push(`    ${failureLine(failure)}`);
  if (failure?.known) lines.push(`    remedy: ${failure.known.remedy}`);
  return lines;
}

/** The failure of a connector that claims to run while its heartbeats have stopped. */
export const FELL_SILENT: ExplainedFailure = {
  exception: 'silence',
  message: '',
  known: {
    id: 'silence',
    title: 'it claims to run, but its heartbeats have stopped',
    remedy:
      'it is restarted; when that does not help, see the log of Connect, and whether the heartbeat table can be written',
    passing: true,
  },
};

/** The state of a connector that cannot go on from where it was. */
export function lostPosition(status: ConnectorStatus, { id, title, remedy }: LogGap): ConnectorStatus {
  const known = { id, title, remedy, passing: false };
  return { ...status, health: 'failed', failure: { exception: 'position', message: '', known } };
}
