import { imbalanceOf } from '../../../schemas/feed/balance.ts';

const BALANCE = { of: 'amounts', amount: 'amount', by: 'currency' };
const imbalance = (...amounts: readonly (readonly [currency: string, amount: string])[]) =>
  imbalanceOf(BALANCE, {
    cells: {},
    nested: { amounts: amounts.map(([currency, amount]) => ({ cells: { currency, amount }, nested: {} })) },
  })?.message ?? null;

test.each<[string, readonly (readonly [string, string])[]]>([
  [
    'in one currency',
    [
      ['CNY', '1204.59'],
      ['CNY', '81.41'],
      ['CNY', '-1286.00'],
    ],
  ],
  [
    'in each of several',
    [
      ['USD', '1.00'],
      ['CNY', '7.185'],
      ['USD', '-1'],
      ['CNY', '-7.1850'],
    ],
  ],
  [
    'of more digits than a number has',
    [
      ['CNY', '12345678901234567890.01'],
      ['CNY', '-12345678901234567890.01'],
    ],
  ],
  ['of nothing', [['CNY', '0.00']]],
])('amounts %s balance', (_, amounts) => {
  expect(imbalance(...amounts)).toBeNull();
});

test.each<[string, readonly (readonly [string, string])[]]>([
  [
    'one is missing',
    [
      ['CNY', '1204.59'],
      ['CNY', '-1286.00'],
    ],
  ],
  [
    'one currency makes up for another',
    [
      ['USD', '1.00'],
      ['CNY', '-1.00'],
    ],
  ],
  [
    'the last digit is off',
    [
      ['CNY', '12345678901234567890.01'],
      ['CNY', '-12345678901234567890.02'],
    ],
  ],
  ['there is none', []],
])('nothing balances when %s', (_, amounts) => {
  expect(imbalance(...amounts)).toBe('its amounts do not come to nothing: a row of it is missing');
});
