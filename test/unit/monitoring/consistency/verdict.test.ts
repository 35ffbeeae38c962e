import { versionOf } from '../../../../schemas/contract/position.ts';
import { judge, kindOf, tableReport } from '../../../../monitoring/consistency/verdict.ts';
import type { TableOutcome } from '../../../../monitoring/consistency/verdict.ts';
import { formatReport, worstVerdict } from '../../../../monitoring/consistency/report.ts';
import type { CheckReport } from '../../../../monitoring/consistency/report.ts';

const look = (expected: string | null, actual: string | null) => ({
  ...{ expected, actual, columns: [], code: null, version: null },
  kind: 'different' as const,
  rows: 1,
});

describe('judge', () => {
  test.each([
    ['both sides are equal now', ['a', 'b'], ['b', 'b'], 'settled'],
    ['both are gone', ['a', null], [null, null], 'settled'],
    ['nothing has moved', ['a', 'b'], ['a', 'b'], 'confirmed'],
    ['still missing', ['a', null], ['a', null], 'confirmed'],
    ['still extra', [null, 'b'], [null, 'b'], 'confirmed'],
    ['the source has moved', ['a', 'b'], ['c', 'b'], 'changed'],
    ['the target has moved', ['a', 'b'], ['a', 'c'], 'changed'],
    ['a row has come at the source', [null, 'b'], ['a', 'b'], 'changed'],
  ] as const)('%s', (_, before, now, judgement) => {
    expect(judge({ expected: before[0], actual: before[1] }, look(now[0], now[1]))).toBe(judgement);
  });

  test.each([
    ['not known before', undefined, 'changed'],
    ['another than before', versionOf('1'.repeat(32)), 'changed'],
    ['what it was', versionOf('2'.repeat(32)), 'confirmed'],
  ] as const)('nothing has moved, and the version is %s', (_, version, judgement) => {
    const before = { expected: 'a', actual: 'b', ...(version === undefined ? {} : { version }) };
    expect(judge(before, { ...look('a', 'b'), version: versionOf('2'.repeat(32)) })).toBe(judgement);
  });

  test('kinds', () => {
    const kinds = [kindOf('a', 0), kindOf(null, 1), kindOf('a', 1), kindOf('a', 2)];
    expect(kinds).toEqual(['missing', 'extra', 'different', 'extra']);
  });
});

describe('tableReport', () => {
  const none = { keys: 10, missing: 0, extra: 0, different: 0, ambiguous: 0, kept: 0, differences: [] };
  const outcome: TableOutcome = {
    table: 'ap.claim',
    comparison: none,
    confirmed: [],
    hot: 0,
    obstacles: [],
    ...{ way: 'digests' as const, parts: [] },
    shownKeys: 2,
  };
  const confirmed = (key: string) => ({
    key,
    look: {
      expected: 'a',
      actual: 'b',
      kind: 'different' as const,
      rows: 1,
      columns: ['amount'],
      code: null,
      version: null,
    },
  });

  test('a match needs nothing left to doubt', () => {
    expect(tableReport(outcome)).toMatchObject({ verdict: 'match', reason: null, rowsCompared: 10 });
  });

  test.each([
    ['hot rows', { hot: 3 }, /3 keys changed between all looks/],
    ['an obstacle', { obstacles: ['the moon was full'] }, /the moon was full/],
    ['ambiguous keys', { comparison: { ...none, ambiguous: 1 } }, /1 row of the source map/],
    ['keys that were not looked at again', { comparison: { ...none, missing: 5 } }, /5 more keys differed/],
  ] as const)('%s make it inconclusive', (_, over, reason) => {
    const report = tableReport({ ...outcome, ...over });
    expect(report.verdict).toBe('inconclusive');
    expect(report.reason).toMatch(reason);
    expect(report).toMatchObject({ missing: 0, extra: 0, different: 0, keys: [] });
  });

  test('a confirmed difference outweighs all doubts, and keys are shown up to the limit', () => {
    const report = tableReport({ ...outcome, hot: 1, confirmed: ['1', '2', '3'].map(confirmed) });
    expect(report).toMatchObject({ verdict: 'mismatch', different: 3 });
    expect(report.keys).toEqual([
      { key: '1', kind: 'different', columns: ['amount'], code: null },
      { key: '2', kind: 'different', columns: ['amount'], code: null },
    ]);
    expect(report.reason).toMatch(/dead letters.*1 keys changed/);
  });

  test('a row that the mapping refuses is said to be in the dead letters', () => {
    const { look: plain } = confirmed('1');
    const refused = { ...plain, kind: 'missing' as const, code: 'CONTRACT_VIOLATION' as const };
    const report = tableReport({ ...outcome, confirmed: [{ key: '1', look: refused }] });
    expect(report.reason).toMatch(/1 row of the source break their contract/);
    expect(report.keys).toEqual([{ key: '1', kind: 'missing', columns: [], code: 'CONTRACT_VIOLATION' }]);
  });

  test('of a flood of differences the first look counts', () => {
    const report = tableReport({
      ...outcome,
      comparison: { ...none, missing: 900, differences: [] },
      confirmed: [confirmed('1')],
    });
    expect(report).toMatchObject({ verdict: 'mismatch', missing: 900 });
  });
});

describe('worstVerdict', () => {
  test('mismatch, then inconclusive, then match; nothing checked is no match', () => {
    expect(worstVerdict(['match', 'match'])).toBe('match');
    expect(worstVerdict(['match', 'inconclusive'])).toBe('inconclusive');
    expect(worstVerdict(['inconclusive', 'mismatch', 'match'])).toBe('mismatch');
    expect(worstVerdict([])).toBe('inconclusive');
  });
});

describe('formatReport', () => {
  test('says what a person needs, and no values', () => {
    const report: CheckReport = {
      ...{ route: 'claims', verdict: 'mismatch', reason: null, unknownTables: [], rounds: 2, seconds: 3.21 },
      fence: { position: 'binlog.000001:1234', passed: true, waitedSeconds: 1.5 },
      tables: [
        {
          ...{ table: 'ap.claim', verdict: 'mismatch', reason: 'look there', rowsCompared: 12 },
          ...{ missing: 1, extra: 0, different: 2, kept: 0 },
          keys: [
            { key: '["7"]', kind: 'different', columns: ['amount', 'remark'], code: null },
            { key: '["8"]', kind: 'missing', columns: [], code: 'CONTRACT_VIOLATION' },
          ],
        },
        {
          ...{ table: 'ap.claim_line', verdict: 'match', reason: null, rowsCompared: 3 },
          ...{ missing: 0, extra: 0, different: 0, kept: 4, keys: [] },
        },
      ],
    };
    expect(formatReport(report)).toBe(
      [
        'claims: mismatch (3.2 s, fenced at binlog.000001:1234)',
        '  ap.claim       mismatch  12 rows, 1 missing, 2 different: look there',
        '    different ["7"] in amount, remark',
        '    missing ["8"] (set aside: CONTRACT_VIOLATION)',
        '    and 1 more',
        '  ap.claim_line  match  3 rows, 4 kept after their deletion',
      ].join('\n'),
    );
  });

  test('says what kept the whole check from a verdict once, not for each table', () => {
    const table = { rowsCompared: 0, missing: 0, extra: 0, different: 0, kept: 0, keys: [] };
    const report: CheckReport = {
      ...{
        route: 'r',
        verdict: 'inconclusive',
        reason: 'no answer',
        unknownTables: [],
        rounds: 0,
        seconds: 0,
      },
      fence: { position: '0/1', passed: false, waitedSeconds: 0 },
      tables: [{ ...table, table: 'a.b', verdict: 'inconclusive', reason: 'no answer' }],
    };
    expect(formatReport(report).match(/no answer/g)).toHaveLength(1);
    expect(formatReport(report)).toContain('  a.b  inconclusive  0 rows');
  });

  test('says which fence was not passed', () => {
    const fence = { position: null, passed: false, waitedSeconds: 0 };
    const report: CheckReport = {
      ...{
        route: 'r',
        verdict: 'inconclusive',
        reason: 'no answer',
        tables: [],
        fence,
        unknownTables: [],
        rounds: 0,
        seconds: 0,
      },
    };
    expect(formatReport(report)).toBe(
      'r: inconclusive: no answer (0.0 s, fence at an unknown position not passed)',
    );
  });
});
