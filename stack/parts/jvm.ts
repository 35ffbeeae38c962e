import { join } from 'node:path';
import type { Jdk } from '../prerequisites.ts';
import type { PartName } from '../stack-types.ts';
import type { PartContext } from './part.ts';

export interface JvmOptions {
  readonly heapMegabytes: number;
  /** The argument by which the process is known. */
  readonly marker: string;
  /** See {@link sharedClassesFile}; null to do without. */
  readonly sharedClasses: string | null;
  readonly properties?: Readonly<Record<string, string>>;
}

/** Long enough for the first end of all, when the shared classes are written, on a machine that is busy besides. */
export const JVM_STOP_MILLISECONDS = 60_000;

export function javaCommand(jdk: Jdk): string {
  return join(jdk.home, 'bin/java');
}

/**
 * Where a JVM keeps what it learned about its classes: written when it first ends in good order, read (or, when it fits
 * the JDK or the class path no longer, written anew) from then on. Takes a third off the CPU time of a start.
 */
export function sharedClassesFile(context: PartContext, part: PartName): string {
  return join(context.artifacts.sharedClasses, `${part}-${context.jdk.version}.jsa`);
}

/**
 * Options that trade peak speed for a short start and little memory: the serial collector has no helper threads (the
 * machine has few cores and five processes), and the heap grows from small.
 */
export function jvmArguments(options: JvmOptions): string[] {
  return [
    '-XX:+UseSerialGC',
    `-Xmx${options.heapMegabytes.toString()}m`,
    '-Xms64m',
    '-Xshare:auto',
    '-XX:-UsePerfData',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Duser.timezone=UTC',
    options.marker,
    ...(options.sharedClasses === null
      ? []
      : [
          '-XX:+AutoCreateSharedArchive',
          `-XX:SharedArchiveFile=${options.sharedClasses}`,
          '-Xlog:cds=off',
          '-Xlog:cds+dynamic=off',
        ]),
    ...Object.entries(options.properties ?? {}).map(([key, value]) => `-D${key}=${value}`),
  ];
}

/** Log lines go to standard output, which is the part's log file. */
export function log4jConfiguration(
  level: 'INFO' | 'WARN',
  quieter: Readonly<Record<string, string>>,
): string {
  const loggers = Object.entries(quieter).map(
    ([logger, at], index) =>
      `logger.l${index.toString()}.name=${logger}\nlogger.l${index.toString()}.level=${at}\n`,
  );
  return [
    'status=ERROR\n',
    'appender.out.type=Console\n',
    'appender.out.name=out\n',
    'appender.out.layout.type=PatternLayout\n',
    'appender.out.layout.pattern=%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %c{1} - %m%n\n',
    `rootLogger.level=${level}\n`,
    'rootLogger.appenderRef.out.ref=out\n',
    ...loggers,
  ].join('');
}
