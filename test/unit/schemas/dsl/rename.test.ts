import fc from 'fast-check';
import { renameFault, renamer } from '../../../../schemas/dsl/rename.ts';
import type { RenameRule } from '../../../../schemas/dsl/rename.ts';
import { tableIdOf } from '../../../../schemas/contract/table-pattern.ts';
import { tableLabel } from '../../../../schemas/contract/table.ts';

const renamed = (rules: readonly RenameRule[], table: string, namespace = 'copy') =>
  tableLabel(renamer(rules, namespace)(tableIdOf(table)));

test.each<[string, RenameRule[], string, string]>([
  ['no rule: the same name in the target namespace', [], 'oa.t_user', 'copy.t_user'],
  ['a prefix taken off', [{ from: 'oa.t_*', to: '*' }], 'oa.t_user', 'copy.user'],
  ['another namespace', [{ from: 'crm.*', to: 'crm_copy.*' }], 'crm.lead', 'crm_copy.lead'],
  ['the namespace into the name', [{ from: '*.*', to: '*_*' }], 'oa.user', 'copy.oa_user'],
  ['captures in another order', [{ from: '*.*_*', to: '{3}_{2}' }], 'oa.t_user_x', 'copy.user_x_t'],
  ['the namespace from a capture', [{ from: '*.t_*', to: 'm_*.*' }], 'oa.t_user', 'm_oa.user'],
  ['an exact name', [{ from: 'oa.用户', to: 'user' }], 'oa.用户', 'copy.user'],
  [
    'the first rule that matches',
    [
      { from: 'oa.t_x', to: 'special' },
      { from: 'oa.t_*', to: '*' },
    ],
    'oa.t_x',
    'copy.special',
  ],
  ['signs that mean something elsewhere', [{ from: 'oa.a+$&(*', to: '$&*' }], 'oa.a+$&(b', 'copy.$&b'],
  ['a name with a dot', [{ from: 'oa.*', to: '*' }], 'oa.a.b', 'copy.a.b'],
])('%s', (_, rules, source, target) => {
  expect(renamed(rules, source)).toBe(target);
});

test('a star in the target namespace is the namespace of the source', () => {
  expect(renamed([], 'oa.user', 'mirror_*')).toBe('mirror_oa.user');
  expect(renamed([{ from: 'oa.t_*', to: '*' }], 'oa.t_user', 'mirror_*')).toBe('mirror_oa.user');
});

test.each<[RenameRule, RegExp | null]>([
  [{ from: 'oa.t_*', to: '*' }, null],
  [{ from: 'oa.t_*', to: '*_*' }, /has 2 times \*, but "oa\.t_\*" has 1/],
  [{ from: 'oa.t_*', to: 'x{2}' }, /refers to \{2\}/],
  [{ from: 'oa.t_*', to: 'x{0}' }, /refers to \{0\}/],
  [{ from: 'oa.t', to: 'copy.' }, /must be table or namespace\.table/],
])('what is wrong with %o', (rule, fault) => {
  if (fault === null) expect(renameFault(rule)).toBeNull();
  else expect(renameFault(rule)).toMatch(fault);
});

test('taking a prefix off and putting it on again gives the name back, and tells all names apart', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(names, (tables) => {
      const there = renamer([{ from: 'oa.*', to: 'm.t_*' }], 'm');
      const back = renamer([{ from: 'm.t_*', to: 'oa.*' }], 'x');
      const targets = tables.map((name) => there({ namespace: 'oa', name }));
      expect(targets.map((target) => back(target).name)).toEqual(tables);
      expect(new Set(targets.map(tableLabel)).size).toBe(tables.length);
    }),
  );
});
