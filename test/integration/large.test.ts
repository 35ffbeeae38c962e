import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import type { Pipeline } from '../support/pipeline.ts';

const PATIENCE_MS = 900_000;
/** 1,000,000 on request: COUNTERFOIL_TEST_ROWS. */
const ROWS = Number(process.env['COUNTERFOIL_TEST_ROWS'] ?? 50_000);
const MEGABYTE = 1_000_000;

const COLUMNS = Array.from({ length: 499 }, (_, at) => `c${at + 1}`);
const NUMBERS = {
  mariadb: (count: number) => `(SELECT seq AS n FROM seq_1_to_${count}) AS numbers`,
  postgresql: (count: number) => `generate_series(1, ${count}) AS numbers (n)`,
};
/** MariaDB by itself makes no table whose longest row does not fit into a page. */
const SHORT = { mariadb: 'VARCHAR(5)', postgresql: 'VARCHAR(99)' };
const LONG_TEXT = { mariadb: 'LONGTEXT', postgresql: 'TEXT' };

describe.each(['mariadb', 'postgresql'] as const)('from %s', (from) => {
  let mirror: FreshMirror;
  let pipeline: Pipeline;

  beforeAll(async () => {
    mirror = await freshMirror(from, [
      'CREATE TABLE many (id INT PRIMARY KEY, title VARCHAR(40), amount DECIMAL(18,2))',
      `CREATE TABLE wide (id INT PRIMARY KEY, ${COLUMNS.map((name, at) => `${name} ${at % 2 === 0 ? SHORT[from] : 'SMALLINT'}`).join(', ')})`,
      `CREATE TABLE big (id INT PRIMARY KEY, note ${LONG_TEXT[from]}, n INT)`,
      `INSERT INTO wide (id) VALUES (1), (2)`,
    ]);
    pipeline = await mirror.start();
    await mirror.expectMatch(PATIENCE_MS / 1_000);
  }, PATIENCE_MS);

  afterAll(async () => {
    await mirror.stop();
    await mirror.close();
  }, PATIENCE_MS);

  /** The largest resident memory, bytes, that the pipeline shows until the work is done. */
  async function peakMemory(work: Promise<void>): Promise<number> {
    let peak = 0;
    const ended = work.then(() => true);
    for (let done = false; !done;) {
      const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(await pipeline.metrics()) ?? [];
      peak = Math.max(peak, Number(bytes));
      done = await Promise.race([ended, new Promise<false>((resolve) => setTimeout(resolve, 500, false))]);
    }
    return peak;
  }

  test(
    `transactions of ${ROWS} rows arrive whole, in bounded memory`,
    async () => {
      const peak = await peakMemory(
        (async () => {
          await mirror.source.query(
            `INSERT INTO many SELECT n, CONCAT('claim ', n), n / 100.0 FROM ${NUMBERS[from](ROWS)}`,
          );
          await mirror.source.query('UPDATE many SET amount = amount + 1');
          await mirror.source.query('DELETE FROM many WHERE id > 10');
          await mirror.expectMatch(PATIENCE_MS / 1_000);
        })(),
      );
      expect(peak).toBeGreaterThan(10 * MEGABYTE);
      expect(peak).toBeLessThan(1_000 * MEGABYTE);
    },
    PATIENCE_MS,
  );

  test(
    'a table of 500 columns',
    async () => {
      for (const [at, name] of COLUMNS.entries())
        if (at % 50 === 0) await mirror.source.query(`UPDATE wide SET ${name} = 'v${at}' WHERE id = 1`);
      await mirror.expectMatch(PATIENCE_MS / 1_000);
    },
    PATIENCE_MS,
  );

  test(
    'values of 10 MB, and an update beside one',
    async () => {
      await mirror.source.query(`INSERT INTO big VALUES (1, REPEAT('报销', ${10 * MEGABYTE} / 6), 1)`);
      await mirror.source.query('UPDATE big SET n = 2');
      await mirror.expectMatch(PATIENCE_MS / 1_000);
    },
    PATIENCE_MS,
  );
});
