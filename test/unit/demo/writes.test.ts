import { insertStatement, statementOf } from '../../../stack/demo/activity/writes.ts';

test('rows of one shape go into one statement', () => {
  const rows = [
    { id: 2n ** 60n, name: '甲' },
    { id: 1n, name: null },
  ];
  expect(insertStatement('employee', rows)).toEqual({
    text: 'INSERT INTO `employee` (`id`, `name`) VALUES (?, ?), (?, ?)',
    values: [2n ** 60n, '甲', 1n, null],
  });
  expect(() => insertStatement('employee', [])).toThrow(RangeError);
});

test('an update carries the state that it expects', () => {
  expect(
    statementOf({
      kind: 'update',
      table: 'contract',
      where: { id: 1n, status: 'active' },
      set: { status: 'terminated' },
    }),
  ).toEqual({
    text: 'UPDATE `contract` SET `status` = ? WHERE `id` = ? AND `status` = ?',
    values: ['terminated', 1n, 'active'],
  });
});

test('a delete names its rows', () => {
  expect(statementOf({ kind: 'delete', table: 'expense_claim_line', where: { claim_id: 5n } })).toEqual({
    text: 'DELETE FROM `expense_claim_line` WHERE `claim_id` = ?',
    values: [5n],
  });
});

test('a budget is added to, or made when there is none', () => {
  const { text, values } = statementOf({
    kind: 'add-to-budget',
    row: { id: 3, reserved_amount: '0.00', consumed_amount: '1.00' },
  });
  expect(text).toMatch(
    /^INSERT INTO `budget` .* ON DUPLICATE KEY UPDATE reserved_amount = .* consumed_amount = consumed_amount \+ /,
  );
  expect(values).toEqual([3, '0.00', '1.00']);
});
