import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import { arrange } from './artifact-layout.ts';
import { isWhole, stampWhole } from './artifact-stamp.ts';
import { withLock } from './lock.ts';
import { runMaven } from './maven.ts';
import { findJdk, findOnPath, requirePrerequisites } from './prerequisites.ts';
import type { Environment, StackReporter } from './stack-types.ts';

/** Folders of the programs that the stack runs. */
export interface Artifacts {
  /** The folder of the cache that holds them all. */
  readonly home: string;
  readonly kafkaLibs: string;
  readonly plugins: string;
  readonly registry: string;
  readonly postgres: string;
  readonly mariadb: string;
  /** Written by the JVMs themselves; not part of what is verified. */
  readonly sharedClasses: string;
}

export interface ArtifactOptions {
  readonly environment: Environment;
  /** Default: {@link defaultCacheFolder}. */
  readonly cacheFolder?: string | undefined;
  readonly report: StackReporter;
  readonly signal?: AbortSignal | undefined;
}

/** Raise when what is done after the fetch changes: the cache of an older layout is then not used. */
const LAYOUT = 1;
const PROFILES = ['kafka', 'converter', 'archives'] as const;
const MEGABYTE = 1e6;
/** Unpacked files plus Maven's own copies. */
const ROOM_NEEDED = 1_600 * MEGABYTE;
/** `$XDG_CACHE_HOME/counterfoil` or `~/.cache/counterfoil`. */
export function defaultCacheFolder(environment: Environment): string {
  const base = environment['XDG_CACHE_HOME'];
  if (base !== undefined && base.startsWith('/')) return join(base, 'counterfoil');
  const home = environment['HOME'];
  if (home === undefined || home === '') {
    throw new CounterfoilError('CONFIGURATION_INVALID', 'neither XDG_CACHE_HOME nor HOME is set', {
      remedy: 'name a cache folder',
    });
  }
  return join(home, '.cache', 'counterfoil');
}

/**
 * Gives the programs of the stack, fetching them by Maven when the cache does not have them whole. Safe under several
 * processes at once (one fetches, the others wait), under Ctrl-C and under kill -9: the folder appears by one rename.
 * Throws PREREQUISITE_MISSING, or STACK_FAILED when Maven, the network or the disk fails.
 */
export async function provideArtifacts(options: ArtifactOptions): Promise<Artifacts> {
  const pom = await ownPom();
  const cache = options.cacheFolder ?? defaultCacheFolder(options.environment);
  const key = await cacheKey(pom);
  const home = join(cache, `stack-${key}`);
  if (await isWhole(home, key)) return foldersIn(home);
  return withLock(
    `artifacts ${home}`,
    () => {
      options.report({ type: 'waiting', reason: 'another process is fetching the programs of the stack' });
    },
    options.signal,
    async () => {
      if (!(await isWhole(home, key))) await fetchInto(cache, home, key, pom, options);
      return foldersIn(home);
    },
  );
}

/** Whether the cache has everything, so that nothing would be fetched. */
export async function artifactsCached(environment: Environment, cacheFolder?: string): Promise<boolean> {
  const key = await cacheKey(await ownPom());
  return isWhole(join(cacheFolder ?? defaultCacheFolder(environment), `stack-${key}`), key);
}

/** Beside this file; seen from the compiled one, in the sources that the package carries. */
async function ownPom(): Promise<string> {
  const beside = fileURLToPath(new URL('./pom.xml', import.meta.url));
  const packaged = fileURLToPath(new URL('../../stack/pom.xml', import.meta.url));
  return (await stat(beside).catch(() => null)) === null ? packaged : beside;
}

async function cacheKey(pom: string): Promise<string> {
  const text = await readFile(pom);
  return createHash('sha256').update(`layout ${LAYOUT.toString()}\n`).update(text).digest('hex').slice(0, 16);
}

function foldersIn(home: string): Artifacts {
  return {
    home,
    kafkaLibs: join(home, 'kafka/libs'),
    plugins: join(home, 'plugins'),
    registry: join(home, 'registry'),
    postgres: join(home, 'postgres'),
    mariadb: join(home, 'mariadb'),
    sharedClasses: join(home, 'shared-classes'),
  };
}

async function fetchInto(
  cache: string,
  home: string,
  key: string,
  pom: string,
  options: ArtifactOptions,
): Promise<void> {
  await requirePrerequisites(options.environment, ['platform', 'node', 'jdk', 'maven']);
  const jdk = await findJdk(options.environment);
  const maven = (await findOnPath('mvn', options.environment)) ?? 'mvn';
  const started = Date.now();
  let files = 0;
  let bytes = 0;
  const staging = join(cache, `staging-${key}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(cache, { recursive: true });
    await requireRoom(cache);
    // Only the owner of the lock comes here, so a staging folder that is there was left by a run that was killed.
    await removeLeftovers(cache, key);
    await mkdir(staging);
    for (const profile of PROFILES) {
      options.report({ type: 'preparing', what: profile });
      await runMaven({
        maven,
        javaHome: jdk.home,
        pom,
        profile,
        target: staging,
        environment: options.environment,
        signal: options.signal,
        onFile(name, size) {
          files += 1;
          bytes += size;
          options.report({ type: 'fetching', what: name, files, megabytes: bytes / MEGABYTE });
        },
      });
    }
    options.report({ type: 'preparing', what: 'unpacking' });
    await arrange(staging, jdk.home);
    await stampWhole(staging, key);
    await rm(home, { recursive: true, force: true });
    await rename(staging, home);
    // Again: a Maven whose launcher was killed may have gone on for a while.
    await removeLeftovers(cache, key);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw diskFault(error, cache);
  }
  options.report({
    type: 'fetched',
    files,
    megabytes: bytes / MEGABYTE,
    seconds: (Date.now() - started) / 1000,
  });
}

async function removeLeftovers(cache: string, key: string): Promise<void> {
  const leftovers = (await readdir(cache)).filter((name) => name.startsWith(`staging-${key}-`));
  await Promise.all(leftovers.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}

async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= ROOM_NEEDED) return;
  const free = Math.round((bavail * bsize) / MEGABYTE).toString();
  throw new CounterfoilError(
    'STACK_FAILED',
    `${folder} has ${free} MB free; the programs of the stack need ${(ROOM_NEEDED / MEGABYTE).toString()} MB`,
    { remedy: 'make room, or name another cache folder' },
  );
}

function diskFault(error: unknown, folder: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new CounterfoilError('STACK_FAILED', `the disk of ${folder} is full`, {
    cause: error,
    remedy: 'make room, or name another cache folder',
  });
}
