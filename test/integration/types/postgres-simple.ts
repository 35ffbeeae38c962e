import { REJECTED, UNDECODABLE, UNSUPPORTED, typeCase } from './type-case.ts';
import type { Expected, Shorthand, TypeCase } from './type-case.ts';

const NINES = (digits: number): string => '9'.repeat(digits);
const LONG = 'longtext';
const own = (type: string) => [type, LONG] as const;
const ANY_NUMERIC = ['numeric', 'decimal(65,30)'] as const;
const onlyPostgres = (text: string): Shorthand => [`'${text}'`, [text, REJECTED]];
const bits = (text: string): Shorthand => [`B'${text}'`, text];

export const POSTGRES_NUMBERS: readonly TypeCase[] = [
  typeCase(
    'bool_',
    'boolean',
    ['boolean', 'tinyint(1)'],
    ['true', ['t', '1']],
    ['false', ['f', '0']],
    ['NULL', null],
  ),
  typeCase('int2_', 'smallint', ['smallint', 'smallint(6)'], '-32768', '32767'),
  typeCase('int4_', 'integer', ['integer', 'int(11)'], '-2147483648', '2147483647'),
  typeCase('int8_', 'bigint', ['bigint', 'bigint(20)'], '-9223372036854775808', '9007199254740993'),
  typeCase('oid_', 'oid', ['bigint', 'bigint(20)'], '4294967295', '0'),
  typeCase(
    'numeric_',
    'numeric(18,2)',
    ['numeric(18,2)', 'decimal(18,2)'],
    '-9999999999999999.99',
    '0.00',
    '-0.01',
  ),
  typeCase(
    ...(['numeric_any', 'numeric', ANY_NUMERIC] as const),
    '1.5',
    ['1e20', '100000000000000000000'],
    `0.${'0'.repeat(29)}1`,
    [NINES(36), [NINES(36), REJECTED]],
    [`0.${NINES(31)}`, [`0.${NINES(31)}`, REJECTED]],
    ['1e1000', [`1${'0'.repeat(1000)}`, REJECTED]],
    ['1e-1000', [`0.${'0'.repeat(999)}1`, REJECTED]],
  ),
  typeCase('numeric_1000', 'numeric(1000,500)', own('numeric(1000,500)'), `${NINES(500)}.${NINES(500)}`, [
    '0',
    `0.${'0'.repeat(500)}`,
  ]),
  typeCase('numeric_negative', 'numeric(5,-2)', ['numeric(5,-2)', 'decimal(7,0)'], '1234500', '-9999900'),
  typeCase(
    ...(['float4_', 'real', ['real', 'float']] as const),
    '1.5',
    ['16777216', ['1.6777216e+07', '16777216']],
    ...['NaN', 'Infinity', '-Infinity'].map(onlyPostgres),
    ["'-0'", '-0'],
  ),
  typeCase(
    ...(['float8_', 'double precision', ['double precision', 'double']] as const),
    '0.1',
    ["'1.7976931348623157e308'", ['1.7976931348623157e+308', '1.7976931348623157e308']],
    "'5e-324'",
    ...['NaN', 'Infinity', '-Infinity'].map(onlyPostgres),
    ["'-0'", '-0'],
  ),
  typeCase(
    ...(['money_', 'money', ANY_NUMERIC] as const),
    ["'-12.30'", ['-12.30', '-12.3']],
    ["'9999999999999.99'", '9999999999999.99'],
    // A snapshot reads money as a double.
    ["'92233720368547758.07'", '92233720368547758.07', { snapshot: UNDECODABLE }],
    ["'-92233720368547758.08'", '-92233720368547758.08', { snapshot: UNDECODABLE }],
  ),
  typeCase('bit1', 'bit(1)', ['boolean', 'tinyint(1)'], ["B'1'", ['t', '1']], ["B'0'", ['f', '0']]),
  typeCase('bit3', 'bit(3)', 'bit(3)', bits('001'), bits('110')),
  typeCase('bit64', 'bit(64)', 'bit(64)', bits('1'.repeat(64)), bits('1'.padStart(64, '0'))),
  typeCase('bit70', 'bit(70)', ['bit(70)', 'varchar(70)'], bits(`1${'0'.repeat(68)}1`), bits('0'.repeat(70))),
  // Of bit strings of varying length the connector does not say the length.
  typeCase('varbit_', 'bit varying', own('bit varying'), ["B'0001'", UNSUPPORTED]),
  typeCase('varbit9', 'bit varying(9)', own('bit varying'), ["B'0001'", UNSUPPORTED]),
];

const date = (text: string, snapshot: Expected = text): Shorthand => [
  `'${text}'`,
  [text, REJECTED],
  snapshot === text ? {} : { snapshot },
];
const ancient = (text: string, mariadb: Expected = text.replace(/\+00$/, '')): Shorthand => [
  `'${text}'`,
  [text, mariadb],
];
const TIMESTAMP = ['timestamp(6) without time zone', 'datetime(6)'] as const;
const INSTANT = ['timestamp(6) with time zone', 'datetime(6)'] as const;

export const POSTGRES_TIMES: readonly TypeCase[] = [
  typeCase(
    ...(['date_', 'date', 'date'] as const),
    ...["'2024-02-29'", "'0001-01-01'", "'1500-02-28'", "'1582-10-04'", "'9999-12-31'"],
    ["'1582-10-10'", '1582-10-10', { snapshot: UNDECODABLE }],
    ...[date('10000-01-01'), date('5874897-12-31'), date('infinity'), date('-infinity')],
    // A snapshot loses the era; a check finds it.
    ["'0044-03-15 BC'", ['0044-03-15 BC', REJECTED], { snapshot: '0044-03-15' }],
    ["'0001-12-31 BC'", ['0001-12-31 BC', REJECTED], { snapshot: '0001-12-31' }],
    ["'4713-01-01 BC'", ['4713-01-01 BC', REJECTED], { snapshot: '4713-01-01' }],
  ),
  typeCase(
    'time_',
    'time',
    ['time(6) without time zone', 'time(6)'],
    "'00:00:00'",
    "'23:59:59.999999'",
    "'24:00:00'",
  ),
  typeCase('time3', 'time(3)', ['time(3) without time zone', 'time(3)'], "'12:34:56.789'", "'24:00:00'"),
  // The moment arrives, not the zone.
  typeCase(
    ...(['timetz_', 'timetz', own('time with time zone')] as const),
    ["'12:00:00+08'", '04:00:00+00'],
    ["'23:59:59.999999-05:30'", '05:29:59.999999+00'],
    ["'24:00:00+00'", '00:00:00+00'],
    ["'01:00:00+08'", '17:00:00+00'],
  ),
  typeCase(
    ...(['timestamp_', 'timestamp', TIMESTAMP] as const),
    ...["'2024-02-29 23:59:59.999999'", "'0001-01-01 00:00:00'", "'1500-02-28 12:00:00'"],
    "'9999-12-31 23:59:59.999999'",
    ["'1582-10-10 12:00:00'", '1582-10-10 12:00:00', { snapshot: UNDECODABLE }],
    ...['10000-01-01 00:00:00', '294246-12-31 23:59:59', '0044-03-15 12:00:00 BC'].map(onlyPostgres),
    ...['4713-01-01 00:00:00 BC', 'infinity', '-infinity'].map(onlyPostgres),
    // Microseconds from 1970 on end in the year 294247.
    ["'294276-12-31 23:59:59.999999'", UNDECODABLE],
  ),
  typeCase(
    ...(['timestamp3', 'timestamp(3)', ['timestamp(3) without time zone', 'datetime(3)']] as const),
    ...["'2024-02-29 23:59:59.999'", "'0001-01-01 00:00:00'"],
    ...['294276-12-31 23:59:59.999', '0044-03-15 12:00:00 BC', 'infinity', '-infinity'].map(onlyPostgres),
  ),
  typeCase(
    ...(['timestamptz_', 'timestamptz', INSTANT] as const),
    ["'2024-02-29 23:59:59.999999+08'", ['2024-02-29 15:59:59.999999+00', '2024-02-29 15:59:59.999999']],
    ...['1581-06-15 12:00:00+00', '0001-01-01 00:00:00+00', '1991-09-14 16:30:00+00'].map((text) =>
      ancient(text),
    ),
    ["'1901-01-01 00:00:00+08'", ['1900-12-31 16:00:00+00', '1900-12-31 16:00:00']],
    ["'0001-01-01 00:00:00+08'", ['0001-12-31 16:00:00+00 BC', REJECTED]],
    ancient('9999-12-31 23:59:59.999999+00'),
    ...['10000-01-01 00:00:00+00', '294276-12-31 23:59:59.999999+00'].map(onlyPostgres),
    ...['0044-03-15 12:00:00+00 BC', 'infinity', '-infinity'].map(onlyPostgres),
  ),
  typeCase(
    ...(['timestamptz3', 'timestamptz(3)', ['timestamp(3) with time zone', 'datetime(3)']] as const),
    ancient('2024-02-29 23:59:59.999+00'),
    onlyPostgres('infinity'),
  ),
  typeCase(
    ...(['interval_', 'interval', own('interval')] as const),
    ["'1 year 2 mons -3 days 04:05:06.789'", ['1 year 2 mons -3 days +04:05:06.789', 'P1Y2M-3DT4H5M6.789S']],
    ["'-1 year -2 mons'", ['-1 years -2 mons', 'P-1Y-2M']],
    ["'0'", ['00:00:00', 'PT0S']],
    ["'1 day -00:00:00.000001'", ['1 day -00:00:00.000001', 'P1DT-0.000001S']],
    ["'25:00:00'", ['25:00:00', 'PT25H']],
    ["'-00:00:01.5'", ['-00:00:01.5', 'PT-1.5S']],
    ["'178000000 years'", ['178000000 years', 'P178000000Y']],
    ["'100000:59:59.123456'", ['100000:59:59.123456', 'PT100000H59M59.123456S']],
    ["'14 mons'", ['1 year 2 mons', 'P1Y2M']],
    ["'-1 mons 1 day'", ['-1 mons +1 day', 'P-1M1D']],
  ),
  typeCase(
    'interval_ym',
    'interval year to month',
    own('interval'),
    ["'1 year 2 mons'", ['1 year 2 mons', 'P1Y2M']],
    ["'1 mon'", ['1 mon', 'P1M']],
  ),
];
