import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { claimOf } from '../../../../packs/process-engine/claim.ts';
import { settings } from '../../../../packs/process-engine/settings.ts';
import type { DocumentRows, TextRow } from '../../../../schemas/posting/declaration.ts';
import { documentId } from '../../../../schemas/posting/document.ts';
import { change } from '../../../../schemas/posting/example-documents.ts';
import { serialized } from './java-writer.ts';
import type { Written } from './java-writer.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const SETTINGS = {
  ...{ engine: 'flowable', database: 'flowable', processes: ['expense'] },
  approved: { variable: 'result', is: ['1'] },
  ...{
    total: 'amount',
    currency: { variable: 'currency', otherwise: 'CNY' },
    department: { value: 'D0510' },
  },
  lines: { from: 'total', expenseType: { value: 'hotel' } },
};
const INSTANCE: TextRow = {
  ...{ PROC_INST_ID_: '8', PROC_DEF_ID_: 'expense:1:4', BUSINESS_KEY_: 'BX1', TENANT_ID_: '' },
  ...{ START_TIME_: '2026-03-04 09:00:00', END_TIME_: '2026-03-05 23:30:00.123', END_ACT_ID_: 'theEnd' },
  ...{ DELETE_REASON_: null, START_USER_ID_: 'E10012' },
};

const double = (value: string) => ({ VAR_TYPE_: 'double', DOUBLE_: value });
const integer = (value: string) => ({ VAR_TYPE_: 'integer', LONG_: value });
const text = (value: string) => ({ VAR_TYPE_: 'string', TEXT_: value });
const object = (value: Written) => ({ VAR_TYPE_: 'serializable', bytes: serialized(value) });
const DECIDED = { result: integer('1'), amount: double('636') };

type Variable = Readonly<Record<string, string | null | Uint8Array>>;

function rowsOf(variables: Readonly<Record<string, Variable>>, over: TextRow = {}): DocumentRows {
  const parts = Object.entries(variables).map(([name, { bytes = null, ...columns }], at) => ({
    row: {
      ...{ PROC_INST_ID_: '8', EXECUTION_ID_: '8', TASK_ID_: null, NAME_: name },
      ...{ BYTEARRAY_ID_: bytes === null ? null : `b${at.toString()}`, CREATE_TIME_: '2026-03-05 10:00:00' },
      ...(columns as TextRow),
    },
    stored:
      bytes instanceof Uint8Array
        ? [{ ID_: `b${at.toString()}`, BYTES_: `\\x${Buffer.from(bytes).toString('hex')}` }]
        : [],
  }));
  return {
    header: { ...INSTANCE, ...over },
    parts: { variables: parts.map(({ row }) => row), bytes: parts.flatMap(({ stored }) => stored) },
    references: {},
  };
}

const declared = (over: object = {}) => claimOf(settings.parse({ ...SETTINGS, ...over }));
const status = (rows: DocumentRows, over: object = {}) => declared(over).outline(rows)?.status ?? null;
const read = (rows: DocumentRows, over: object = {}) =>
  declared(over).read({ id: documentId('8'), version: change(1) }, rows, dictionary);
const lineOf = (amount: bigint, over: object = {}) => ({
  ...{ lineNo: 1, amount, tax: 0n, taxCode: 'NONE', expenseType: 'hotel', ...over },
});

test('an instance that ended, with the variable that says yes, is an approved claim', () => {
  expect(declared().outline(rowsOf(DECIDED))).toEqual({
    ...{ status: 'approved', number: 'BX1', flagged: false, changedOn: '2026-03-05' },
  });
  expect(read(rowsOf(DECIDED))).toEqual({
    ...{ kind: 'expense-claim', id: '8', version: change(1), status: 'approved', number: 'BX1' },
    ...{ accountingDate: '2026-03-05', changedOn: '2026-03-05', currency: 'CNY', total: 63600n },
    ...{ party: 'E10012', department: 'D0510', lines: [lineOf(63600n)] },
  });
});

describe('what an instance means', () => {
  const running = { END_TIME_: null, END_ACT_ID_: null };
  const deleted = { END_ACT_ID_: null, DELETE_REASON_: '撤回' };
  test.each<[string, string | null, Readonly<Record<string, Variable>>, TextRow, object]>([
    ['of another process', null, DECIDED, { PROC_DEF_ID_: 'vacation:1:4' }, {}],
    ['that is running', 'submitted', DECIDED, running, {}],
    ['that is running, where the decision is enough', 'approved', DECIDED, running, { when: 'decided' }],
    ['that is running and not decided', 'submitted', {}, running, { when: 'decided' }],
    ['with another decision', 'rejected', { ...DECIDED, result: integer('0') }, {}, {}],
    [
      'that is running with another decision',
      'submitted',
      { result: integer('0') },
      running,
      { when: 'decided' },
    ],
    ['that was deleted', 'withdrawn', DECIDED, deleted, {}],
    ['that was deleted after the decision', 'withdrawn', DECIDED, deleted, { when: 'decided' }],
    ['whose variables are purged', null, {}, {}, {}],
    ['that ended where approved claims end', 'approved', DECIDED, {}, { endsAt: ['theEnd'] }],
    [
      'that was terminated there',
      'approved',
      DECIDED,
      { DELETE_REASON_: 'by theEnd' },
      { endsAt: ['theEnd'] },
    ],
    ['that ended elsewhere', 'rejected', DECIDED, {}, { endsAt: ['paid'] }],
    ['that ended, where no variable decides', 'approved', {}, {}, { variable: undefined }],
    [
      'whose decision is true',
      'approved',
      { result: { VAR_TYPE_: 'boolean', LONG_: '1' } },
      {},
      { is: ['true'] },
    ],
    ['whose decision cannot be read', 'approved', { result: { VAR_TYPE_: 'bytes' } }, {}, {}],
  ])('one %s: %s', (_, expected, variables, header, approved) => {
    expect(status(rowsOf(variables, header), { approved: { ...SETTINGS.approved, ...approved } })).toBe(
      expected,
    );
  });
});

describe('the day of approval', () => {
  const on = (variable: Variable, over: TextRow = {}, approved: object = { on: 'day' }, zone = '+08:00') =>
    read(rowsOf({ ...DECIDED, day: variable }, over), {
      approved: { ...SETTINGS.approved, ...approved },
      zone,
    });
  test.each<[string, string, unknown]>([
    ['the end, as the clock of the engine shows it', '2026-03-05', on(text(''), {}, {})],
    ['the end, when the engine is in London', '2026-03-06', on(text(''), {}, {}, '+00:00')],
    [
      'the decision, while the instance runs',
      '2026-03-05',
      on(text(''), { END_TIME_: null }, { when: 'decided' }),
    ],
    ['a date: midnight in China', '2026-03-02', on({ VAR_TYPE_: 'date', LONG_: '1772380800000' })],
    ['a localdate', '2026-03-02', on({ VAR_TYPE_: 'localdate', LONG_: '20514' })],
    ['a text', '2026-03-02', on(text('2026-03-02 18:00'))],
  ])('is %s', (_, day, claim) => {
    expect(claim).toMatchObject({ accountingDate: day });
  });

  test.each([text('yesterday'), text('2026-13-45T23:00:00Z'), text('99999999-01-01T00:00:00Z')])(
    'is none that is no day',
    (day) => {
      const refusal = {
        kind: 'refused',
        reason: 'illegible',
        line: null,
        what: 'the variable day is no day',
      };
      expect(on(day)).toEqual(refusal);
    },
  );

  test('is none beyond all calendars', () => {
    expect(on({ VAR_TYPE_: 'date', LONG_: '9223372036854775807' })).toMatchObject({
      what: 'the variable day is a time of no calendar',
    });
  });
});

describe('amounts', () => {
  test.each<[string, Variable, bigint]>([
    ['a double', double('12784605.02'), 1278460502n],
    ['a double with an exponent', double('1.5e+16'), 1500000000000000000n],
    ['a long', { VAR_TYPE_: 'long', LONG_: '7' }, 700n],
    ['a serialized BigDecimal', object({ decimal: '2691.760' }), 269176n],
    ['a BigDecimal as text', { VAR_TYPE_: 'bigdecimal', TEXT_: '0.10' }, 10n],
    ['text', text('12.5'), 1250n],
  ])('as %s', (_, amount, total) => {
    expect(read(rowsOf({ ...DECIDED, amount }))).toMatchObject({ total });
  });

  test('a sum of doubles that is finer than the currency is refused', () => {
    expect(read(rowsOf({ ...DECIDED, amount: double('12784605.020000005') }))).toEqual({
      ...{ kind: 'refused', reason: 'amount-too-fine', line: null },
    });
  });

  test.each<[string, Variable, string]>([
    ['no number', text('a lot'), 'an amount is no number'],
    ['empty', { VAR_TYPE_: 'null' }, 'amount has no value'],
    ['another object', object(['x']), 'amount is no single value'],
    ['unknown', { VAR_TYPE_: 'jpa-entity' }, 'the variable amount is a variable of the type jpa-entity'],
    [
      'not there',
      { VAR_TYPE_: 'serializable' },
      'the variable amount is an object whose bytes are not there',
    ],
  ])('one that is %s is refused', (_, amount, what) => {
    expect(read(rowsOf({ ...DECIDED, amount }))).toEqual({
      kind: 'refused',
      reason: 'illegible',
      line: null,
      what,
    });
  });

  test('a decision that cannot be read is refused, whatever the amount', () => {
    expect(read(rowsOf({ ...DECIDED, result: { VAR_TYPE_: 'bytes' } }))).toMatchObject({
      reason: 'illegible',
    });
  });
});

describe('lines', () => {
  const line = {
    amount: 'amount',
    expenseType: 'type',
    taxCode: 'code',
    tax: { variable: 'tax', otherwise: '0' },
  };
  const first = { type: 'hotel', code: 'VAT06', amount: { decimal: '600.00' }, tax: { double: 33.96 } };
  const second = { type: 'rail', code: 'NONE', amount: { long: 36n } };
  const expected = [
    lineOf(60000n, { taxCode: 'VAT06', tax: 3396n }),
    lineOf(3600n, { lineNo: 2, expenseType: 'rail' }),
  ];
  const inList = { lines: { from: 'list', list: 'lines', ...line } };

  test('in a list of Java maps, in JSON, and in JSON that was too long for a column', () => {
    const json =
      '[{"type":"hotel","code":"VAT06","amount":6.00E+2,"tax":33.96},{"type":"rail","code":"NONE","amount":"36"}]';
    for (const lines of [
      object([{ map: first }, { map: second }]),
      { VAR_TYPE_: 'json', TEXT_: json },
      { VAR_TYPE_: 'longJson', bytes: Buffer.from(json) },
      { VAR_TYPE_: 'spin://application/json', bytes: Buffer.from(json) },
    ])
      expect(read(rowsOf({ ...DECIDED, lines }), inList)).toMatchObject({ lines: expected });
  });

  test('in variables with numbers, up to the first that is missing', () => {
    const numbered = Object.entries(line).map(([name, value]) => [
      name,
      typeof value === 'string' ? `${value}_{n}` : value,
    ]);
    const variables = {
      ...{ ...DECIDED, amount_1: double('600'), type_1: text('hotel'), code_1: text('VAT06') },
      ...{ amount_2: double('36'), type_2: text('rail'), code_2: text('NONE'), amount_4: double('1') },
    };
    const untaxed = [lineOf(60000n, { taxCode: 'VAT06' }), expected[1]];
    expect(
      read(rowsOf(variables), { lines: { from: 'numbered', ...(Object.fromEntries(numbered) as object) } }),
    ).toMatchObject({
      lines: untaxed,
    });
  });

  test.each<[string, Variable, object]>([
    ['no list', text('x'), { reason: 'illegible', line: null, what: 'the variable lines is no list' }],
    [
      'a list of texts',
      object(['住宿']),
      { reason: 'illegible', line: null, what: 'the variable lines has a line that is no map' },
    ],
    [
      'no JSON',
      { VAR_TYPE_: 'json', TEXT_: '[' },
      { reason: 'illegible', line: null, what: 'the variable lines is text that is no JSON' },
    ],
    [
      'a line without a type',
      object([{ map: { amount: '1', code: 'NONE' } }]),
      { what: 'type has no value' },
    ],
    [
      'half a cent',
      object([{ map: { ...second, amount: { decimal: '0.005' } } }]),
      { reason: 'amount-too-fine', line: 1 },
    ],
  ])('with %s are refused', (_, lines, refusal) => {
    expect(read(rowsOf({ ...DECIDED, lines }), inList)).toMatchObject({ kind: 'refused', ...refusal });
  });
});

test('variables of tasks and of branches are not those of the process; two of one name are refused', () => {
  const other = rowsOf(DECIDED);
  const more = (over: TextRow) => ({
    ...other,
    parts: {
      ...other.parts,
      variables: [...other.parts['variables']!, { ...other.parts['variables']![1]!, DOUBLE_: '1', ...over }],
    },
  });
  expect(read(more({ TASK_ID_: '9' }))).toMatchObject({ total: 63600n });
  expect(read(more({ EXECUTION_ID_: '10' }))).toMatchObject({ total: 63600n });
  expect(read(more({}))).toEqual({
    kind: 'refused',
    reason: 'illegible',
    line: null,
    what: 'there are two variables amount',
  });
});

test('a claim in a currency that the dictionary does not know waits for it', () => {
  expect(read(rowsOf({ ...DECIDED, currency: text('XXX') }))).toMatchObject({
    kind: 'parked',
    list: 'currency',
    code: 'XXX',
  });
});
