import { planTopics } from '../../connectors/debezium/topic-provisioning.ts';
import type { CaptureSource } from '../../connectors/debezium/capture-source.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { Config } from '../config/schema.ts';
import { captureSources } from '../runtime/capture.ts';
import { kafkaOf } from '../runtime/kafka.ts';
import type { Finding, Findings } from './finding.ts';
import { someOf } from './names.ts';
import type { Subject } from './subject.ts';
import type { Admin } from 'kafkajs';

/** The brokers, and the topics of all sources: whether they are there, and keep records as long as they must. */
export function kafkaSubject(config: Config, tables: ReadonlyMap<string, readonly TableId[]>): Subject {
  return {
    where: 'kafka',
    async look(find) {
      const admin = kafkaOf(config, 'doctor').admin();
      try {
        await admin.connect();
        const { brokers } = await admin.describeCluster();
        const findings = [brokerFinding(config, brokers.length, find)];
        for (const source of captureSources(config)) {
          const captured = tables.get(source.name);
          if (captured !== undefined) findings.push(...(await topicFindings(admin, source, captured, find)));
        }
        return findings;
      } finally {
        await admin.disconnect();
      }
    },
  };
}

function brokerFinding({ kafka }: Config, brokers: number, find: Findings): Finding {
  const { replicationFactor } = kafka;
  if (brokers < replicationFactor)
    return find.error(
      `there are ${brokers.toString()} brokers for ${replicationFactor.toString()} copies of each topic`,
      'Lower kafka.replicationFactor, or add brokers.',
    );
  if (brokers > 1 && replicationFactor === 1)
    return find.warning(
      'topics have one copy: a lost broker is lost changes',
      'Set kafka.replicationFactor to 3 before the topics are created.',
    );
  return find.ok(`${brokers.toString()} brokers, ${replicationFactor.toString()} copies of each topic`);
}

async function topicFindings(
  admin: Admin,
  source: CaptureSource,
  tables: readonly TableId[],
  find: Findings,
): Promise<readonly Finding[]> {
  const { topics } = await planTopics(admin, source, tables);
  const missing = topics.filter(({ state }) => state === 'missing').map(({ topic }) => topic);
  const differences = topics.flatMap((planned) =>
    planned.state === 'missing' ? [] : planned.differences.map((each) => ({ topic: planned.topic, ...each })),
  );
  const created =
    missing.length === 0
      ? find.ok(`all ${topics.length.toString()} topics of ${source.name} are there`)
      : find.warning(
          `topics of ${source.name} are not there yet: ${someOf(missing)}`,
          'counterfoil connectors apply',
        );
  return [
    created,
    ...differences.map(({ topic, setting, found, wanted, why }) =>
      find.warning(
        `topic ${topic}: ${setting} is ${found}, should be ${wanted}: ${why}`,
        setting === 'partitions'
          ? `kafka-topics.sh --bootstrap-server … --alter --topic ${topic} --partitions ${wanted}`
          : `kafka-configs.sh --bootstrap-server … --alter --topic ${topic} --add-config ${setting}=${wanted}`,
      ),
    ),
  ];
}
