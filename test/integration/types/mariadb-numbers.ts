import { typeCase } from './type-case.ts';
import type { TypeCase } from './type-case.ts';

const NINES = (digits: number): string => '9'.repeat(digits);
const ONES = '1'.repeat(64);
const ONE = '1'.padStart(64, '0');
const SMALLINT = ['smallint', 'smallint(6)'] as const;
const INTEGER = ['integer', 'int(11)'] as const;
const BIGINT = ['bigint', 'bigint(20)'] as const;
const DECIMAL_20 = ['numeric(20,0)', 'decimal(20,0)'] as const;
const decimal = (digits: string) => [`numeric(${digits})`, `decimal(${digits})`] as const;

export const MARIADB_NUMBERS: readonly TypeCase[] = [
  typeCase('tiny', 'TINYINT', SMALLINT, '-128', '127', ['NULL', null]),
  typeCase('tiny_flag', 'TINYINT(1)', SMALLINT, '-1', '0', '1', '2', '127'),
  typeCase('boolean', 'BOOLEAN', SMALLINT, ['TRUE', '1'], ['FALSE', '0']),
  typeCase('tiny_u', 'TINYINT UNSIGNED', SMALLINT, '255', '0'),
  typeCase('small', 'SMALLINT', SMALLINT, '-32768', '32767'),
  typeCase('small_u', 'SMALLINT UNSIGNED', INTEGER, '65535', '0'),
  typeCase('medium', 'MEDIUMINT', INTEGER, '-8388608', '8388607'),
  typeCase('medium_u', 'MEDIUMINT UNSIGNED', INTEGER, '16777215', '0'),
  typeCase('int_', 'INT', INTEGER, '-2147483648', '2147483647'),
  typeCase('int_u', 'INT UNSIGNED', BIGINT, '4294967295', '0'),
  typeCase('int_zerofill', 'INT(6) ZEROFILL', BIGINT, '42', '0'),
  typeCase('big', 'BIGINT', BIGINT, '-9223372036854775808', '9223372036854775807', '9007199254740993'),
  typeCase('big_u', 'BIGINT UNSIGNED', DECIMAL_20, '18446744073709551615', '9223372036854775808', '0'),
  typeCase('big_default', 'BIGINT UNSIGNED NOT NULL DEFAULT 0', DECIMAL_20, '9223372036854775808', '0'),
  typeCase('decimal_', 'DECIMAL(18,2)', decimal('18,2'), '-9999999999999999.99', '0.00', '-0.01', '1.50'),
  typeCase(
    ...(['decimal_wide', 'DECIMAL(65,30)', decimal('65,30')] as const),
    ...[`${NINES(35)}.${NINES(30)}`, `-${NINES(35)}.${NINES(30)}`],
  ),
  typeCase('decimal_whole', 'DECIMAL(65,0)', decimal('65,0'), NINES(65), `-${NINES(65)}`),
  typeCase('decimal_fine', 'DECIMAL(38,38)', decimal('38,38'), `0.${NINES(38)}`, `0.${'0'.repeat(37)}1`),
  typeCase('decimal_u', 'DECIMAL(8,4) UNSIGNED', decimal('8,4'), '9999.9999', '0.0001'),
  typeCase(
    ...(['float_', 'FLOAT', ['real', 'float']] as const),
    '1.5',
    // A snapshot reads six digits; the log has them all.
    ['16777216', ['1.6777216e+07', '16777216'], { snapshot: ['1.67772e+07', '16777200'] }],
    ['0.1', ['0.1', '0.10000000149011612']],
  ),
  typeCase(
    'float_scaled',
    'FLOAT(7,2)',
    ['real', 'float'],
    ['12345.67', ['12345.67', '12345.669921875']],
    '1.5',
  ),
  typeCase(
    ...(['double_', 'DOUBLE', ['double precision', 'double']] as const),
    '0.1',
    ['1.7976931348623157e308', ['1.7976931348623157e+308', '1.7976931348623157e308']],
    '5e-324',
    '2.2250738585072014e-308',
    ['-0e0', '-0'],
  ),
  typeCase('double_scaled', 'DOUBLE(20,3)', ['double precision', 'double'], '12345678901.125', '0.5'),
  typeCase('bit1', 'BIT(1)', ['boolean', 'tinyint(1)'], ["b'1'", ['t', '1']], ["b'0'", ['f', '0']]),
  typeCase('bit2', 'BIT(2)', 'bit(2)', ["b'10'", '10'], ["b'01'", '01']),
  typeCase('bit9', 'BIT(9)', 'bit(9)', ["b'100000001'", '100000001'], ["b'11'", '000000011']),
  typeCase(
    'bit33',
    'BIT(33)',
    'bit(33)',
    [`b'1${ONE.slice(-32)}'`, `1${ONE.slice(-32)}`],
    ["b'0'", '0'.repeat(33)],
  ),
  typeCase(
    'bit64',
    'BIT(64)',
    'bit(64)',
    [`b'${ONES}'`, ONES],
    ["b'1'", ONE],
    [`b'1${'0'.repeat(63)}'`, `1${'0'.repeat(63)}`],
  ),
  // 0000 in a snapshot stops the connector.
  typeCase('year_', 'YEAR', SMALLINT, '1901', '2155', '2000', ['0', '0', { onlyIn: 'stream' }]),
];
