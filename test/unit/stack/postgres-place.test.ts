import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifacts } from '../../../stack/artifacts.ts';
import { placePostgres } from '../../../stack/postgres-place.ts';

let root: string;
let directory: string;
let artifacts: Artifacts;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'place-'));
  await chmod(root, 0o755);
  directory = join(root, 'project/stack');
  await mkdir(directory, { recursive: true });
  const home = join(root, 'cache/stack-1');
  artifacts = {
    home,
    kafkaLibs: '',
    plugins: '',
    registry: '',
    mariadb: '',
    sharedClasses: '',
    postgres: join(home, 'postgres'),
  };
  await mkdir(join(artifacts.postgres, 'bin'), { recursive: true });
  await writeFile(join(artifacts.postgres, 'bin/postgres'), 'the program', { mode: 0o755 });
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

const place = (asRoot: boolean) => placePostgres(artifacts, directory, asRoot, join(root, 'shared'));

test('an ordinary user keeps everything in its own folders', async () => {
  await chmod(join(root, 'cache'), 0o700);
  expect(await place(false)).toEqual({
    home: artifacts.postgres,
    data: join(directory, 'data/postgres'),
    user: undefined,
  });
});

test('root runs it as another user, in place where that user can go', async () => {
  const { home, data, user } = await place(true);
  expect(home).toBe(artifacts.postgres);
  expect(data).toBe(join(directory, 'data/postgres'));
  expect(user?.uid).toBeGreaterThan(0);
});

test('root puts programs and data elsewhere where that user cannot go, once', async () => {
  await chmod(join(root, 'cache'), 0o700);
  await chmod(join(root, 'project'), 0o700);
  const { home, data } = await place(true);
  expect(home).toBe(join(root, 'shared/postgres-stack-1'));
  expect(await readFile(join(home, 'bin/postgres'), 'utf8')).toBe('the program');
  expect((await stat(join(home, 'bin/postgres'))).mode & 0o005).toBe(0o005);
  expect(data.startsWith(join(root, 'shared/stack-'))).toBe(true);
  const { mtimeMs } = await stat(home);
  expect((await place(true)).home).toBe(home);
  expect((await stat(home)).mtimeMs).toBe(mtimeMs);
});

test('the project’s own folder is never opened to others', async () => {
  await chmod(join(root, 'project'), 0o700);
  await place(true);
  expect((await stat(join(root, 'project'))).mode & 0o777).toBe(0o700);
});
