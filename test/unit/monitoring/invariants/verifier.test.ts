import { RuleVerifier } from '../../../../monitoring/invariants/verifier.ts';
import type { Rule } from '../../../../schemas/invariants/rule.ts';

const rule: Rule = {
  ...{ name: 'r', about: 'a is b', must: 'equal', by: ['claim', 'currency'] },
  left: { from: 'a', by: ['id', 'cur'], value: 'amount', changed: 'at' },
  right: { from: 'b', by: ['id', 'cur'], value: 'amount' },
};

const offence = (claim: string | null) => ({ k1: claim, k2: 'CNY', a: '77.01', b: '77', n: '1', m: '1' });

function subject(over: Partial<Rule> = {}) {
  let now = 0;
  let answer: readonly object[] = [];
  const asked: string[] = [];
  const verifier = new RuleVerifier({ ...rule, ...over }, { graceMs: 1_000, fullMs: 60_000, now: () => now });
  return {
    verifier,
    asked,
    look: (at: number, found: readonly object[] = []) => {
      now = at;
      answer = found;
      return verifier.look({
        dialect: 'postgresql',
        ask: (statements) => {
          asked.push(...statements);
          return Promise.resolve([[{ groups_found: '7' }], answer as Record<string, unknown>[]]);
        },
      });
    },
  };
}

test('the first look recomputes all, later ones what has changed since, until all is due again', async () => {
  const { look } = subject();
  const scopes = [];
  for (const at of [0, 10_000, 59_000, 60_000, 61_000]) scopes.push((await look(at)).scope);
  expect(scopes).toEqual(['all', 'changed', 'changed', 'all', 'changed']);
});

test('changes of before the last look are looked at again, for their transactions may have been open', async () => {
  const { look, asked } = subject();
  await look(1_000_000);
  await look(1_010_000);
  expect(asked.at(-1)).toContain('to_timestamp(880)');
});

test('a rule whose rows do not say when they changed is always recomputed', async () => {
  const { look } = subject({ left: { from: 'a', by: ['id', 'cur'], value: '1' } });
  await look(0);
  expect((await look(10)).scope).toBe('all');
});

test('a group that is off is in doubt, then broken, and named without its amounts', async () => {
  const { look, verifier } = subject();
  expect(await look(0, [offence('4711')])).toMatchObject({ verdict: 'inconclusive', broken: 0, keys: [] });
  expect(verifier.isInDoubt).toBe(true);
  const report = await look(1_000, [offence('4711'), offence(null)]);
  expect(report).toMatchObject({ verdict: 'mismatch', scope: 'all', groups: 7, broken: 1 });
  expect(report.keys).toEqual(['claim=4711 currency=CNY']);
  expect(JSON.stringify(report)).not.toContain('77');
  expect(await look(2_000)).toMatchObject({ verdict: 'match', broken: 0, reason: null });
});

test('of very many only some are named', async () => {
  const { look } = subject();
  const many = Array.from({ length: 500 }, (_, at) => offence(at.toString()));
  await look(0, many);
  const { broken, keys } = await look(1_000, many);
  expect([broken, keys.length]).toEqual([500, 20]);
});
