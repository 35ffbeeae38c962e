import { readFileSync } from 'node:fs';
import { runDoctor } from '../../app/doctor/doctor.ts';
import type { Finding, Status } from '../../app/doctor/finding.ts';
import { routesOf } from '../../app/runtime/routes.ts';
import type { Config } from '../../app/config/schema.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror, Settings } from '../support/fresh-mirror.ts';
import { counterfoil } from '../support/pipeline.ts';

const doctor = async (config: Config): Promise<readonly Finding[]> =>
  runDoctor(config, await routesOf(config));

describe('the commands', () => {
  let mirror: FreshMirror;
  beforeAll(async () => {
    mirror = await freshMirror('mariadb', ['CREATE TABLE claim (id BIGINT PRIMARY KEY)']);
  });
  afterAll(async () => {
    await mirror.close();
  });
  const run = (...args: string[]) => counterfoil(...args, '--config', mirror.configFile);

  test('config check prints the configuration without its secrets', async () => {
    const { exitCode, stdout } = await run('config', 'check');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('truncate: deny');
    expect(stdout).not.toContain('pw-');
    expect(JSON.parse((await run('config', 'check', '--json')).stdout)).toMatchObject({
      file: mirror.configFile,
    });
  });

  test('doctor says by its exit code whether it found an error or could not look', async () => {
    const sound = await run('doctor');
    expect([sound.exitCode, sound.stdout]).toEqual([
      0,
      expect.stringMatching(/0 errors, .* 0 not looked at$/),
    ]);
    mirror.configure(({ targets }) => (only(targets)['port'] = 1));
    expect((await run('doctor')).exitCode).toBe(2);
    await mirror.source.query(`DROP TABLE ${mirror.name}.${mirror.name}_heartbeat`);
    const { exitCode, stdout } = await run('doctor', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ status: 'error', mend: expect.stringMatching(/^CREATE TABLE/) as string }),
    );
  });

  test('init overwrites nothing, and refuses a password among its arguments', async () => {
    const { stderr, exitCode } = await counterfoil(
      ...['init', '--source', 'mariadb://u:secret@h/d', '--target', 'mariadb://u@h', '-o', mirror.configFile],
    );
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/must not hold the password/)]);
    const again = await counterfoil(
      ...['init', '--source', 'mariadb://u@h/d', '--target', 'mariadb://u@h', '-o', mirror.configFile],
    );
    expect([again.exitCode, again.stderr]).toEqual([3, expect.stringMatching(/is there already/)]);
  });

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect((await counterfoil('--version')).stdout).toBe(version);
  });
});

describe('doctor, of the configuration', () => {
  let mirror: FreshMirror;
  let before: string;
  beforeAll(async () => {
    mirror = await freshMirror('mariadb', [
      'CREATE TABLE employee (no VARCHAR(20) PRIMARY KEY, id_card VARCHAR(20), salary DECIMAL(18,2))',
      'CREATE TABLE t_employee (no VARCHAR(20) PRIMARY KEY)',
      'CREATE TABLE roster (day DATE NOT NULL, who VARCHAR(20))',
    ]);
    before = JSON.stringify(snapshotOf(mirror));
  });
  afterAll(async () => {
    await mirror.close();
  });

  test('init names what has no key, and takes it along', () => {
    expect(mirror.plan.keyless.map(({ name }) => name)).toEqual(['roster']);
    expect(mirror.plan.tables.map(({ name }) => name)).toEqual(['employee', 'roster', 't_employee']);
  });

  const cases: readonly (readonly [string, (settings: Settings, name: string) => void, Status, RegExp])[] = [
    [
      'a wrong password',
      ({ sources }) => (only(sources)['check'] = { user: 'nobody', password: 'x' }),
      'unknown',
      /could not be listed: Access denied/,
    ],
    [
      'a wrong password of the capture',
      ({ sources }) => (only(sources)['capture'] = { user: 'nobody', password: 'x' }),
      'error',
      /log-in refused/,
    ],
    [
      'a server that is not there',
      ({ targets }) => (only(targets)['port'] = 1),
      'unknown',
      /could not be looked at/,
    ],
    [
      'a pattern that matches nothing',
      ({ routes }) => (routes[0]!['rename'] = [{ from: 'no.*', to: '*' }]),
      'warning',
      /rename: no table of the route is no\.\*/,
    ],
    [
      'a masked column that there is not',
      ({ routes }, name) =>
        (routes[0]!['tables'] = [
          { match: [`${name}.*`], mask: [{ method: 'nullify', columns: ['id_crad'] }] },
        ]),
      'error',
      /no column of .*employee.* is id_crad/,
    ],
    [
      'a mask that its column cannot have',
      ({ routes }, name) =>
        (routes[0]!['tables'] = [
          { match: [`${name}.employee`], mask: [{ method: 'nullify', columns: ['no'] }] },
        ]),
      'error',
      /employee\.no: a key column cannot be nullified/,
    ],
    [
      'two tables that become one',
      ({ routes }) => (routes[0]!['rename'] = [{ from: '*.t_*', to: '{2}' }]),
      'error',
      /employee \(route .*\) and .*t_employee .*would both go to/,
    ],
    [
      'a table without a key, and no plugin',
      ({ connect }) => ((connect as { plugin: boolean }).plugin = false),
      'error',
      /roster has no key/,
    ],
    [
      'a Connect that is not there',
      (settings) => (settings['connect'] = { url: 'http://127.0.0.1:1' }),
      'unknown',
      /did not answer/,
    ],
    [
      'a registry address without its path',
      (settings) =>
        (settings['registry'] = {
          url: (settings['registry'] as { url: string }).url.replace(/\/apis.*/, '/nowhere'),
        }),
      'error',
      /no Confluent API/,
    ],
    [
      'more copies than brokers',
      (settings) => Object.assign(settings['kafka'] as object, { replicationFactor: 3 }),
      'error',
      /1 brokers for 3 copies/,
    ],
  ];

  test.each(cases)('%s', async (_, change, status, what) => {
    const config = mirror.configure((settings) => {
      change(settings, mirror.name);
    });
    try {
      const findings = await doctor(config);
      expect(
        findings.filter((finding) => finding.status === status).map((finding) => finding.what),
      ).toContainEqual(expect.stringMatching(what));
    } finally {
      mirror.configure((settings) => Object.assign(settings, JSON.parse(before) as object));
    }
  });

  test('keys of a table that has none make it fit', async () => {
    const config = mirror.configure(({ sources }) => {
      Object.assign(only(sources), { exclude: [], keys: { [`${mirror.name}.roster`]: ['day', 'who'] } });
    });
    const findings = await doctor(config);
    expect(findings.filter(({ status }) => status === 'error')).toEqual([]);
  });
});

function only(sections: Record<string, Record<string, unknown>>): Record<string, unknown> {
  return Object.values(sections)[0]!;
}

function snapshotOf(mirror: FreshMirror): unknown {
  let value: unknown;
  mirror.configure((settings) => {
    value = structuredClone({ masking: {}, ...settings });
    delete (value as Record<string, unknown>)['masking'];
  });
  return value;
}
