import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import type { Environment } from './stack-types.ts';

export interface MavenRun {
  readonly maven: string;
  readonly javaHome: string;
  readonly pom: string;
  readonly profile: string;
  /** The folder that the pom's `target` property names. */
  readonly target: string;
  readonly environment: Environment;
  readonly signal: AbortSignal | undefined;
  /** Called for each file that came, with its size. */
  onFile(name: string, bytes: number): void;
}

const DOWNLOADED = /Downloaded from \S+ \S*\/(\S+) \(([\d.]+) ?([kMG]?)B/;
const UNIT: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/**
 * Runs one profile of the pom. Files that Maven has in its local repository are not fetched again, so a run after
 * Ctrl-C goes on where the last one ended. Throws STACK_FAILED with Maven's own reason.
 */
export async function runMaven(run: MavenRun): Promise<void> {
  run.signal?.throwIfAborted();
  const child = spawn(
    run.maven,
    ['-B', '-f', run.pom, `-P${run.profile}`, `-Dtarget=${run.target}`, 'process-resources'],
    {
      env: { ...run.environment, JAVA_HOME: run.javaHome },
      // A group of its own: Ctrl-C at the terminal comes to us alone, and we end Maven with its JVM.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const kill = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  run.signal?.addEventListener('abort', kill, { once: true });
  const errors: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const file = downloadedFile(line);
      if (file !== null) run.onFile(file.name, file.bytes);
      else if (line.includes('[ERROR]')) errors.push(line.replace(/^.*\[ERROR\]\s*/, ''));
    });
  }
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    run.signal?.throwIfAborted();
    if (code !== 0) throw failure(run.profile, errors);
  } finally {
    run.signal?.removeEventListener('abort', kill);
  }
}

/** Reads a line such as `[INFO] Downloaded from central: https://…/kafka-clients-4.1.2.jar (9.9 MB at 12 MB/s)`. */
export function downloadedFile(line: string): { name: string; bytes: number } | null {
  const match = DOWNLOADED.exec(line);
  if (match === null) return null;
  const [, name = '', size = '0', unit = ''] = match;
  return { name, bytes: Math.round(Number(size) * (UNIT[unit] ?? 1)) };
}

function failure(profile: string, errors: readonly string[]): CounterfoilError {
  const reason = errors.find((line) => line.trim() !== '') ?? 'it gave no reason';
  const remedy =
    /unknown host|connect timed out|connection refused|network is unreachable|name or service|name resolution|cannot access .* in offline mode|transfer failed|could not transfer/i.test(
      errors.join(' '),
    )
      ? 'a first start needs the network (and, behind a proxy, Maven settings that name it); what was fetched already is kept'
      : /no space left|disk quota/i.test(errors.join(' '))
        ? 'make room on the disk of the cache and of the Maven repository'
        : 'run the same profile of stack/pom.xml by hand to see all of it';
  return new CounterfoilError(
    'STACK_FAILED',
    `Maven could not fetch the ${profile} files of the local stack: ${reason.slice(0, 600)}`,
    { remedy },
  );
}
