import { runDoctor } from '../../app/doctor/doctor.ts';
import type { Finding, Status } from '../../app/doctor/finding.ts';
import { routesOf } from '../../app/runtime/routes.ts';
import type { Config } from '../../app/config/schema.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';

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
  [
    'CREATE TABLE claim (id BIGINT PRIMARY KEY, title VARCHAR(20))',
    'CREATE TABLE pages (n INT PRIMARY KEY)',
    'CREATE TABLE page_line (id INT PRIMARY KEY, page INT)',
    'CREATE SEQUENCE numbers',
    'CREATE TABLE versioned (id INT PRIMARY KEY) WITH SYSTEM VERSIONING',
  ],
  [
    [
      'a foreign key that deletes rows without a word in the log',
      'source',
      () =>
        'ALTER TABLE page_line ADD CONSTRAINT `of``page` FOREIGN KEY (page) REFERENCES pages (n) ON DELETE CASCADE',
      {
        ...{ status: 'warning', where: /^source .*tables/ },
        what: /a foreign key deletes or changes .*page_line \(`of``page`\)/,
      },
    ],
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
      'a table of signals that is gone',
      'source',
      (name) => `DROP TABLE ${name}.${name}_signal`,
      error(/^source .*capture$/, /table of signals .* does not exist/),
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
    'CREATE TABLE ledger (year int PRIMARY KEY) PARTITION BY LIST (year)',
    'CREATE TABLE ledger_2024 PARTITION OF ledger FOR VALUES IN (2024)',
    'CREATE TABLE late (id int PRIMARY KEY DEFERRABLE)',
    'CREATE TABLE by_index (no text NOT NULL UNIQUE)',
    'CREATE UNLOGGED TABLE scratch (id int PRIMARY KEY)',
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
      'a partitioned table that is published as its partitions',
      'source',
      (name) => `ALTER PUBLICATION ${name}_own SET (publish_via_partition_root = false)`,
      error(/^source .*capture$/, /lacks public\.ledger: /),
    ],
    [
      'a partitioned table that is not published',
      'source',
      (name) => `ALTER PUBLICATION ${name}_own DROP TABLE ledger`,
      error(/^source .*capture$/, /lacks public\.ledger: /),
    ],
    [
      'signals that may not be given',
      'source',
      (name) => `REVOKE INSERT ON ${name}_own.signal FROM ${name}_capture`,
      error(/^source .*capture$/, /signal/),
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
