import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { ConnectorDefinition } from './capture-source.ts';
import type { ConnectClient, SettingProblem } from './connect-client.ts';
import type { ConnectorPlan } from './connector-plan.ts';

export interface AppliedConnectors {
  readonly put: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** In Connect, ours, in no configuration any more, and left there because removal was not asked for. */
  readonly left: readonly string[];
}

export interface ApplyOptions {
  /** Also delete connectors of ours that are in no configuration any more. Off by default: capture would end. */
  readonly remove?: boolean;
}

/**
 * Brings Connect to what the plan says; a connector that does not differ is not touched, for a PUT restarts its tasks.
 * All are validated before the first is changed. Throws CONNECT_UNAVAILABLE, or CONNECTOR_REJECTED with what Connect
 * has against each setting. Idempotent: make a new plan and apply it again after a failure.
 */
export async function applyConnectors(
  client: Pick<ConnectClient, 'validate' | 'put' | 'remove'>,
  plan: ConnectorPlan,
  desired: readonly ConnectorDefinition[],
  options: ApplyOptions = {},
): Promise<AppliedConnectors> {
  const named = (kind: ConnectorPlan['changes'][number]['kind']) =>
    plan.changes.filter((change) => change.kind === kind).map(({ name }) => name);
  const names = new Set([...named('added'), ...named('changed')]);
  const different = desired.filter(({ name }) => names.has(name));

  await rejectInvalid(client, different);
  for (const definition of different) await client.put(definition);
  const gone = named('removed');
  if (options.remove) for (const name of gone) await client.remove(name);
  return {
    put: different.map(({ name }) => name),
    unchanged: named('unchanged'),
    removed: options.remove ? gone : [],
    left: options.remove ? [] : gone,
  };
}

async function rejectInvalid(
  client: Pick<ConnectClient, 'validate'>,
  definitions: readonly ConnectorDefinition[],
): Promise<void> {
  const rejected: string[] = [];
  for (const definition of definitions) {
    const problems = await client.validate(definition);
    rejected.push(...problems.map((problem) => `${definition.name}: ${problemText(problem)}`));
  }
  if (rejected.length === 0) return;
  throw new CounterfoilError('CONNECTOR_REJECTED', `Kafka Connect rejects settings. ${rejected.join(' ')}`, {
    remedy: 'mend these settings (or the database or worker they speak of) and apply again',
  });
}

function problemText({ setting, messages }: SettingProblem): string {
  return `${setting}: ${messages.map((message) => message.replace(/\s+/g, ' ').trim()).join('; ')}`;
}
