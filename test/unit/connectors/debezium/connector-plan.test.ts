import fc from 'fast-check';
import type { ConnectorDefinition } from '../../../../connectors/debezium/capture-source.ts';
import { applyConnectors } from '../../../../connectors/debezium/connector-apply.ts';
import { diffConnectors, formatPlan, isEmptyPlan } from '../../../../connectors/debezium/connector-plan.ts';
import { renderConnector } from '../../../../connectors/debezium/render.ts';
import { binlogSource, PASSWORD, postgresqlSource } from './sources.ts';
import { Secret } from '../../../../connectors/debezium/secret.ts';

const oa = renderConnector(binlogSource());
const finance = renderConnector(postgresqlSource());
const deployed = (...definitions: ConnectorDefinition[]) =>
  new Map(definitions.map((definition) => [definition.name, { config: definition.config }]));
const kinds = (plan: ReturnType<typeof diffConnectors>) =>
  plan.changes.map(({ kind, name }) => `${kind} ${name}`);

describe('the difference between Connect and the configuration', () => {
  test('tells what is added, changed, unchanged and removed, and leaves alone what is not ours', () => {
    const changed = renderConnector(binlogSource({ overrides: { 'poll.interval.ms': '20' } }));
    const old = renderConnector(binlogSource({ name: 'old' }));
    const foreign = { name: 'sink', config: { 'connector.class': 'x' } };
    const plan = diffConnectors(deployed(oa, old, foreign), [changed, finance]);
    expect(kinds(plan)).toEqual(['added finance', 'changed oa', 'removed old']);
    expect(plan.foreign).toEqual(['sink']);
    expect(isEmptyPlan(plan)).toBe(false);
  });

  test('is nothing when Connect has it already', () => {
    const plan = diffConnectors(deployed(oa, finance), [finance, oa]);
    expect(kinds(plan)).toEqual(['unchanged finance', 'unchanged oa']);
    expect(isEmptyPlan(plan)).toBe(true);
    expect(formatPlan(plan)).toBe('= finance unchanged\n= oa unchanged');
  });

  test('sees a changed password without showing either', () => {
    const other = renderConnector(binlogSource({ password: new Secret('other-secret') }));
    const plan = diffConnectors(deployed(oa), [other]);
    expect(plan.changes).toEqual([
      {
        kind: 'changed',
        name: 'oa',
        settings: [{ name: 'database.password', before: '***', after: '***', secret: true }],
      },
    ]);
    const shown = formatPlan(plan) + JSON.stringify(plan);
    expect(shown).toContain('database.password: *** (differs)');
    expect(shown).not.toContain(PASSWORD);
    expect(shown).not.toContain('other-secret');
  });

  test('shows each setting that comes, goes or changes', () => {
    const plan = diffConnectors(
      new Map([['c', { config: { name: 'c', gone: '1', same: '2', other: '3' } }]]),
      [{ name: 'c', config: { name: 'c', same: '2', other: '4', fresh: '5' } }],
    );
    expect(formatPlan(plan)).toBe('~ c changed\n    + fresh: 5\n    - gone: 1\n    ~ other: 3 → 4');
  });

  test('never shows a password, whatever changed', () => {
    const config = fc.dictionary(
      fc.constantFrom('a', 'b', 'database.password', 'x.secret'),
      fc.constant('S3CR3T'),
    );
    fc.assert(
      fc.property(config, config, (before, after) => {
        const plan = diffConnectors(new Map([['c', { config: before }]]), [{ name: 'c', config: after }]);
        const secret = formatPlan(plan)
          .split('\n')
          .filter((line) => /password|secret/.test(line));
        expect(secret.join('\n')).not.toContain('S3CR3T');
      }),
    );
  });
});

describe('applying a plan', () => {
  function connect(problems: Readonly<Record<string, string[]>> = {}) {
    const calls: string[] = [];
    return {
      calls,
      connectors: () => Promise.resolve(new Map()),
      plugins: () => Promise.resolve([]),
      validate: ({ name }: ConnectorDefinition) => {
        calls.push(`validate ${name}`);
        const messages = problems[name];
        return Promise.resolve(messages === undefined ? [] : [{ setting: 'database.hostname', messages }]);
      },
      put: ({ name }: ConnectorDefinition) => Promise.resolve(void calls.push(`put ${name}`)),
      restart: () => Promise.resolve(),
      remove: (name: string) => Promise.resolve(void calls.push(`remove ${name}`)),
    };
  }
  const old = renderConnector(binlogSource({ name: 'old' }));

  test('touches only what differs', async () => {
    const client = connect();
    const desired = [oa, finance];
    const outcome = await applyConnectors(client, diffConnectors(deployed(oa, old), desired), desired);
    expect(client.calls).toEqual(['validate finance', 'put finance']);
    expect(outcome).toEqual({ put: ['finance'], unchanged: ['oa'], removed: [], left: ['old'] });
  });

  test('removes only when asked to', async () => {
    const client = connect();
    const outcome = await applyConnectors(client, diffConnectors(deployed(oa, old), [oa]), [oa], {
      remove: true,
    });
    expect(client.calls).toEqual(['remove old']);
    expect(outcome.removed).toEqual(['old']);
  });

  test('changes nothing when one of them is rejected, and says why', async () => {
    const client = connect({ finance: ['Unable to connect:\n refused'] });
    const desired = [oa, finance];
    await expect(applyConnectors(client, diffConnectors(new Map(), desired), desired)).rejects.toMatchObject({
      code: 'CONNECTOR_REJECTED',
      message: expect.stringContaining('finance: database.hostname: Unable to connect: refused') as unknown,
    });
    expect(client.calls).toEqual(['validate oa', 'validate finance']);
  });
});
