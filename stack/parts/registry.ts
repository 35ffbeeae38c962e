import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { httpProbe } from '../readiness.ts';
import { JVM_STOP_MILLISECONDS, javaCommand, jvmArguments, sharedClassesFile } from './jvm.ts';
import { childEnvironment, jvmMarker, type Part, type PartContext } from './part.ts';

/** Apicurio, with its schemas and ids in a Kafka topic, so that ids survive a restart. */
export function registryPart(context: PartContext): Part {
  const { directory, jdk, artifacts, ports } = context;
  return {
    name: 'registry',
    async prepare() {
      await mkdir(join(directory, 'data/registry'), { recursive: true });
    },
    process: {
      command: javaCommand(jdk),
      args: [
        ...jvmArguments({
          heapMegabytes: 384,
          marker: jvmMarker(directory),
          sharedClasses: sharedClassesFile(context, 'registry'),
          properties: {
            'quarkus.http.host': '127.0.0.1',
            'quarkus.http.port': ports.registry.toString(),
            // Health and metrics: by default on every interface, on a port that is not ours to take.
            'quarkus.management.host': '127.0.0.1',
            'quarkus.management.port': ports.registryManagement.toString(),
            'quarkus.log.category."io.quarkus.http.access-log".level': 'WARN',
          },
        }),
        '-XX:TieredStopAtLevel=1',
        '-jar',
        join(artifacts.registry, 'quarkus-run.jar'),
      ],
      env: childEnvironment({
        APICURIO_STORAGE_KIND: 'kafkasql',
        APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: context.addresses.kafka.bootstrap,
        // Two polls of an empty snapshot topic are waited out at each start: 10 s by the default of 5,000 ms. A snapshot
        // that is missed does no harm, for the journal is kept whole.
        APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT: '500',
      }),
      cwd: join(directory, 'data/registry'),
      marker: jvmMarker(directory),
    },
    probe: httpProbe(`${context.addresses.registry.url}/subjects`),
    stopSignal: 'SIGTERM',
    stopMilliseconds: JVM_STOP_MILLISECONDS,
  };
}
