import { compareTopics, wantedTopics } from '../../../../connectors/debezium/topic-plan.ts';
import { binlogSource, postgresqlSource } from './sources.ts';

const tables = [
  { namespace: 'oa', name: 'claim' },
  { namespace: 'oa', name: 'counterfoil_heartbeat' },
];

describe('the topics of a source', () => {
  test('of MariaDB: tables with many partitions, all that has one order with one', () => {
    const wanted = wantedTopics(binlogSource(), tables);
    expect(wanted.map(({ topic, role, partitions }) => [topic, role, partitions])).toEqual([
      ['oa.oa.claim', 'table', 4],
      ['oa.oa.counterfoil_heartbeat', 'beats', 1],
      ['__debezium-heartbeat.oa', 'heartbeat', 1],
      ['oa.transaction', 'transactions', 1],
      ['oa.oa.counterfoil_signal', 'signals', 1],
      ['oa.notification', 'notifications', 1],
      ['oa', 'schema-changes', 1],
      ['oa.schema-history', 'schema-history', 1],
    ]);
    for (const { settings } of wanted) expect(settings['cleanup.policy']).toBe('delete');
  });

  test('keep table definitions for ever, and changes as long as configured', () => {
    const retention = new Map(
      wantedTopics(binlogSource(), tables).map(({ role, settings }) => [role, settings['retention.ms']]),
    );
    expect(retention.get('schema-history')).toBe('-1');
    expect(retention.get('table')).toBe('1000000');
  });

  test('of PostgreSQL: no table definitions, for the log has them', () => {
    const roles = wantedTopics(postgresqlSource(), []).map(({ role }) => role);
    expect(roles).toEqual(['beats', 'heartbeat', 'transactions', 'signals', 'notifications']);
  });

  test('without a table of signals: none for them', () => {
    const roles = wantedTopics(postgresqlSource({ signals: null }), []).map(({ role }) => role);
    expect(roles).toEqual(['beats', 'heartbeat', 'transactions']);
  });
});

describe('topics that exist already', () => {
  const plan = (topic: string, found: { partitions: number; settings: Record<string, string> }) => {
    const planned = compareTopics(
      'oa',
      wantedTopics(binlogSource(), tables),
      new Map([[topic, found]]),
    ).topics.find((each) => each.topic === topic);
    return planned?.state === 'present' ? planned.differences.map(({ setting }) => setting) : 'missing';
  };
  const good = { 'cleanup.policy': 'delete', 'retention.ms': '1000000', 'max.message.bytes': '5000000' };

  test('are as they should be', () => {
    expect(plan('oa.oa.claim', { partitions: 4, settings: good })).toEqual([]);
  });

  test.each([
    ['fewer partitions', { partitions: 3, settings: good }, ['partitions']],
    ['more partitions', { partitions: 8, settings: good }, []],
    ['compaction', { partitions: 4, settings: { ...good, 'cleanup.policy': 'compact' } }, ['cleanup.policy']],
    [
      'compaction besides deletion',
      { partitions: 4, settings: { ...good, 'cleanup.policy': 'compact,delete' } },
      ['cleanup.policy'],
    ],
    ['short retention', { partitions: 4, settings: { ...good, 'retention.ms': '999999' } }, ['retention.ms']],
    ['longer retention', { partitions: 4, settings: { ...good, 'retention.ms': '2000000' } }, []],
    ['endless retention', { partitions: 4, settings: { ...good, 'retention.ms': '-1' } }, []],
    [
      'small records',
      { partitions: 4, settings: { ...good, 'max.message.bytes': '1048588' } },
      ['max.message.bytes'],
    ],
    ['settings that are not told', { partitions: 4, settings: {} }, []],
  ])('with %s', (_what, found, differences) => {
    expect(plan('oa.oa.claim', found)).toEqual(differences);
  });

  test('with several partitions where order matters across keys', () => {
    expect(plan('oa.transaction', { partitions: 2, settings: good })).toEqual(['partitions']);
  });

  test('hold definitions that will expire', () => {
    expect(plan('oa.schema-history', { partitions: 1, settings: good })).toEqual(['retention.ms']);
  });

  test('are told from those that are missing', () => {
    const { topics } = compareTopics('oa', wantedTopics(binlogSource(), tables), new Map());
    expect(topics.every(({ state }) => state === 'missing')).toBe(true);
  });
});
