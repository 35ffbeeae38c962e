import fc from 'fast-check';
import { tableIncludeList, toJavaPattern } from '../../../../connectors/debezium/table-patterns.ts';

/** As Debezium reads a list: a comma ends an item unless it is escaped; items lose the blanks around them. */
function itemsOf(list: string): string[] {
  const items = [''];
  for (let index = 0; index < list.length; index += 1) {
    const char = list.charAt(index);
    if (char === ',') items.push('');
    else items.push((items.pop() ?? '') + (char === '\\' ? char + list.charAt(++index) : char));
  }
  return items.map((item) => item.trim().replaceAll('\\,', ','));
}

/** Each item is matched against the whole name. */
function matches(list: string, table: string): boolean {
  return itemsOf(list).some((pattern) => new RegExp(`^(?:${pattern})$`, 's').test(table));
}

describe('the list of captured tables', () => {
  const list = tableIncludeList(
    { include: ['oa.*', 'hr.emp*'], exclude: ['oa.log_*', 'oa.finance_payment'] },
    ['oa.beat'],
  );

  test.each([
    ['oa.expense_claim', true],
    ['oa.finance_payment', false],
    ['oa.finance_payment_old', true],
    ['oa.log_2024', false],
    ['hr.employee', true],
    ['hr.salary', false],
    ['oaX', false],
    ['xoa.y', false],
  ])('%p: %p', (table, captured) => {
    expect(matches(list, table)).toBe(captured);
  });

  test('takes the heartbeat table along even when it is excluded', () => {
    expect(
      matches(tableIncludeList({ include: ['oa.*'], exclude: ['*beat*'] }, ['oa.beat']), 'oa.beat'),
    ).toBe(true);
  });

  test('means a name literally, whatever characters it has', () => {
    const name = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(name, name, (one, other) => {
        const single = tableIncludeList({ include: [`d.${one}`], exclude: [] }, []);
        expect(matches(single, `d.${one}`)).toBe(true);
        expect(matches(single, `d.${other}`)).toBe(one === other);
      }),
    );
  });

  test('a star is any characters, also none', () => {
    expect(toJavaPattern('oa.*')).toBe('oa\\..*');
  });
});
