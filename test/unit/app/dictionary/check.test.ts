import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SHIPPED_DICTIONARY,
  faultLine,
  inspectDictionary,
  loadDictionary,
} from '../../../../app/dictionary/load.ts';
import { renderDictionary } from '../../../../app/dictionary/render.ts';
import { LIST_NAMES, columnsOf, definitionOf, isListName } from '../../../../schemas/dictionary/lists.ts';
import type { ListName } from '../../../../schemas/dictionary/lists.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dictionary-'));
  cpSync(SHIPPED_DICTIONARY, folder, { recursive: true, filter: (path) => !path.endsWith('.ts') });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Changes a file of the dictionary, and gives the faults without the folder's name. */
function faultsAfter(list: string, change: (text: string) => string): string[] {
  const file = join(folder, `${list}.yaml`);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  return faults();
}
const faults = () =>
  inspectDictionary(folder).faults.map((fault) => faultLine(fault).replace(`${folder}/`, ''));

const currencies = (entries: string) => `zh: 币种\nen: Currencies\nabout: x\nentries:\n${entries}`;
const rates = (entries: string) => `zh: 汇率\nen: Rates\nabout: x\nentries:\n${entries}`;
const rate = (code: string, version: number, from: string, more = 'rate: 7') =>
  `  - { code: ${code}, version: ${version}, from: ${from}, zh: z, en: e, ${more} }\n`;
const fieldOf = (settings: string) =>
  `zh: 字段\nen: Fields\nabout: x\nentries:\n  - { code: a.b, version: 1, from: 2025-01-01, zh: z, en: e, ${settings} }\n`;
const HKD = rate('HKD', 1, '2025-01-01');

test('the shipped dictionary is valid', () => {
  expect(faults()).toEqual([]);
});

test('every column that holds codes names a list that there is', () => {
  for (const list of LIST_NAMES) {
    for (const column of columnsOf(list).values())
      if (column.kind === 'code') expect(isListName(column.list)).toBe(true);
    const { codesOf } = definitionOf(list);
    if (codesOf !== undefined) expect(isListName(codesOf)).toBe(true);
  }
});

test.each<[string, ListName, (text: string) => string, string[]]>([
  [
    'an account that does not exist is told where it stands',
    'expense-category',
    (text) => text.replace('admin: 6602', 'admin: 6699'),
    ['expense-category.yaml:13:12: account 6699 does not exist; add it to account.yaml'],
  ],
  [
    'a heading takes no postings',
    'posting-account',
    (text) => text.replace('account: 2202', 'account: 1002'),
    ['posting-account.yaml:18:14: account 1002 is a heading; name one of the accounts below it'],
  ],
  [
    'a department without a cost centre',
    'department',
    (text) => text.replace('    cost_center: CC-0001\n', ''),
    ['department.yaml:7:5: cost_center is missing; entry D0001 of department cannot be used without it'],
  ],
  [
    'a setting that is empty is told once',
    'department',
    (text) => text.replace('cost_center: CC-0001', 'cost_center:'),
    ['department.yaml:12:5: cost_center must be a word or number; leave the line out if there is none'],
  ],
  [
    'a mistyped setting',
    'department',
    (text) => text.replace('cost_center: CC-0001', 'cost_centre: CC-0001'),
    [
      'department.yaml:7:5: cost_center is missing; entry D0001 of department cannot be used without it',
      'department.yaml:12:5: cost_centre is no setting here; did you mean cost_center?',
    ],
  ],
  [
    'a code that is there twice',
    'department',
    (text) => text.replace('code: D0100', 'code: D0001'),
    ['department.yaml:13:11: D0001 is there twice from 2025-01-01, first on line 7; remove one'],
  ],
  [
    'entries that overlap',
    'exchange-rate',
    () => rates(HKD + rate('USD', 1, '2025-01-01', 'to: 2025-02-01, rate: 7') + rate('USD', 2, '2025-02-01')),
    [
      'exchange-rate.yaml:7:36: USD has an entry until 2025-02-01 already; start on 2025-02-02, or end that one earlier',
    ],
  ],
  [
    'a gap between entries, which stand in any order',
    'exchange-rate',
    () => rates(HKD + rate('USD', 2, '2025-02-03') + rate('USD', 1, '2025-01-01', 'to: 2025-02-01, rate: 7')),
    [
      'exchange-rate.yaml:6:36: USD means nothing from 2025-02-02 to 2025-02-02; move this day, or leave out the `to` of the entry before',
    ],
  ],
  [
    'a version that does not rise',
    'exchange-rate',
    () => rates(HKD + rate('USD', 2, '2025-01-01') + rate('USD', 2, '2025-02-01')),
    ['exchange-rate.yaml:7:27: the version must be more than 2, that of the entry before'],
  ],
  [
    'a rate of a currency that there is not',
    'exchange-rate',
    (text) => text + rate('EUR', 1, '2025-01-01'),
    ['exchange-rate.yaml:20:13: currency EUR does not exist; add it to currency.yaml'],
  ],
  [
    'a currency without a rate',
    'exchange-rate',
    () => rates(HKD),
    [
      'currency.yaml:8:13: USD has no exchange rate on 2025-01-01; add one to exchange-rate.yaml, or let USD begin later',
    ],
  ],
  [
    'no currency of the books',
    'currency',
    (text) => text.replace('base: yes', 'base: no'),
    [
      'currency.yaml:7:13: CNY has no exchange rate on 2025-01-01; add one to exchange-rate.yaml, or let CNY begin later',
      'currency.yaml:7:93: no currency is that of the books; say yes for one',
    ],
  ],
  [
    'what one refers to must be in force as long as the entry',
    'cost-center',
    (text) => text.replace('from: 2025-01-01', 'from: 2025-01-01\n    to: 2026-06-30'),
    [
      'department.yaml:12:18: cost-center CC-0001 is not in force on 2026-07-01, this entry is; change the days of one of them',
    ],
  ],
  [
    'an account above itself',
    'account',
    (text) => text.replace('parent: 2221', 'parent: 2221.01'),
    [
      'account.yaml:65:13: account 2221.01 is above itself; name another parent',
      ...['7:97', '8:95', '9:95', '10:95', '11:95'].map(
        (place) => `tax-code.yaml:${place}: account 2221.01 is a heading; name one of the accounts below it`,
      ),
    ],
  ],
  [
    'a posting account that the rules need',
    'posting-account',
    (text) => text.replace('code: accrued-payable', 'code: accrued'),
    ['posting-account.yaml:1:1: accrued-payable is missing; add an entry'],
  ],
  [
    'a field of codes without their list',
    'field',
    () => fieldOf('type: code, oa: oa.claim.kind, truth: oa'),
    ['field.yaml:5:68: a field of type code, and no other, names the list of its codes'],
  ],
  [
    'a field of codes of no list',
    'field',
    () => fieldOf('type: code, codes: expense-kind, oa: oa.claim.kind, truth: oa'),
    [`field.yaml:5:81: there is no list expense-kind; there are ${LIST_NAMES.join(', ')}`],
  ],
  [
    'an amount without its unit',
    'field',
    () => fieldOf('type: amount, oa: oa.claim.total, truth: oa'),
    ['field.yaml:5:68: a field of type amount, quantity or rate, and no other, names its unit'],
  ],
  [
    'a unit that there is not',
    'field',
    () => fieldOf('type: quantity, unit: kilometer, oa: oa.claim.mileage, truth: oa'),
    ['field.yaml:5:84: unit kilometer does not exist; did you mean kilometre? Otherwise add it to unit.yaml'],
  ],
  [
    'a field whose truth is where it is not',
    'field',
    () => fieldOf('type: text, finance: ap.claim.title, truth: oa'),
    ['field.yaml:5:106: the truth is on a side that does not have the field; name its column there'],
  ],
  [
    'days and versions that are none',
    'currency',
    () =>
      currencies(
        '  - { code: CNY, version: 0, from: 2025-02-29, to: soon, zh: 元, en: yuan, minor_units: 5, base: true }\n',
      ),
    [
      'currency.yaml:5:27: version must be a whole number from 1',
      'currency.yaml:5:36: from must be a day that exists, such as 2026-01-31',
      'currency.yaml:5:52: to must be a day that exists, such as 2026-01-31',
      'currency.yaml:5:88: minor_units must be a whole number from 0 to 4',
      'currency.yaml:5:97: base must be yes or no',
    ],
  ],
  [
    'a list without its names, and entries that are none',
    'currency',
    () => 'zh: 币种\nabout: x\nentries:\n  - CNY\n  -\n',
    [
      'currency.yaml:1:1: en is missing; every list has it',
      'currency.yaml:4:5: must be an entry, such as `code: …`',
      'currency.yaml:5:4: must be an entry, such as `code: …`',
    ],
  ],
  [
    'entries that are no list',
    'currency',
    () => 'zh: 币种\nen: Currencies\nabout: x\nentries: none\n',
    ['currency.yaml:4:1: entries must be a list, one entry to each code'],
  ],
  [
    'an empty file',
    'currency',
    () => '',
    ['currency.yaml:1:1: must have the settings zh, en, about, entries'],
  ],
  [
    'days in the wrong order',
    'exchange-rate',
    () => rates(rate('USD', 1, '2025-02-01', 'to: 2025-01-31, rate: 7')),
    ['exchange-rate.yaml:5:66: to is before from; both days are included'],
  ],
  [
    'numbers as people should not write them',
    'exchange-rate',
    () => rates(rate('USD', 1, '2025-02-01', 'rate: 7.1e3') + rate('HKD', 1, '2025-02-01', 'rate: 0.0')),
    [
      'exchange-rate.yaml:5:68: rate must be a number such as 7.185',
      'exchange-rate.yaml:6:68: rate must be more than 0',
    ],
  ],
  [
    'what is no YAML',
    'currency',
    () => 'entries:\n  - { code: CNY\n',
    [
      'currency.yaml:3:1: is no YAML: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  ],
])('%s', (_, list, change, expected) => {
  expect(faultsAfter(list, change)).toEqual(expected);
});

test('a list that is missing, and a file that is no list', () => {
  rmSync(join(folder, 'status.yaml'));
  writeFileSync(join(folder, 'statuses.yaml'), '');
  expect(faults()).toEqual([
    'status.yaml:1:1: is missing; write it, or copy that of the shipped dictionary',
    'statuses.yaml:1:1: is no list of a dictionary; did you mean status.yaml?',
  ]);
  expect(() => loadDictionary(folder)).toThrow(/it has 2 faults:\n.*status.yaml:1:1/);
});

test('a list in another encoding', () => {
  writeFileSync(join(folder, 'status.yaml'), Buffer.from([0xb1, 0xa8, 0xcf, 0xfa]));
  expect(faults()).toEqual(['status.yaml:1:1: is not written in UTF-8; save it so']);
});

test('docs/dictionary.md is the page of the shipped dictionary', () => {
  expect(readFileSync('docs/dictionary.md', 'utf8')).toBe(
    renderDictionary(loadDictionary(SHIPPED_DICTIONARY)),
  );
});
