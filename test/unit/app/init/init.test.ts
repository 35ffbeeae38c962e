import { parseConfig } from '../../../../app/config/load.ts';
import { parseDatabaseUrl } from '../../../../app/init/database-url.ts';
import { noiseReason } from '../../../../app/init/noise.ts';
import { planInit } from '../../../../app/init/plan.ts';
import { renderInitConfig } from '../../../../app/init/render-config.ts';
import { initScripts } from '../../../../app/init/statements.ts';

const SERVICES = {
  brokers: ['127.0.0.1:9092'],
  connectUrl: 'http://127.0.0.1:8083',
  plugin: false,
  registryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
  converterUrl: undefined,
};
const table = (namespace: string, name: string, key: string[] = ['id'], doubtful: string[] = []) => ({
  id: { namespace, name },
  ...{ key, columns: ['id'], unidentified: key.length === 0, doubtful },
});
const url = (text: string) => parseDatabaseUrl(text, '--target', 'pw');
const planOf = (source: string, target: string, tables: ReturnType<typeof table>[], namespace?: string) =>
  planInit({ source: url(source), target: url(target), namespace, services: SERVICES }, tables);
const ENVIRONMENT = new Proxy({}, { get: () => 'secret' });

test('a URL is taken apart, and defaults are those of its kind', () => {
  expect(url('postgres://u%40x@db.example/fin%20x')).toEqual({
    ...{ kind: 'postgresql', host: 'db.example', port: 5432, user: 'u@x', password: 'pw', database: 'fin x' },
  });
  expect(url('mariadb://root@[::1]:3307')).toMatchObject({ host: '::1', port: 3307, database: '' });
});

test.each([
  ['oracle://u@h/d', /must be mariadb/],
  ['nothing', /must be mariadb/],
  ['mysql://u:secret@h/d', /must not hold the password/],
  ['postgresql://u@h', /must name the database/],
  ['mysql://u@h/d/e', /one database/],
])('%s is refused, without its password in the message', (text, message) => {
  expect(() => url(text)).toThrow(message);
  expect(() => url(text)).toThrow(/^(?!.*secret)/s);
});

test.each<[string, string, string, ReturnType<typeof table>[]]>([
  [
    'MariaDB into PostgreSQL',
    'mariadb://root@oa.example/oa',
    'postgresql://p@fin.example/finance',
    [table('oa', 'claim')],
  ],
  [
    'PostgreSQL into MariaDB',
    'postgresql://p@fin.example/finance',
    'mariadb://root@oa.example',
    [table('a', 'x'), table('b', 'x')],
  ],
  [
    'names that need quotes',
    'mysql://root@h/jeecg-boot',
    'postgresql://p@h/2024: "财务"',
    [table('jeecg-boot', "it's #1: 表", [])],
  ],
  ['no tables', 'postgresql://p@h/empty', 'mysql://root@h/x', []],
])('what is written is a valid configuration: %s', (_, source, target, tables) => {
  const plan = planOf(source, target, tables);
  const config = parseConfig(renderInitConfig(plan), 'init.yaml', ENVIRONMENT);
  expect(config.sources[plan.sourceName]).toMatchObject({ include: plan.include });
  expect(config.routes[0]).toMatchObject({
    kind: 'mirror',
    source: plan.sourceName,
    target: plan.targetName,
  });
});

test('names that would become one in topics or in Avro are kept apart', () => {
  const from = (...tables: ReturnType<typeof table>[]) =>
    parseConfig(
      renderInitConfig(planOf('mariadb://root@h/oa', 'postgresql://p@h/finance', tables)),
      'init.yaml',
      ENVIRONMENT,
    ).sources['oa']!.naming;
  expect(from(table('oa', '报销单'), table('oa', '合同'))).toBe('underscore');
  expect(from(table('oa', '报销'), table('oa', '合同'))).toBe('unicode');
  expect(from({ ...table('oa', 'claim'), columns: ['id', '姓名', '部门'] })).toBe('unicode');
});

test('every suggestion can be uncommented as it is', () => {
  const plan = planOf('mariadb://root@h/oa', 'postgresql://p@h/finance', [
    table('oa', 'QRTZ_LOCKS'),
    table('oa', 'place', ['id'], ['at: point']),
    table('oa', 'nokey', []),
  ]);
  for (const withKeyless of [true, false]) {
    const text = renderInitConfig({ ...plan, services: { ...plan.services, plugin: !withKeyless } });
    const uncommented = text.replace(/^( +)# (- \S+ # )/gm, '$1$2');
    const { exclude } = parseConfig(uncommented, 'init.yaml', ENVIRONMENT).sources['oa']!;
    expect(exclude).toEqual([...(withKeyless ? ['oa.nokey'] : []), 'oa.place', 'oa.QRTZ_LOCKS']);
    expect(parseConfig(text, 'init.yaml', ENVIRONMENT).sources['oa']!.exclude).toEqual(
      withKeyless ? ['oa.nokey'] : [],
    );
  }
});

test.each([
  ['QRTZ_LOCKS', true],
  ['ACT_RU_TASK', true],
  ['FLW_EV_DATABASECHANGELOGLOCK', true],
  ['ir_session_wizard', true],
  ['user_bak_2024', true],
  ['ACT_HI_VARINST', false],
  ['expense_claim', false],
  ['position', false],
])('%s looks like noise: %s', (name, noisy) => {
  expect(noiseReason({ namespace: 'oa', name }) !== null).toBe(noisy);
});

test('the statements name the very databases, and no password', () => {
  const plan = planOf('mariadb://root@h/oa_x', 'postgresql://p@h/finance', [table('oa_x', 'claim')]);
  const [source, target] = initScripts(plan).map(({ statements }) => statements.join('\n'));
  expect(source).toContain("GRANT SELECT ON `oa\\_x`.* TO 'counterfoil_capture'@'%';");
  expect(source).toContain('CREATE TABLE IF NOT EXISTS oa_x.counterfoil_heartbeat');
  expect(target).toContain('GRANT USAGE, CREATE ON SCHEMA counterfoil, oa_x_mirror TO counterfoil_sink;');
  expect(`${source}${target}`).not.toContain('pw');
});
