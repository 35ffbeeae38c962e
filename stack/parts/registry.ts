import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { httpProbe } from '../readiness.ts';
import { JVM_STOP_MILLISECONDS, javaCommand, jvmArguments, sharedClassesFile } from './jvm.ts';
import { childEnvironment, jvmMarker, type Part, type PartContext } from './part.ts';

/** After so long without a byte the registry closes a connection. Clients must give theirs up before. */
export const REGISTRY_IDLE_SECONDS = 10;

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
            // Now and then it never answers a request. The converter waits for ever, and its task with it; once the
            // connection is closed, by default after half an hour, the task fails and is started anew.
            'quarkus.http.idle-timeout': `${REGISTRY_IDLE_SECONDS.toString()}s`,
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
