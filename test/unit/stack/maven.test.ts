import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheFolder, provideArtifacts } from '../../../stack/artifacts.ts';
import { isWhole, stampWhole } from '../../../stack/artifact-stamp.ts';
import { goneWithin, identify } from '../../../stack/process.ts';
import { downloadedFile, runMaven, type MavenRun } from '../../../stack/maven.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maven-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A stand-in for the program `mvn`: what it prints and how it ends is all that is looked at. */
async function fakeMaven(script: string): Promise<string> {
  const path = join(folder, 'mvn');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function run(script: string, change: Partial<MavenRun> = {}): Promise<readonly [string, number][]> {
  const files: [string, number][] = [];
  await runMaven({
    maven: await fakeMaven(script),
    javaHome: '/jdk',
    pom: '/pom.xml',
    profile: 'kafka',
    target: '/target',
    environment: { PATH: '/usr/bin:/bin', MAVEN_OPTS: '-Xmx1g' },
    signal: undefined,
    onFile: (name, bytes) => files.push([name, bytes]),
    ...change,
  });
  return files;
}

test.each([
  ['[INFO] Downloaded from central: https://x.y/a/b/kafka-clients-4.1.2.jar (9.9 MB at 12 MB/s)', 9_900_000],
  ['[INFO] Downloaded from mirror: http://x/a/kafka-clients-4.1.2.jar (528 B at 1.1 kB/s)', 528],
  ['Downloaded from central: https://x.y/a/kafka-clients-4.1.2.jar (31 kB at 64 kB/s)', 31_000],
])('reads %s', (line, bytes) => {
  expect(downloadedFile(line)).toEqual({ name: 'kafka-clients-4.1.2.jar', bytes });
});

test('lines about other things are no files', () => {
  expect(downloadedFile('[INFO] Downloading from central: https://x.y/a/b.jar')).toBeNull();
  expect(downloadedFile('[INFO] BUILD SUCCESS')).toBeNull();
});

test('passes profile, target, JDK and the caller’s environment, and reports each file', async () => {
  const out = join(folder, 'called');
  const files = await run(
    `echo "$@ $JAVA_HOME $MAVEN_OPTS" > ${out}\necho "[INFO] Downloaded from c: https://x/a.jar (2.0 kB at 1 kB/s)"`,
  );
  expect(files).toEqual([['a.jar', 2_000]]);
  expect(await readFile(out, 'utf8')).toBe(
    '-B -f /pom.xml -Pkafka -Dtarget=/target process-resources /jdk -Xmx1g\n',
  );
});

test.each([
  ['Could not transfer artifact a:b:1 from central: Connection refused', /needs the network/],
  ['Could not resolve: repo.example: Temporary failure in name resolution', /needs the network/],
  ['Failed to copy: No space left on device', /make room/],
  ['Something else', /by hand/],
])('tells why it failed: %s', async (reason, remedy) => {
  await expect(run(`echo "[ERROR] ${reason}"; exit 1`)).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: expect.stringContaining(reason) as string,
    remedy: expect.stringMatching(remedy) as string,
  });
});

test('an abort ends Maven with its children', async () => {
  const abort = new AbortController();
  const started = run(
    `sleep 60 & echo $! > ${folder}/child\necho "[INFO] Downloaded from c: https://x/a.jar (2.0 kB at 1 kB/s)"\nwait`,
    {
      signal: abort.signal,
      onFile() {
        abort.abort(new Error('interrupted'));
      },
    },
  );
  await expect(started).rejects.toThrow('interrupted');
  const child = Number(await readFile(join(folder, 'child'), 'utf8'));
  expect(await goneWithin(await identify(child, 'sleep'), 5_000)).toBe(true);
});

test('a fetch that fails leaves no folder, and the next one removes what a killed one left', async () => {
  const cacheFolder = join(folder, 'cache');
  // Notes what is in the cache when it is called, and leaves a folder beside its own, as if it were killed.
  await fakeMaven(`ls ${cacheFolder} >> ${folder}/seen; echo . >> ${folder}/seen
    for arg; do case $arg in -Dtarget=*) target=\${arg#*=};; esac; done
    mkdir "\${target%-*}-killed"; echo "[ERROR] Could not transfer artifact"; exit 1`);
  const environment = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  for (let attempt = 0; attempt < 2; attempt++) {
    const fetching = provideArtifacts({ environment, cacheFolder, report: () => undefined });
    await expect(fetching).rejects.toThrow('Maven could not fetch');
  }
  const calls = (await readFile(join(folder, 'seen'), 'utf8')).split('.\n').slice(0, 2);
  for (const call of calls) expect(call.trim().split('\n')).toHaveLength(1);
  expect(await readdir(cacheFolder)).toEqual([expect.stringMatching(/^staging-.*-killed$/)]);
});

test('a folder is whole until a file is missing, cut short, or the pom is another one', async () => {
  await writeFile(join(folder, 'a'), 'aaaa');
  await writeFile(join(folder, 'b'), 'bbbb');
  expect(await isWhole(folder, 'key')).toBe(false);
  await stampWhole(folder, 'key');
  await writeFile(join(folder, 'later'), 'does not matter');
  expect(await isWhole(folder, 'key')).toBe(true);
  expect(await isWhole(folder, 'other')).toBe(false);
  await writeFile(join(folder, 'a'), 'aa');
  expect(await isWhole(folder, 'key')).toBe(false);
  await rm(join(folder, 'a'));
  expect(await isWhole(folder, 'key')).toBe(false);
});

test('the cache is where the user keeps caches', () => {
  expect(defaultCacheFolder({ XDG_CACHE_HOME: '/c', HOME: '/h' })).toBe('/c/counterfoil');
  // The specification says that a relative path there is to be ignored.
  expect(defaultCacheFolder({ XDG_CACHE_HOME: 'c', HOME: '/h' })).toBe('/h/.cache/counterfoil');
  expect(() => defaultCacheFolder({})).toThrow('HOME');
});
