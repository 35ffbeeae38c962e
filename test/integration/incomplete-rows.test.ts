import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { counterfoil } from '../support/pipeline.ts';

const PATIENCE_MS = 240_000;

let mirror: FreshMirror;

beforeAll(async () => {
  mirror = await freshMirror('postgresql', [
    'CREATE TABLE paper (id INT PRIMARY KEY, title TEXT, body TEXT)',
    'ALTER TABLE paper ALTER body SET STORAGE EXTERNAL',
    "INSERT INTO paper SELECT id, 'first', repeat('x', 5000) FROM generate_series(1, 3) AS id",
    'CREATE TABLE clause ("Pa-per" TEXT, part INT, body TEXT, PRIMARY KEY ("Pa-per", part))',
    'ALTER TABLE clause ALTER body SET STORAGE EXTERNAL',
    // What init must leave to its table, and what needs an identity before it is published.
    'CREATE TABLE ledger (year INT, n INT, PRIMARY KEY (year, n)) PARTITION BY LIST (year)',
    'CREATE TABLE ledger_2024 PARTITION OF ledger FOR VALUES IN (2024)',
    'INSERT INTO ledger VALUES (2024, 1)',
    'CREATE TABLE late (id INT PRIMARY KEY DEFERRABLE, v INT)',
    'INSERT INTO late VALUES (1, 1)',
    "INSERT INTO clause VALUES ('合同', 1, repeat('y', 5000)), ('other', 2, repeat('z', 5000))",
  ]);
  await mirror.start();
}, PATIENCE_MS);

afterAll(async () => {
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

async function letters(status: 'open' | 'superseded'): Promise<{ code: string; closedBy: string | null }[]> {
  const { stdout } = await counterfoil(
    ...['dlq', 'list', '--status', status, '--config', mirror.configFile, '--json'],
  );
  return JSON.parse(stdout) as { code: string; closedBy: string | null }[];
}

async function untilNoneIsOpen(): Promise<void> {
  while ((await letters('open')).length > 0) await new Promise((resolve) => setTimeout(resolve, 500));
}

// PostgreSQL sends a changed key as a delete and an insert, and leaves a large value that did not change out of the latter.
test(
  'a row that comes under a new key without its large value is read again by itself, and changes behind it are not lost',
  async () => {
    await mirror.expectMatch();
    await mirror.source.query('UPDATE paper SET id = 101 WHERE id = 1');
    await mirror.source.query("UPDATE paper SET title = 'second' WHERE id = 101");
    await mirror.source.query(`UPDATE clause SET "Pa-per" = 'it''s \\ "new"' WHERE part = 1`);
    await mirror.source.query('UPDATE clause SET part = 9 WHERE part = 2');
    await untilNoneIsOpen();
    await mirror.expectMatch();
    const superseded = await letters('superseded');
    expect(superseded.filter(({ code }) => code === 'MISSING_BASE_ROW').length).toBeGreaterThanOrEqual(1);
    expect(new Set(superseded.map(({ closedBy }) => closedBy))).toEqual(new Set(['counterfoil']));
  },
  PATIENCE_MS,
);

test(
  'partitioned tables come as their tables, and tables with a deferrable key are updated as before',
  async () => {
    await mirror.source.query('INSERT INTO ledger VALUES (2024, 2)');
    await mirror.source.query('UPDATE late SET v = 2');
    await mirror.expectMatch();
    const tables = await mirror.target.query(`SHOW TABLES IN ${mirror.name}_mirror`);
    expect(
      tables
        .map((row) => String(Object.values(row)[0]))
        .filter((name) => name.startsWith('l'))
        .sort(),
    ).toEqual(['late', 'ledger']);
  },
  PATIENCE_MS,
);

test(
  'a row whose key changes and that is deleted after it leaves no letter',
  async () => {
    await mirror.source.query('UPDATE paper SET id = 102 WHERE id = 2');
    await mirror.source.query('DELETE FROM paper WHERE id = 102');
    await untilNoneIsOpen();
    await mirror.expectMatch();
  },
  PATIENCE_MS,
);
