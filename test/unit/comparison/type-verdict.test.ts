import { judge } from '../../comparison/type-verdict.ts';
import type { Form, Verdict } from '../../comparison/type-verdict.ts';

type Case = readonly [
  type: string,
  wanted: string | null,
  system: 'mariadb' | 'postgres',
  target: string,
  shown: string | null,
];

function verdictOn(from: 'mariadb' | 'postgres', [type, wanted, system, target, shown]: Case): Verdict {
  return judge({ system: from, type }, wanted, { system, type: target }, shown);
}

const SAME_FROM_MARIADB: readonly Case[] = [
  ['decimal(18,2)', '1.50', 'postgres', 'numeric', '1.5'],
  ['decimal(65,0)', '9'.repeat(65), 'postgres', 'numeric', `${'9'.repeat(65)}.000`],
  ['float', '16777216', 'postgres', 'real', '1.6777216e+07'],
  ['float', '0.10000000149011612', 'postgres', 'double precision', '0.1'],
  ['bit(1)', '1', 'postgres', 'boolean', 't'],
  ['bit(9)', '11', 'postgres', 'bit(9)', '000000011'],
  ['time', '838:59:59', 'postgres', 'interval', '34 days 22:59:59'],
  ['time(6)', '-00:00:00.000001', 'postgres', 'interval', '-00:00:00.000001'],
  ['timestamp', '2024-02-29 12:00:00', 'postgres', 'timestamp(6) with time zone', '2024-02-29 12:00:00+00'],
  ['datetime(3)', '2024-01-01 00:00:00.120', 'mariadb', 'datetime(6)', '2024-01-01 00:00:00.120000'],
  ['blob', '00FF', 'postgres', 'bytea', '\\x00ff'],
  ['varchar(20)', null, 'mariadb', 'longtext', null],
];

const SAME_FROM_POSTGRES: readonly Case[] = [
  ['money', '-$12.30', 'mariadb', 'decimal(65,30)', '-12.300000000000000000000000000000'],
  [
    'timestamp with time zone',
    '2024-02-29 15:59:59.5+00',
    'mariadb',
    'datetime(6)',
    '2024-02-29 15:59:59.500000',
  ],
  ['time with time zone', '12:00:00+08', 'postgres', 'time with time zone', '04:00:00+00'],
  ['interval[]', '["1 day"]', 'postgres', 'interval[]', '["1 day"]'],
  ['numeric[]', '[1.50,null]', 'mariadb', 'longtext', '[1.5, null]'],
];

test.each(SAME_FROM_MARIADB)('from MariaDB, %s %s is right as %s %s %s', (...each) => {
  expect(verdictOn('mariadb', each).is).toBe('right');
});

test.each(SAME_FROM_POSTGRES)('from PostgreSQL, %s %s is right as %s %s %s', (...each) => {
  expect(verdictOn('postgres', each).is).toBe('right');
});

test.each<[form: Form, each: Case]>([
  ['text', ['interval', '1 year 2 mons -3 days +04:05:06.789', 'mariadb', 'longtext', 'P1Y2M-3DT4H5M6.789S']],
  ['bytes', ['line', '{1,-1,0}', 'postgres', 'bytea', `\\x${Buffer.from('{1.0,-1.0,0.0}').toString('hex')}`]],
  ['own', ['point', '(1.5,-2)', 'mariadb', 'point', '0;0101000000000000000000F83F00000000000000C0']],
  [
    'text',
    ['jsonb', '{"a": 9007199254740993.10, "z": 1}', 'mariadb', 'longtext', '{"z":1,"a":9007199254740993.1}'],
  ],
  ['own', ['hstore', '"a"=>"1", "b"=>NULL', 'postgres', 'json', '{"b":null,"a":"1"}']],
  ['own', ['hstore', '', 'postgres', 'jsonb', '{}']],
])('is right as %s: %s', (form, each) => {
  expect(verdictOn('postgres', each)).toEqual({ is: 'right', form });
});

const OTHER: readonly Case[] = [
  ['int(11)', '1', 'postgres', 'integer', '10'],
  ['decimal(20,0)', '18446744073709551615', 'postgres', 'numeric', '18446744073709551616'],
  ['date', '0000-00-00', 'postgres', 'date', null],
  ['time', '24:00:00', 'postgres', 'time without time zone', '00:00:00'],
  ['datetime', '1582-10-04 00:00:00', 'postgres', 'timestamp', '1582-10-14 00:00:00'],
  [
    'point',
    '4326;0101000000000000000000F83F00000000000000C0',
    'mariadb',
    'point',
    '0;0101000000000000000000F83F00000000000000C0',
  ],
  ['varchar(20)', 'ab  ', 'postgres', 'text', 'ab'],
];

test.each(OTHER)('from MariaDB, %s %s is wrong as %s %s %s', (...each) => {
  expect(verdictOn('mariadb', each)).toEqual({ is: 'wrong', shown: each[4] });
});
