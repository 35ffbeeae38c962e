import { UNDECODABLE, typeCase } from './type-case.ts';
import type { Shorthand, TypeCase } from './type-case.ts';

const DATETIME = ['timestamp(0) without time zone', 'datetime'] as const;
const INSTANT = ['timestamp(0) with time zone', 'datetime'] as const;

/** A moment in UTC: as `timestamptz` shows it, and as `datetime` does. */
const moment = (text: string): Shorthand => [`'${text}'`, [`${text}+00`, text]];

export const MARIADB_TIMES: readonly TypeCase[] = [
  typeCase(
    ...(['date_', 'DATE', 'date'] as const),
    ...["'2024-02-29'", "'0001-01-01'", "'0099-12-31'", "'1000-01-01'", "'1582-10-04'", "'1582-10-25'"],
    ...["'1970-01-01'", "'9999-12-31'"],
    // The reform of the calendar hides ten days, and those that followed, from a snapshot.
    ["'1582-10-10'", '1582-10-10'],
    ["'0000-00-00'", null],
    ["'2024-00-00'", null],
    ["'2024-02-00'", null],
    ["'0000-01-01'", null],
  ),
  // The connector makes up a date where NULL is not allowed; a check finds it.
  typeCase(
    ...(['date_nn', 'DATE NOT NULL', 'date'] as const),
    "'1970-01-01'",
    ["'0000-00-00'", '0000-00-00', { snapshot: '1970-01-01', stream: '1970-01-01' }],
    ["'2024-00-10'", '2024-00-10', { snapshot: '1970-01-01', stream: '1970-01-01' }],
  ),
  typeCase(...(['date_default', "DATE NOT NULL DEFAULT '2000-01-01'", 'date'] as const), "'2000-01-01'", [
    "'0000-00-00'",
    '0000-00-00',
    { snapshot: '2000-01-01', stream: '2000-01-01' },
  ]),
  typeCase(
    ...(['datetime_', 'DATETIME', DATETIME] as const),
    ...["'2024-02-29 23:59:59'", "'0001-01-01 00:00:00'", "'1582-10-04 00:00:00'", "'9999-12-31 23:59:59'"],
    ...["'1986-05-04 02:30:00'", "'1991-09-15 01:30:00'", "'1970-01-01 00:00:00'"],
    ["'1582-10-20 00:00:00'", '1582-10-20 00:00:00', { snapshot: UNDECODABLE }],
    ["'0000-00-00 00:00:00'", null],
    ["'2024-00-10 12:00:00'", null],
  ),
  typeCase(
    ...(['datetime3', 'DATETIME(3)', ['timestamp(3) without time zone', 'datetime(3)']] as const),
    ...["'2024-01-01 00:00:00.123'", "'1969-12-31 23:59:59.999'"],
  ),
  typeCase(
    ...(['datetime6', 'DATETIME(6)', ['timestamp(6) without time zone', 'datetime(6)']] as const),
    ...["'2024-01-01 00:00:00.123456'", "'9999-12-31 23:59:59.999999'", "'0001-01-01 00:00:00.000001'"],
    ["'1582-10-10 12:00:00.5'", '1582-10-10 12:00:00.5', { snapshot: UNDECODABLE }],
  ),
  typeCase(...(['datetime_nn', 'DATETIME NOT NULL', DATETIME] as const), "'1970-01-01 00:00:00'", [
    "'0000-00-00 00:00:00'",
    '0000-00-00 00:00:00',
    { snapshot: '1970-01-01 00:00:00', stream: '1970-01-01 00:00:00' },
  ]),
  typeCase(
    ...(['timestamp_', 'TIMESTAMP NULL', INSTANT] as const),
    ...['2024-02-29 12:00:00', '1970-01-01 00:00:01', '2038-01-19 03:14:07'].map(moment),
    // Shanghai put its clocks back at 1991-09-14 15:00 UTC, and forward at 1986-05-03 18:00 UTC.
    ...['1991-09-14 14:30:00', '1991-09-14 15:30:00', '1991-09-14 16:30:00'].map(moment),
    ...['1986-05-03 17:59:59', '1986-05-03 18:00:00', '1990-07-01 12:00:00'].map(moment),
    ["'0000-00-00 00:00:00'", null],
  ),
  typeCase(
    ...(['timestamp6', 'TIMESTAMP(6) NULL', ['timestamp(6) with time zone', 'datetime(6)']] as const),
    ...['2024-02-29 12:00:00.000001', '1988-07-01 12:00:00.999999'].map(moment),
  ),
  typeCase(
    ...(['timestamp_nn', "TIMESTAMP NOT NULL DEFAULT '2001-01-01 00:00:00'", INSTANT] as const),
    moment('2024-02-29 12:00:00'),
    ["'0000-00-00 00:00:00'", UNDECODABLE, { snapshot: ['2001-01-01 00:00:00+00', '2001-01-01 00:00:00'] }],
  ),
  typeCase(
    ...(['time_', 'TIME', ['interval', 'time']] as const),
    ...["'00:00:00'", "'23:59:59'", "'24:00:00'", "'25:30:00'", "'838:59:59'", "'-838:59:59'", "'-00:00:01'"],
  ),
  typeCase('time3', 'TIME(3)', ['interval', 'time(3)'], "'12:34:56.789'", "'-01:00:00.001'"),
  typeCase(
    ...(['time6', 'TIME(6)', ['interval', 'time(6)']] as const),
    ...[
      "'12:34:56.000001'",
      "'838:59:59.999999'",
      "'-838:59:59.999999'",
      "'-00:00:00.000001'",
      "'-12:00:00.5'",
    ],
  ),
];
