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

/** What is broken on which side, what is then found, and which statement of the remedy mends it. */
type Case = readonly [
  name: string,
  side: 'source' | 'target',
  breaking: (name: string) => string,
  found: { readonly status: Status; readonly where: RegExp; readonly what: RegExp },
];

function describeDirection(
  from: 'mariadb' | 'postgresql',
  tables: readonly string[],
  cases: readonly Case[],
): void {
  describe(`doctor, from ${from}`, () => {
    let mirror: FreshMirror;
    let config: Config;
    beforeAll(async () => {
      mirror = await freshMirror(from, tables);
      config = mirror.configure(() => undefined);
    });
    afterAll(async () => {
      await mirror.close();
    });

    test('finds no error after init and its statements', async () => {
      const findings = await doctor(config);
      expect(findings.filter(({ status }) => status === 'error' || status === 'unknown')).toEqual([]);
      const looked = new Set(findings.map(({ where }) => where.split(' ')[0]));
      expect(looked).toEqual(
        new Set(['source', 'target', 'route', 'routes', 'kafka', 'connect', 'registry', 'clocks']),
      );
    });

    test.each(cases)(
      '%s is found, and mended by the statement that is given',
      async (_, side, breaking, found) => {
        await mirror[side].query(breaking(mirror.name));
        const isIt = ({ status, where, what }: Finding) =>
          status === found.status && found.where.test(where) && found.what.test(what);
        const findings = await doctor(config);
        expect(findings.filter(isIt)).not.toEqual([]);
        for (const { mend } of findings.filter(isIt))
          for (const statement of (mend ?? '').split('\n')) await mirror[side].query(statement);
        expect((await doctor(config)).filter(isIt)).toEqual([]);
      },
    );
  });
}

const error = (where: RegExp, what: RegExp) => ({ status: 'error', where, what }) as const;

describeDirection(
  'mariadb',
  ['CREATE TABLE claim (id BIGINT PRIMARY KEY, title VARCHAR(20))', 'CREATE TABLE pages (n INT PRIMARY KEY)'],
  [
    [
      'a right on the server that was taken away',
      'source',
      (name) => `REVOKE REPLICATION SLAVE ON *.* FROM '${name}_capture'@'%'`,
      error(/^source .*capture$/, /lacks REPLICATION SLAVE on \*\.\*/),
    ],
    [
      'rows that the check may not read',
      'source',
      (name) =>
        `REVOKE SELECT ON ${name.replaceAll('_', '\\_')}.* FROM '${name}_check'@'%'`.replace(
          /ON (.*?)\.\*/,
          'ON `$1`.*',
        ),
      error(/^source .*check/, /lacks SELECT/),
    ],
    [
      'a heartbeat table that is gone',
      'source',
      (name) => `DROP TABLE ${name}.${name}_heartbeat`,
      error(/^source .*capture$/, /heartbeat table .* does not exist/),
    ],
    [
      'a table of another engine',
      'source',
      () => 'ALTER TABLE pages ENGINE = MyISAM',
      { status: 'warning', where: /^source/, what: /without a consistent view.*pages \(MyISAM\)/ },
    ],
    [
      'a target schema in which nothing may be made',
      'target',
      (name) => `REVOKE CREATE ON SCHEMA ${name}_mirror FROM ${name}_sink`,
      error(/^target .*sink$/, /may not make tables in/),
    ],
    [
      'a target table without a unique key',
      'target',
      (name) =>
        `CREATE TABLE ${name}_mirror.claim (id bigint NOT NULL, title text); ALTER TABLE ${name}_mirror.claim OWNER TO ${name}_sink`,
      error(/^target .*sink$/, /no unique index on exactly its key \(id\)/),
    ],
    [
      'a target table that may not be written',
      'target',
      (name) => `CREATE TABLE ${name}_mirror.pages (n integer PRIMARY KEY)`,
      error(/^target .*sink$/, /lacks rights \(SELECT, INSERT, UPDATE, DELETE\)/),
    ],
  ],
);

describeDirection(
  'postgresql',
  [
    'CREATE TABLE voucher (id bigint PRIMARY KEY, amount numeric(18,2))',
    'CREATE TABLE entry (no text PRIMARY KEY, note text)',
  ],
  [
    [
      'a user that may not replicate',
      'source',
      (name) => `ALTER ROLE ${name}_capture NOREPLICATION`,
      error(/^source/, /may not read the log/),
    ],
    [
      'a table that is not published',
      'source',
      (name) => `ALTER PUBLICATION ${name}_own DROP TABLE voucher`,
      error(/^source/, /lacks public\.voucher/),
    ],
    [
      'a publication without deletes',
      'source',
      (name) => `ALTER PUBLICATION ${name}_own SET (publish = 'insert, update')`,
      error(/^source/, /leaves out some kinds of changes/),
    ],
    [
      'a table that the capturing user may not read',
      'source',
      (name) => `REVOKE SELECT ON entry FROM ${name}_capture`,
      error(/^source/, /lacks rights \(SELECT\) on public\.entry/),
    ],
    [
      'a schema that the check may not use',
      'source',
      (name) =>
        `REVOKE USAGE ON SCHEMA public FROM PUBLIC, ${name}_check; GRANT USAGE ON SCHEMA public TO ${name}_capture`,
      error(/^source .*check/, /lacks rights .*schema public/),
    ],
    [
      'a heartbeat that may not be written',
      'source',
      (name) => `REVOKE UPDATE ON ${name}_own.heartbeat FROM ${name}_capture`,
      error(/^source/, /lacks rights \(SELECT, INSERT, UPDATE\)/),
    ],
    [
      'a target database that the sink may not write',
      'target',
      (name) => `REVOKE INSERT ON \`${`${name}_mirror`.replaceAll('_', '\\_')}\`.* FROM '${name}_sink'@'%'`,
      error(/^target .*sink$/, /lacks INSERT/),
    ],
    [
      'a target database of another character set',
      'target',
      (name) =>
        `CREATE DATABASE IF NOT EXISTS ${name}_mirror; ALTER DATABASE ${name}_mirror CHARACTER SET latin1`,
      { status: 'warning', where: /^target/, what: /is latin1/ },
    ],
  ],
);

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

  test('init leaves out what has no key', () => {
    expect(mirror.plan.keyless.map(({ name }) => name)).toEqual(['roster']);
    expect(mirror.plan.tables.map(({ name }) => name)).toEqual(['employee', 't_employee']);
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
    ['a table without a key', ({ sources }) => (only(sources)['exclude'] = []), 'error', /roster has no key/],
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
      mirror.configure((settings) => Object.assign(settings, JSON.parse(before)));
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
