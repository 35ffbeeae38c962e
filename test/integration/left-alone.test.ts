import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';

const PATIENCE_MS = 240_000;

let mirror: FreshMirror;

beforeAll(async () => {
  mirror = await freshMirror('mariadb', [
    'CREATE TABLE claim (id INT PRIMARY KEY, title VARCHAR(20))',
    "INSERT INTO claim VALUES (1, 'a')",
    'CREATE SEQUENCE numbers',
    'CREATE TABLE versioned (id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING',
    'INSERT INTO versioned VALUES (1, 1)',
  ]);
  await mirror.start();
}, PATIENCE_MS);

afterAll(async () => {
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

// The connector stops at either of them, and with it every table of its source.
test(
  'sequences and tables with system versioning that init leaves out stop nothing',
  async () => {
    await mirror.source.query('SELECT NEXTVAL(numbers)');
    await mirror.source.query('UPDATE versioned SET v = 2');
    await mirror.source.query("INSERT INTO claim VALUES (2, 'b')");
    await mirror.expectMatch();
    const rows = await mirror.target.query(`SELECT id FROM "${mirror.name}_mirror".claim ORDER BY id`);
    expect(rows.map(({ id }) => Number(id))).toEqual([1, 2]);
  },
  PATIENCE_MS,
);
