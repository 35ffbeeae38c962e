import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { artifactsCached, provideArtifacts, type Artifacts } from '../../stack/artifacts.ts';
import type { StackEvent } from '../../stack/stack-types.ts';

const run = promisify(execFile);
let cacheFolder: string;

beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'artifacts-'));
});

afterAll(async () => {
  await rm(cacheFolder, { recursive: true });
});

// Fetches half a gigabyte twice over: on request only, `COUNTERFOIL_TEST_FETCH=1 npm test -- stack-artifacts`.
const onRequest = process.env['COUNTERFOIL_TEST_FETCH'] === '1' ? test : test.skip;

onRequest(
  'two that need the programs at once fetch them once, whole, and later ones not at all',
  async () => {
    const events: StackEvent[][] = [[], [], []];
    const provide = (who: number): Promise<Artifacts> =>
      provideArtifacts({
        environment: process.env,
        cacheFolder,
        report: (event) => events[who]?.push(event),
      });
    const [first, second] = await Promise.all([provide(0), provide(1)]);
    expect(second).toEqual(first);
    expect(events.map((told) => told.filter((event) => event.type === 'fetched')).flat()).toHaveLength(1);
    expect(events.map((told) => told.filter((event) => event.type === 'waiting')).flat()).toHaveLength(1);
    expect(await readdir(cacheFolder)).toHaveLength(1);

    expect(await provide(2)).toEqual(first);
    expect(events[2]).toEqual([]);
    expect(await artifactsCached(process.env, cacheFolder)).toBe(true);

    expect((await run(join(first.postgres, 'bin/postgres'), ['--version'])).stdout).toContain('17.5');
    expect((await run(join(first.mariadb, 'bin/mariadbd'), ['--version'])).stdout).toContain(
      '11.4.5-MariaDB',
    );
    expect((await readdir(first.plugins)).sort()).toEqual([
      'apicurio-converter',
      'debezium-connector-mariadb',
      'debezium-connector-mysql',
      'debezium-connector-postgres',
    ]);
    // What the worker brings itself would clash with its own.
    const converter = await readdir(join(first.plugins, 'apicurio-converter'));
    expect(converter.filter((jar) => /^(kafka-clients|connect-|slf4j)/.test(jar))).toEqual([]);
  },
  600_000,
);
