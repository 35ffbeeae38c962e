import { judgeCheck } from '../../../bench/faults/checking.ts';
import type { Injected } from '../../../bench/faults/checking.ts';
import type { Finding, TableReport } from '../../../monitoring/consistency/report.ts';

const LEDGER = 'mirror.ledger_entry';
const BANK = 'mirror.bank_line';

function finding(key: string, kind: Finding['kind'], columns: readonly string[] = []): Finding {
  return { key, kind, columns, code: null };
}

function fault(table: string, key: string | null, kind: Finding['kind'], columns: readonly string[] = []) {
  return { name: kind, expected: { table, key, kind, columns }, at: 1_000 } satisfies Injected;
}

/** What is said of a report that was there four seconds after the faults. */
function judged(found: Readonly<Record<string, readonly Finding[]>>, injected: readonly Injected[]) {
  const tables = Object.entries(found).map(
    ([table, keys]) => ({ table, keys, verdict: 'mismatch', reason: null }) as unknown as TableReport,
  );
  const report = { verdict: 'mismatch', tables } as unknown as Parameters<typeof judgeCheck>[0]['report'];
  const { kinds, false: untrue } = judgeCheck({ report, exitCode: 1, seconds: 3, at: 5_000 }, injected);
  return { kinds: kinds.map(({ right, seconds, wrong }) => ({ right, seconds, wrong })), untrue };
}

test('a fault is found when its key is named as what it is, in whatever order of columns', () => {
  const said = { [LEDGER]: [finding('["1"]', 'different', ['credit', 'debit'])] };
  expect(judged(said, [fault(LEDGER, '["1"]', 'different', ['debit', 'credit'])])).toEqual({
    kinds: [{ right: 1, seconds: 4, wrong: [] }],
    untrue: [],
  });
});

test.each([
  ['another kind', finding('["1"]', 'extra')],
  ['another column', finding('["1"]', 'different', ['memo'])],
  ['a column more', finding('["1"]', 'different', ['debit', 'memo'])],
])('one that is said to be %s is not found, and no false finding', (_, said) => {
  const { kinds, untrue } = judged({ [LEDGER]: [said] }, [fault(LEDGER, '["1"]', 'different', ['debit'])]);
  expect(kinds).toMatchObject([{ right: 0, wrong: [expect.stringContaining('said to be')] }]);
  expect(untrue).toEqual([]);
});

test('another row, and the same key in another table, are false findings', () => {
  const { kinds, untrue } = judged(
    { [LEDGER]: [finding('["2"]', 'missing')], [BANK]: [finding('["1"]', 'missing')] },
    [fault(LEDGER, '["1"]', 'missing')],
  );
  expect(kinds).toMatchObject([{ right: 0, wrong: ['missing ["1"]'] }]);
  expect(untrue).toEqual([`missing ["2"] of ${LEDGER}`, `missing ["1"] of ${BANK}`]);
});

test('of rows without a key each is found once', () => {
  const said = { [BANK]: [finding('["row a"]', 'extra')] };
  const twice = [fault(BANK, null, 'extra'), fault(BANK, null, 'extra')];
  expect(judged(said, twice).kinds).toMatchObject([{ right: 1, wrong: ['extra '] }]);
});
