import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkPrerequisites,
  findJdk,
  findOnPath,
  majorVersion,
  requirePrerequisites,
} from '../../../stack/prerequisites.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'prerequisites-'));
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

async function program(path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
}

async function jdk(name: string, version: string): Promise<string> {
  const folder = join(home, name);
  await program(join(folder, 'bin/java'));
  await program(join(folder, 'bin/javac'));
  await writeFile(join(folder, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
  return folder;
}

test.each([
  ['25.0.1', 25],
  ['21', 21],
  ['17.0.15', 17],
  ['1.8.0_392', 8],
  ['22-ea', 22],
])('version %s is of release %d', (version, major) => {
  expect(majorVersion(version)).toBe(major);
});

test('JAVA_HOME comes before the PATH, and a newer JDK elsewhere before neither', async () => {
  const chosen = await jdk('chosen', '21.0.2');
  const onPath = await jdk('on-path', '22.0.1');
  await jdk('.jdks/newest', '99.0.1');
  const PATH = join(onPath, 'bin');
  expect(await findJdk({ HOME: home, PATH, JAVA_HOME: chosen })).toEqual({ home: chosen, version: '21.0.2' });
  expect((await findJdk({ HOME: home, PATH })).home).toBe(onPath);
});

test('a JDK that is too old, or no JDK at all, is passed over for the newest in the usual folders', async () => {
  const old = await jdk('old', '17.0.9');
  const runtime = join(home, 'runtime');
  await program(join(runtime, 'bin/java'));
  await writeFile(join(runtime, 'release'), 'JAVA_VERSION="23.0.1"\n');
  await jdk('.jdks/a', '98.0.1');
  const newest = await jdk('.sdkman/candidates/java/b', '99.0.1');
  const environment = { HOME: home, JAVA_HOME: old, PATH: join(runtime, 'bin') };
  expect((await findJdk(environment)).home).toBe(newest);
});

test('names everything that is missing at once, with what was found instead', async () => {
  const found = await checkPrerequisites({ HOME: home, PATH: home });
  expect(found.find((each) => each.name === 'maven')).toMatchObject({ satisfied: false, found: null });
  expect(found.find((each) => each.name === 'node')).toMatchObject({ satisfied: true });
  await program(join(home, 'mvn'));
  expect(await findOnPath('mvn', { PATH: `:${home}` })).toBe(join(home, 'mvn'));
  await expect(requirePrerequisites({ HOME: home, PATH: '' }, ['maven', 'node'])).rejects.toMatchObject({
    code: 'PREREQUISITE_MISSING',
    message: expect.stringMatching(/maven: found none, needs Maven/) as string,
    remedy: 'install what is missing (maven) and try again',
  });
});
