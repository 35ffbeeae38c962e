import { connectorStatus } from '../../connectors/debezium/connector-status.ts';
import { applyCapture, untilCapturing } from '../../app/runtime/apply-capture.ts';
import { connectOf } from '../../app/runtime/connect.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { Pipeline } from '../support/pipeline.ts';

const PATIENCE_MS = 240_000;

describe.each(['mariadb', 'postgresql'] as const)('from %s', (from) => {
  let mirror: FreshMirror;

  beforeAll(async () => {
    mirror = await freshMirror(from, [
      'CREATE TABLE claim (id INT PRIMARY KEY, title VARCHAR(20))',
      "INSERT INTO claim VALUES (1, 'a'), (2, 'b')",
      // Names that become one in Avro: the connector stops while it reads the definitions.
      from === 'mariadb'
        ? 'CREATE TABLE twins (id INT PRIMARY KEY, `a-b` INT, a_b INT)'
        : 'CREATE TABLE twins (id INT PRIMARY KEY, "a-b" INT, a_b INT)',
      'INSERT INTO twins VALUES (1, 1, 1)',
    ]);
    // Init would keep them apart.
    mirror.configure(({ sources }) => {
      Object.assign(sources[mirror.plan.sourceName]!, { naming: 'underscore' });
    });
  }, PATIENCE_MS);

  afterAll(async () => {
    await mirror.stop();
    await mirror.close();
  }, PATIENCE_MS);

  test(
    'a first snapshot that failed is made when its cause is mended',
    async () => {
      const config = mirror.configure(() => undefined);
      await applyCapture(config);
      const client = connectOf(config);
      const health = async () => (await connectorStatus(client, [mirror.plan.sourceName]))[0]?.health;
      while ((await health()) !== 'failed') await new Promise((resolve) => setTimeout(resolve, 100));
      const column = from === 'mariadb' ? '`a-b`' : '"a-b"';
      await mirror.source.query(`ALTER TABLE twins DROP COLUMN ${column}`);
      await client.restart(mirror.plan.sourceName, 'all');
      await untilCapturing(config, new AbortController().signal).catch(() => undefined);
      const pipeline = new Pipeline(mirror.configFile);
      await pipeline.untilReadiness(({ status }) => status === 200);
      const { verdict, reason, tables } = await mirror.check(120);
      expect({ verdict, reason }).toEqual({ verdict: 'match', reason: null });
      expect(tables.find(({ table }) => table.endsWith('.claim'))).toMatchObject({ rowsCompared: 2 });
    },
    PATIENCE_MS,
  );
});
