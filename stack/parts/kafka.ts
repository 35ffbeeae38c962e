import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { kafkaProbe } from '../readiness.ts';
import {
  JVM_STOP_MILLISECONDS,
  javaCommand,
  jvmArguments,
  log4jConfiguration,
  sharedClassesFile,
} from './jvm.ts';
import { childEnvironment, jvmMarker, properties, pathExists, type Part, type PartContext } from './part.ts';

/** One node that is broker and controller at once. */
export function kafkaPart(context: PartContext): Part {
  const { directory, jdk, artifacts } = context;
  const data = join(directory, 'data/kafka');
  const config = join(directory, 'config/kafka.properties');
  const logging = join(directory, 'config/kafka-log4j2.properties');
  const java = (heapMegabytes: number, sharedClasses: string | null): string[] => [
    ...jvmArguments({
      heapMegabytes,
      marker: jvmMarker(directory),
      sharedClasses,
      properties: { 'log4j2.configurationFile': logging },
    }),
    '-cp',
    join(artifacts.kafkaLibs, '*'),
  ];
  const request = {
    command: javaCommand(jdk),
    env: childEnvironment(),
    cwd: directory,
    marker: jvmMarker(directory),
  };

  return {
    name: 'kafka',
    async prepare() {
      await mkdir(data, { recursive: true });
      await writeFile(config, brokerSettings(context, data));
      await writeFile(
        logging,
        log4jConfiguration('INFO', {
          'org.apache.kafka': 'WARN',
          'kafka.server.KafkaConfig': 'WARN',
          'org.apache.kafka.common.config': 'ERROR',
          kafka: 'WARN',
          'state.change.logger': 'WARN',
        }),
      );
      if (await pathExists(join(data, 'meta.properties'))) return;
      const clusterId = randomBytes(16).toString('base64url');
      const args = [
        // Without shared classes: it would write those of a short run for the broker to use ever after.
        ...java(128, null),
        '-XX:TieredStopAtLevel=1',
        'kafka.tools.StorageTool',
        'format',
        '--ignore-formatted',
        // One argument: one id in 64 begins with a hyphen, and would be taken for an option.
        `--cluster-id=${clusterId}`,
        '--config',
        config,
      ];
      await context.run({ ...request, args }, 'kafka');
    },
    process: { ...request, args: [...java(512, sharedClassesFile(context, 'kafka')), 'kafka.Kafka', config] },
    probe: kafkaProbe(context.addresses.kafka.bootstrap),
    stopSignal: 'SIGTERM',
    stopMilliseconds: JVM_STOP_MILLISECONDS,
  };
}

function brokerSettings(context: PartContext, data: string): string {
  const { ports } = context;
  return properties({
    'process.roles': 'broker,controller',
    'node.id': 1,
    // Static voters: the controller's port may be another one at the next start.
    'controller.quorum.voters': `1@127.0.0.1:${ports.kafkaController.toString()}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.kafka.toString()},CONTROLLER://127.0.0.1:${ports.kafkaController.toString()}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.kafka.toString()}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 8,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // The default takes 128 MB of heap from the start.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // A broker that was killed is let in again only when its old session has ended.
    'broker.heartbeat.interval.ms': 1_000,
    'broker.session.timeout.ms': 5_000,
  });
}
