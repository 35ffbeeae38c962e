import { tableIdOf, tableMatcher } from '../../../schemas/contract/table-pattern.ts';

test('a star stands for any characters and exclude wins', () => {
  const matches = tableMatcher(['oa.*', 'hr.employee_*'], ['oa.expense_*', '*.secret']);
  expect(matches({ namespace: 'oa', name: 'budget' })).toBe(true);
  expect(matches({ namespace: 'oa', name: 'expense_claim' })).toBe(false);
  expect(matches({ namespace: 'hr', name: 'employee_card' })).toBe(true);
  expect(matches({ namespace: 'hr', name: 'salary' })).toBe(false);
  expect(matches({ namespace: 'hr', name: 'secret' })).toBe(false);
});

test('characters of regular expressions mean themselves', () => {
  const matches = tableMatcher(['x-y.a+b(c)', '库.表$'], []);
  expect(matches({ namespace: 'x-y', name: 'a+b(c)' })).toBe(true);
  expect(matches({ namespace: 'x-y', name: 'aab(c)' })).toBe(false);
  expect(matches({ namespace: '库', name: '表$' })).toBe(true);
});

test('a table id is split at its first dot', () => {
  expect(tableIdOf('oa.expense.claim')).toEqual({ namespace: 'oa', name: 'expense.claim' });
});
