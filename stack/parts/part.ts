import { access } from 'node:fs/promises';
import type { Artifacts } from '../artifacts.ts';
import type { Jdk } from '../prerequisites.ts';
import type { SpawnRequest } from '../process.ts';
import type { Probe } from '../readiness.ts';
import type { PartName, Ports, StackAddresses } from '../stack-types.ts';

/** What it takes to build a Connect plugin, and where it goes. */
export interface PluginPlace {
  readonly jdkHome: string;
  /** The jars of Kafka Connect. */
  readonly kafkaLibs: string;
  readonly folder: string;
  /** Ends the build. */
  readonly signal: AbortSignal;
}

/** What every part is made of. */
export interface PartContext {
  readonly stackName: string;
  /** Absolute path of the stack's folder. */
  readonly directory: string;
  /** Absolute path of PostgreSQL's data, which must lie where its user can go. */
  readonly postgresData: string;
  readonly artifacts: Artifacts;
  /** Where PostgreSQL's programs are; a copy of the cache's when its user cannot go there. */
  readonly postgresHome: string;
  readonly postgresUser: { readonly uid: number; readonly gid: number } | undefined;
  readonly jdk: Jdk;
  readonly ports: Ports;
  readonly addresses: StackAddresses;
  /** False: commits do not wait for the disk. */
  readonly durable: boolean;
  readonly asRoot: boolean;
  readonly addPlugins: (place: Omit<PluginPlace, 'signal'>) => Promise<void>;
  /** Runs a helper program to its end; throws STACK_FAILED with its last lines when it fails. */
  run(request: SpawnRequest, part: PartName): Promise<void>;
}

export interface Part {
  readonly name: PartName;
  /** Creates data folders and writes the configuration. Idempotent. */
  prepare(): Promise<void>;
  readonly process: SpawnRequest;
  readonly probe: Probe;
  /** The signal that ends it in good order, and how long it may take. */
  readonly stopSignal: NodeJS.Signals;
  readonly stopMilliseconds: number;
}

/** The environment of a child: nothing of the caller's that could change what it does. */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LANG: 'C.UTF-8', ...extra };
}

export async function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Lines of a Java properties file. Values hold no line breaks or leading blanks here; a backslash is doubled. */
export function properties(entries: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${value.toString().replaceAll('\\', '\\\\')}\n`)
    .join('');
}

/** The argument by which every JVM of a stack is known: a system property that nobody reads. */
export function jvmMarker(directory: string): string {
  return `-Dcounterfoil.stack=${directory}`;
}
