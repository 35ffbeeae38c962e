import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpProbe } from '../readiness.ts';
import {
  JVM_STOP_MILLISECONDS,
  javaCommand,
  jvmArguments,
  log4jConfiguration,
  sharedClassesFile,
} from './jvm.ts';
import { REGISTRY_IDLE_SECONDS } from './registry.ts';
import { childEnvironment, jvmMarker, properties, type Part, type PartContext } from './part.ts';

/** A Connect worker with the Debezium connectors and, as its default for keys and values, the Avro converter. */
export function connectPart(context: PartContext): Part {
  const { directory, jdk, artifacts } = context;
  const config = join(directory, 'config/connect.properties');
  const logging = join(directory, 'config/connect-log4j2.properties');
  return {
    name: 'connect',
    async prepare() {
      await mkdir(join(directory, 'config'), { recursive: true });
      await mkdir(pluginFolder(context), { recursive: true });
      await context.addPlugins({
        jdkHome: jdk.home,
        kafkaLibs: artifacts.kafkaLibs,
        folder: pluginFolder(context),
      });
      await writeFile(config, workerSettings(context));
      await writeFile(
        logging,
        log4jConfiguration('INFO', {
          'org.apache.kafka': 'WARN',
          'org.apache.kafka.connect': 'INFO',
          'org.apache.kafka.connect.runtime.isolation': 'WARN',
          'org.apache.kafka.common.config': 'ERROR',
          'org.apache.kafka.connect.runtime.rest.RestServer': 'WARN',
          'org.reflections': 'ERROR',
          'org.glassfish': 'ERROR',
          'org.eclipse.jetty': 'WARN',
        }),
      );
    },
    process: {
      command: javaCommand(jdk),
      args: [
        ...jvmArguments({
          heapMegabytes: 1024,
          marker: jvmMarker(directory),
          sharedClasses: sharedClassesFile(context, 'connect'),
          properties: {
            'log4j2.configurationFile': logging,
            // Of the converter: a connection that the registry closes while it is used again fails the task.
            'jdk.httpclient.keepalive.timeout': Math.floor(REGISTRY_IDLE_SECONDS / 2).toString(),
          },
        }),
        '-cp',
        join(artifacts.kafkaLibs, '*'),
        'org.apache.kafka.connect.cli.ConnectDistributed',
        config,
      ],
      env: childEnvironment(),
      cwd: directory,
      marker: jvmMarker(directory),
    },
    probe: httpProbe(`${context.addresses.connect.url}/health`),
    stopSignal: 'SIGTERM',
    stopMilliseconds: JVM_STOP_MILLISECONDS,
  };
}

/** Plugins that did not come with the artifacts. */
function pluginFolder({ directory }: PartContext): string {
  return join(directory, 'plugins');
}

function workerSettings(context: PartContext): string {
  return properties({
    'bootstrap.servers': context.addresses.kafka.bootstrap,
    'group.id': 'counterfoil-connect',
    'config.storage.topic': 'connect.configs',
    'config.storage.replication.factor': 1,
    'offset.storage.topic': 'connect.offsets',
    'offset.storage.replication.factor': 1,
    'offset.storage.partitions': 5,
    'status.storage.topic': 'connect.status',
    'status.storage.replication.factor': 1,
    'status.storage.partitions': 2,
    'offset.flush.interval.ms': 5_000,
    'exactly.once.source.support': 'enabled',
    'scheduled.rebalance.max.delay.ms': 0,
    'task.shutdown.graceful.timeout.ms': 5_000,
    listeners: `http://127.0.0.1:${context.ports.connect.toString()}`,
    'rest.advertised.host.name': '127.0.0.1',
    'plugin.path': `${context.artifacts.plugins},${pluginFolder(context)}`,
    // Every plugin here has a service manifest; scanning the jars would double the start-up time.
    'plugin.discovery': 'service_load',
    'connector.client.config.override.policy': 'All',
    ...converterSettings('key.converter', context.addresses.registry.converterUrl),
    ...converterSettings('value.converter', context.addresses.registry.converterUrl),
  });
}

/** Frames as Confluent's (magic 0, 4-byte id); the ids are those of the registry's Confluent-compatible API. */
function converterSettings(side: string, registryUrl: string): Record<string, string | boolean> {
  return {
    [side]: 'io.apicurio.registry.utils.converter.AvroConverter',
    [`${side}.apicurio.registry.url`]: registryUrl,
    [`${side}.apicurio.registry.auto-register`]: true,
    [`${side}.apicurio.registry.find-latest`]: true,
    [`${side}.apicurio.registry.as-confluent`]: true,
    [`${side}.apicurio.registry.use-id`]: 'contentId',
    [`${side}.apicurio.registry.headers.enabled`]: false,
  };
}
