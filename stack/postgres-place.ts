import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import type { Artifacts } from './artifacts.ts';
import { withLock } from './lock.ts';

/** Where root puts what PostgreSQL's user must reach when the cache or the project is closed to him. */
export const DEFAULT_SHARED_FOLDER = '/var/lib/counterfoil';

export interface PostgresPlace {
  /** Folder of the programs. */
  readonly home: string;
  readonly data: string;
  /** The user to run as, when we are root; PostgreSQL refuses root. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * Finds folders that PostgreSQL's user can reach. Not root: the cache and the stack's own folder. Root: the user
 * `nobody`, for whom a cache under /root is closed; the programs are then copied below `sharedFolder`, and the data
 * goes there too when the project is closed to him.
 */
export async function placePostgres(
  artifacts: Artifacts,
  directory: string,
  asRoot: boolean,
  sharedFolder: string,
): Promise<PostgresPlace> {
  const [own, shared] = postgresDataFolders(directory, sharedFolder);
  if (!asRoot) {
    await mkdir(dirname(own), { recursive: true });
    return { home: artifacts.postgres, data: own, user: undefined };
  }
  const user = await unprivilegedUser();
  const data = (await isReachableByOthers(dirname(directory))) ? own : shared;
  await mkdir(dirname(data), { recursive: true });
  for (const folder of [directory, dirname(data), dirname(dirname(data))]) await chmod(folder, 0o755);
  const home = (await isReachableByOthers(artifacts.postgres))
    ? artifacts.postgres
    : await copied(artifacts, sharedFolder);
  return { home, data, user };
}

/** Where the data may lie: in the stack's folder, or, for root in a closed project, in the shared one. */
export function postgresDataFolders(
  directory: string,
  sharedFolder: string,
): readonly [own: string, shared: string] {
  const key = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  return [join(directory, 'data', 'postgres'), join(sharedFolder, `stack-${key}`, 'postgres')];
}

async function copied(artifacts: Artifacts, sharedFolder: string): Promise<string> {
  const home = join(sharedFolder, `postgres-${basename(artifacts.home)}`);
  await withLock(
    `postgres copy ${home}`,
    () => undefined,
    undefined,
    async () => {
      const there = await stat(home).catch(() => null);
      if (there !== null) return;
      const staging = `${home}.new`;
      await rm(staging, { recursive: true, force: true });
      await mkdir(sharedFolder, { recursive: true, mode: 0o755 });
      await cp(artifacts.postgres, staging, { recursive: true, verbatimSymlinks: true });
      await rename(staging, home);
    },
  );
  return home;
}

/** Whether every folder on the way lets other users pass. */
export async function isReachableByOthers(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => null);
    if (found !== null && (found.mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = lines.find(([name]) => name === 'nobody') ?? lines.find(([, , uid]) => Number(uid) >= 1000);
  if (entry?.[2] === undefined || entry[3] === undefined) {
    throw new CounterfoilError(
      'PREREQUISITE_MISSING',
      'PostgreSQL refuses to run as root, and no other user was found',
      {
        remedy: 'run as an ordinary user, or add the user nobody',
      },
    );
  }
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}
