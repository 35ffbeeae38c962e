import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';

const FOLDER = 'counterfoil/connect';
const TRANSFORMATIONS = ['KeepNulls', 'OrderKeyless', 'SkipFirstNotes'] as const;
const SOURCES = ['PlainTransformation', ...TRANSFORMATIONS] as const;
const PACKAGE = 'counterfoil.connect';
const SERVICE = 'META-INF/services/org.apache.kafka.connect.transforms.Transformation';
/** Connect 4 runs on Java 17 and newer. */
const JAVA_RELEASE = '17';

export interface PluginBuild {
  /** A JDK's folder: `bin/javac` and `bin/jar` are used. */
  readonly jdkHome: string;
  /** A folder with the jars of Kafka Connect (`connect-api`, `connect-transforms`, `kafka-clients`). */
  readonly kafkaLibs: string;
  /** Ends the build. */
  readonly signal?: AbortSignal;
  /** The jar to write. Put it into a folder of its own below the worker's `plugin.path`. */
  readonly jar: string;
}

/**
 * Compiles the product's Connect plugin (three transformations, no dependencies of their own). Takes about two seconds. The jar
 * appears whole or not at all. Throws STACK_FAILED with what the compiler said.
 */
export async function buildPlugin({ jdkHome, kafkaLibs, jar, signal }: PluginBuild): Promise<void> {
  const tool = (name: string) => join(jdkHome, 'bin', name);
  await mkdir(dirname(jar), { recursive: true });
  const work = await mkdtemp(`${jar}-`);
  const classes = join(work, 'classes');
  try {
    await mkdir(join(classes, dirname(SERVICE)), { recursive: true });
    const compile = ['--release', JAVA_RELEASE, '-encoding', 'UTF-8', '-cp', join(kafkaLibs, '*')];
    await run(tool('javac'), [...compile, '-d', classes, ...(await sourceFiles())], signal);
    await writeFile(join(classes, SERVICE), TRANSFORMATIONS.map((name) => `${PACKAGE}.${name}\n`).join(''));
    const finished = join(work, 'plugin.jar');
    await run(tool('jar'), ['--create', '--file', finished, '-C', classes, '.'], signal);
    await rename(finished, jar);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Beside this file; seen from the compiled one, in the sources that the package carries. */
export async function sourceFiles(): Promise<readonly string[]> {
  const beside = fileURLToPath(new URL(FOLDER, import.meta.url));
  const packaged = fileURLToPath(
    new URL(`../../../../connectors/debezium/plugin/${FOLDER}`, import.meta.url),
  );
  const folder = (await stat(beside).catch(() => null)) === null ? packaged : beside;
  return SOURCES.map((name) => join(folder, `${name}.java`));
}

async function run(command: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const { exitCode, all, failed } = await execa(command, args, {
    reject: false,
    all: true,
    ...(signal === undefined ? {} : { cancelSignal: signal, forceKillAfterDelay: 1_000 }),
  });
  signal?.throwIfAborted();
  if (!failed) return;
  throw new CounterfoilError(
    'STACK_FAILED',
    `the Connect plugin could not be built: ${command} ended with ${exitCode ?? 'an error'}: ${all.slice(0, 1_000)}`,
    {
      remedy: 'see that the JDK is complete (javac, jar) and that the folder holds the jars of Kafka Connect',
    },
  );
}
