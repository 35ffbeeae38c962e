import { clockFinding } from '../../../../app/doctor/clocks.ts';
import { worstStatus } from '../../../../app/doctor/doctor.ts';
import { findingsAt, formatFindings } from '../../../../app/doctor/finding.ts';
import type { Status } from '../../../../app/doctor/finding.ts';
import { LOG_RULES, TARGET_RULES } from '../../../../app/doctor/mysql-server.ts';
import { examine } from '../../../../app/doctor/subject.ts';

const find = findingsAt('here');

test.each<[string, number, number, number, number, RegExp | null]>([
  ['the same time', 1_000, 1_005, 1_010, 0, null],
  ['a second that may be the way', 1_000, 2_010, 1_010, 0, null],
  ['ahead', 1_000, 3_510, 1_010, 0, /2\.5 s ahead/],
  ['behind', 10_000, 8_000, 10_010, 0, /2\.0 s behind/],
  ['whole seconds rounded down', 10_900, 10_000, 10_910, 1_000, null],
  ['behind by more than rounding', 12_500, 10_000, 12_510, 1_000, /1\.5 s behind/],
])('a clock: %s', (_, before, there, after, resolution, what) => {
  const finding = clockFinding({ name: 'oa', before, there, after, resolution }, find);
  if (what === null) expect(finding.status).toBe('ok');
  else expect(finding).toMatchObject({ status: 'warning', what: expect.stringMatching(what) as string });
});

test.each([
  ['log_bin', 'ON', 'OFF'],
  ['server_id', '1', '0'],
  ['binlog_format', 'ROW', 'MIXED'],
  ['binlog_row_image', 'FULL', 'MINIMAL'],
  ['binlog_row_value_options', '', 'PARTIAL_JSON'],
  ['binlog_expire_logs_seconds', '864000', '86400'],
  ['binlog_expire_logs_seconds', '0', '1'],
  ['read_only', 'OFF', 'ON'],
  ['max_allowed_packet', '67108864', '1048576'],
])('the setting %s may be %j and not %j', (name, sound, unsound) => {
  const rule = [...LOG_RULES, ...TARGET_RULES].find((each) => each.name === name)!;
  expect([rule.sound(sound), rule.sound(unsound)]).toEqual([true, false]);
});

test.each<[string, Status]>([
  ['ER_ACCESS_DENIED_ERROR', 'error'],
  ['28P01', 'error'],
  ['ECONNREFUSED', 'unknown'],
])('a subject that throws %s is an %s', async (code, status) => {
  const failure = Object.assign(new Error('no'), { code });
  const findings = await examine([
    { where: 'a', look: () => Promise.reject(failure) },
    { where: 'b', look: (at) => Promise.resolve([at.ok('fine')]) },
  ]);
  expect(findings).toMatchObject([
    { where: 'a', status },
    { where: 'b', status: 'ok' },
  ]);
});

test.each<[Status[], Status]>([
  [[], 'ok'],
  [['ok', 'warning'], 'warning'],
  [['unknown', 'warning'], 'unknown'],
  [['unknown', 'error'], 'error'],
])('of %j the worst is %s', (statuses, worst) => {
  expect(worstStatus(statuses.map((status) => ({ status, where: '', what: '', mend: null })))).toBe(worst);
});

test('the text says what is wrong and how to mend it, and what is right when asked', () => {
  const findings = [find.ok('fine'), find.error('broken', 'DO this;\nDO that;')];
  expect(formatFindings(findings, false)).toBe(
    [
      'here: 1 of 2 as they must be',
      '  ✗ broken',
      '      DO this;',
      '      DO that;',
      '1 errors, 0 warnings, 0 not looked at',
    ].join('\n'),
  );
  expect(formatFindings(findings, true)).toContain('  ✓ fine');
});
