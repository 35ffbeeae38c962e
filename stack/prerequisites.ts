import { access, constants, readFile, readdir, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import type { Environment } from './stack-types.ts';

const JDK_AT_LEAST = 21;
const NODE_AT_LEAST = [20, 19] as const;

export interface Jdk {
  readonly home: string;
  /** As in the JDK's `release` file, for example `25.0.1`. */
  readonly version: string;
}

export interface Prerequisite {
  readonly name: 'platform' | 'node' | 'jdk' | 'maven';
  /** What was found, or null. */
  readonly found: string | null;
  readonly satisfied: boolean;
  readonly needed: string;
}

/** Looks at what the local stack needs of the machine. Never throws for something that is missing. */
export async function checkPrerequisites(environment: Environment): Promise<readonly Prerequisite[]> {
  const jdks = await installedJdks(environment);
  const jdk = bestJdk(jdks);
  const maven = await findOnPath('mvn', environment);
  const platform = `${process.platform}-${process.arch}`;
  return [
    {
      name: 'platform',
      found: platform,
      satisfied: platform === 'linux-x64',
      needed: 'Linux on x86-64 (elsewhere: compose.yaml, or a stack that exists already)',
    },
    {
      name: 'node',
      found: process.versions.node,
      satisfied: nodeSuffices(process.versions.node),
      needed: `Node ${NODE_AT_LEAST.join('.')} or newer`,
    },
    {
      name: 'jdk',
      found: describeJdk(jdk ?? jdks[0]),
      satisfied: jdk !== undefined,
      needed: `a JDK ${JDK_AT_LEAST.toString()} or newer, in JAVA_HOME, on the PATH or in a usual folder such as /usr/lib/jvm`,
    },
    {
      name: 'maven',
      found: maven,
      satisfied: maven !== null,
      needed: 'Maven 3.6 or newer (mvn) on the PATH',
    },
  ];
}

/** Throws PREREQUISITE_MISSING that names everything missing. Maven is only needed for what is not in the cache. */
export async function requirePrerequisites(
  environment: Environment,
  needed: readonly Prerequisite['name'][],
): Promise<void> {
  const missing = (await checkPrerequisites(environment)).filter(
    (each) => needed.includes(each.name) && !each.satisfied,
  );
  if (missing.length === 0) return;
  const lines = missing.map((each) => `${each.name}: found ${each.found ?? 'none'}, needs ${each.needed}`);
  throw new CounterfoilError(
    'PREREQUISITE_MISSING',
    `the local stack cannot start here: ${lines.join('; ')}`,
    {
      remedy: `install what is missing (${missing.map((each) => each.name).join(', ')}) and try again`,
    },
  );
}

/** The JDK to run everything with: JAVA_HOME's, else the PATH's, else the newest one found, of those new enough. */
export async function findJdk(environment: Environment): Promise<Jdk> {
  const jdk = bestJdk(await installedJdks(environment));
  if (jdk !== undefined) return jdk;
  await requirePrerequisites(environment, ['jdk']);
  throw new CounterfoilError('PREREQUISITE_MISSING', 'no JDK was found');
}

/** The full path of a command, or null. */
export async function findOnPath(command: string, environment: Environment): Promise<string | null> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, command);
    if (await isExecutable(path)) return path;
  }
  return null;
}

export function majorVersion(version: string): number {
  const [first = '', second = ''] = version.split(/[._+-]/);
  return Number(first === '1' ? second : first);
}

function bestJdk(jdks: readonly Jdk[]): Jdk | undefined {
  return jdks.find((jdk) => majorVersion(jdk.version) >= JDK_AT_LEAST);
}

function describeJdk(jdk: Jdk | undefined): string | null {
  return jdk === undefined ? null : `${jdk.version} in ${jdk.home}`;
}

function nodeSuffices(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NODE_AT_LEAST[0] || (major === NODE_AT_LEAST[0] && minor >= NODE_AT_LEAST[1]);
}

/** In order of preference: JAVA_HOME, the PATH, then the usual folders from the newest to the oldest. */
async function installedJdks(environment: Environment): Promise<readonly Jdk[]> {
  const javaHome = environment['JAVA_HOME'];
  const onPath = await findOnPath('java', environment);
  const chosen = [
    ...(javaHome === undefined || javaHome === '' ? [] : [javaHome]),
    ...(onPath === null ? [] : [dirname(dirname(await realpath(onPath)))]),
  ];
  const preferred = await Promise.all(chosen.map(jdkIn));
  const others = await Promise.all((await usualFolders(environment)).map(jdkIn));
  others.sort((a, b) => majorVersion(b?.version ?? '0') - majorVersion(a?.version ?? '0'));
  return [...preferred, ...others].filter((jdk) => jdk !== null);
}

async function usualFolders(environment: Environment): Promise<readonly string[]> {
  const home = environment['HOME'];
  const parents = ['/usr/lib/jvm', '/usr/java', '/opt', '/opt/java'];
  if (home !== undefined) parents.push(join(home, '.sdkman/candidates/java'), join(home, '.jdks'));
  const found = await Promise.all(
    parents.map(async (parent) => (await readdir(parent).catch(() => [])).map((name) => join(parent, name))),
  );
  return found.flat();
}

/** A JDK has a compiler and a `release` file that tells its version without starting it. */
async function jdkIn(home: string): Promise<Jdk | null> {
  try {
    if (!(await isExecutable(join(home, 'bin/javac')))) return null;
    const version = /^JAVA_VERSION="([^"]+)"/m.exec(await readFile(join(home, 'release'), 'utf8'))?.[1];
    return version === undefined ? null : { home, version };
  } catch {
    return null;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
