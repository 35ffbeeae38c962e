import { setTimeout as sleep } from 'node:timers/promises';
import { applyConnectors } from '../../connectors/debezium/connector-apply.ts';
import type { AppliedConnectors } from '../../connectors/debezium/connector-apply.ts';
import { diffConnectors } from '../../connectors/debezium/connector-plan.ts';
import { connectorStatus } from '../../connectors/debezium/connector-status.ts';
import { renderConnector } from '../../connectors/debezium/render.ts';
import type { ProvisionedTopics } from '../../connectors/debezium/topic-provisioning.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Config } from '../config/schema.ts';
import { captureSources } from './capture.ts';
import { connectOf } from './connect.ts';
import { provisionSourceTopics } from './provision.ts';

const POLL_MS = 200;

/** Creates missing topics and brings Connect to what the configuration says. Idempotent. */
export async function applyCapture(
  config: Config,
): Promise<ProvisionedTopics & { readonly applied: AppliedConnectors }> {
  const client = connectOf(config);
  const desired = captureSources(config).map(renderConnector);
  const topics = await provisionSourceTopics(config);
  const applied = await applyConnectors(client, diffConnectors(await client.connectors(), desired), desired);
  return { ...topics, applied };
}

/** Resolves when every connector of the configuration runs. Throws STACK_FAILED, with its cause, when one has failed. */
export async function untilCapturing(config: Config, signal: AbortSignal): Promise<void> {
  const client = connectOf(config);
  for (;;) {
    const states = await connectorStatus(client, Object.keys(config.sources));
    const failed = states.find(({ health }) => health === 'failed');
    if (failed) {
      const why = failed.failure ? `: ${JSON.stringify(failed.failure)}` : '';
      throw new CounterfoilError('STACK_FAILED', `connector ${failed.name} failed${why}`);
    }
    if (states.every(({ health }) => health === 'running')) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}
