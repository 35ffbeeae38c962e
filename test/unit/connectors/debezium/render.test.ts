import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { explainConnector, renderConnector } from '../../../../connectors/debezium/render.ts';
import { settingsDocument } from '../../../../connectors/debezium/settings-document.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import { binlogSource, EVERY_KIND, PASSWORD, postgresqlSource } from './sources.ts';

describe('a rendered connector', () => {
  test.each(EVERY_KIND)('of $kind keeps what the product promises', (source) => {
    const { name, config } = renderConnector(source);
    expect(name).toBe(source.name);
    expect(config).toMatchObject({
      'counterfoil.source': source.name,
      'topic.prefix': source.name,
      'tasks.max': '1',
      'exactly.once.support': 'required',
      'transaction.boundary': 'poll',
      'provide.transaction.metadata': 'true',
      'decimal.handling.mode': 'precise',
      'skipped.operations': 'none',
      'tombstones.on.delete': 'true',
      'event.processing.failure.handling.mode': 'fail',
      'event.converting.failure.handling.mode': 'fail',
      'errors.tolerance': 'none',
      'heartbeat.interval.ms': '1000',
      'transforms.keepNulls.type': 'counterfoil.connect.KeepNulls',
      'transforms.orderKeyless.type': 'counterfoil.connect.OrderKeyless',
      'transforms.skipFirstNotes.type': 'counterfoil.connect.SkipFirstNotes',
      'database.password': PASSWORD,
    });
    for (const value of Object.values(config)) expect(typeof value).toBe('string');
  });

  test('of MariaDB and MySQL differ in class and encryption only', () => {
    const mariadb = renderConnector(binlogSource()).config;
    const mysql = renderConnector(binlogSource({ kind: 'mysql' })).config;
    const differing = Object.keys({ ...mariadb, ...mysql }).filter((key) => mariadb[key] !== mysql[key]);
    expect(differing.sort()).toEqual([
      'connector.class',
      'database.ssl.mode',
      'driver.allowPublicKeyRetrieval',
    ]);
    expect(mariadb['bigint.unsigned.handling.mode']).toBe('precise');
  });

  test('of PostgreSQL never moves past changes silently', () => {
    expect(renderConnector(postgresqlSource()).config).toMatchObject({
      'slot.name': 'slot_one',
      'slot.drop.on.stop': 'false',
      'publication.autocreate.mode': 'disabled',
      'offset.mismatch.strategy': 'trust_offset',
      'lsn.flush.mode': 'connector',
    });
  });

  test('beats twice in each interval on an idle binlog', () => {
    const { config } = renderConnector(binlogSource({ heartbeat: { table: 'oa.beat', intervalMs: 4_000 } }));
    expect(Number(config['connect.keep.alive.interval.ms']) * 0.8).toBe(2_000);
  });

  test('quotes the heartbeat table', () => {
    const binlog = renderConnector(binlogSource({ heartbeat: { table: 'o`a.be at', intervalMs: 1 } }));
    expect(binlog.config['heartbeat.action.query']).toContain('INSERT INTO `o``a`.`be at` (id, beat)');
    const pg = renderConnector(postgresqlSource({ heartbeat: { table: 'c"f.beat', intervalMs: 1 } }));
    expect(pg.config['heartbeat.action.query']).toContain('INSERT INTO "c""f"."beat" (id, beat)');
  });

  test('has keys for tables without one', () => {
    const { config } = renderConnector(binlogSource({ keyColumns: { 'oa.a': ['x', 'y'], 'oa.b': ['z'] } }));
    expect(config['message.key.columns']).toBe('oa\\.a:x,y;oa\\.b:z');
  });

  test.each([
    ['off', 'disable', 'disabled', 'disable'],
    ['encrypt', 'trust', 'required', 'require'],
    ['verify-ca', 'verify-ca', 'verify_ca', 'verify-ca'],
    ['verify-full', 'verify-full', 'verify_identity', 'verify-full'],
  ] as const)('spells tls %s as each driver does', (tls, mariadb, mysql, postgresql) => {
    expect(renderConnector(binlogSource({ tls })).config['database.ssl.mode']).toBe(mariadb);
    expect(renderConnector(binlogSource({ tls, kind: 'mysql' })).config['database.ssl.mode']).toBe(mysql);
    expect(renderConnector(postgresqlSource({ tls })).config['database.sslmode']).toBe(postgresql);
  });

  test('brings its converter, or leaves it to the worker', () => {
    const keys = (source = binlogSource()) =>
      Object.entries(renderConnector(source).config).filter(([key]) => key.includes('.converter'));
    expect(keys()).toEqual([]);
    const url = 'http://registry/apis/registry/v2';
    expect(Object.fromEntries(keys(binlogSource({ converter: { kind: 'apicurio', url } })))).toMatchObject({
      'key.converter.apicurio.registry.url': url,
      'value.converter.apicurio.registry.as-confluent': 'true',
    });
    expect(Object.fromEntries(keys(binlogSource({ converter: { kind: 'confluent', url } })))).toMatchObject({
      'value.converter.schema.registry.url': url,
      'value.converter.ignore.default.for.nullables': 'true',
    });
  });
});

describe('overrides', () => {
  test('replace and add settings', () => {
    const { config } = renderConnector(
      binlogSource({ overrides: { 'poll.interval.ms': '50', 'snapshot.fetch.size': '7' } }),
    );
    expect(config).toMatchObject({ 'poll.interval.ms': '50', 'snapshot.fetch.size': '7' });
  });

  test('of what the product relies on are refused, with the reason', () => {
    const source = binlogSource({ overrides: { 'decimal.handling.mode': 'double' } });
    expect(() => renderConnector(source)).toThrow(CounterfoilError);
    expect(() => renderConnector(source)).toThrow(/decimal\.handling\.mode stays precise: .*cents/);
  });

  test('may say what is so anyway', () => {
    const source = binlogSource({ overrides: { 'decimal.handling.mode': 'precise' } });
    expect(() => renderConnector(source)).not.toThrow();
  });
});

describe('explained settings', () => {
  test.each(EVERY_KIND)('of $kind are those rendered, each with a reason, without the password', (source) => {
    const explained = explainConnector(source);
    const rendered = Object.keys(renderConnector(source).config).filter((name) => name !== 'name');
    expect(explained.map(({ name }) => name)).toEqual(rendered);
    for (const { why } of explained) expect(why.length).toBeGreaterThan(5);
    expect(JSON.stringify(explained)).not.toContain(PASSWORD);
    expect(inspect(source, { depth: 9 })).not.toContain(PASSWORD);
  });

  test('say when the configuration has the last word', () => {
    const explained = explainConnector(binlogSource({ overrides: { 'poll.interval.ms': '50', extra: '1' } }));
    expect(explained.find(({ name }) => name === 'poll.interval.ms')).toMatchObject({
      value: '50',
      why: expect.stringContaining('Overridden') as unknown,
    });
    expect(explained.find(({ name }) => name === 'extra')?.group).toBe('Added by configuration');
  });

  test('are the page that people read', async () => {
    const page = await readFile('connectors/debezium/settings.md', 'utf8');
    expect(page).toBe(settingsDocument());
  });
});
