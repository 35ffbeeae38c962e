import { planTopics, provisionTopics } from '../../connectors/debezium/topic-provisioning.ts';
import type { ProvisionedTopics } from '../../connectors/debezium/topic-provisioning.ts';
import type { Config } from '../config/schema.ts';
import { captureSources } from './capture.ts';
import { kafkaOf } from './kafka.ts';
import { listSourceTables } from './source-tables.ts';

/** Creates the topics of all sources that are missing; those that exist are left alone, and what is off is said. */
export async function provisionSourceTopics(config: Config): Promise<ProvisionedTopics> {
  const admin = kafkaOf(config, 'provision').admin();
  await admin.connect();
  try {
    const results: ProvisionedTopics[] = [];
    for (const source of captureSources(config)) {
      const settings = config.sources[source.name];
      if (settings === undefined) continue;
      const plan = await planTopics(admin, source, await listSourceTables(source.name, settings));
      results.push(await provisionTopics(admin, plan));
    }
    return {
      created: results.flatMap(({ created }) => created),
      differences: results.flatMap(({ differences }) => differences),
    };
  } finally {
    await admin.disconnect();
  }
}
