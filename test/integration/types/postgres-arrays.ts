import { ABSENT, typeCase } from './type-case.ts';
import type { TypeCase } from './type-case.ts';

const array = (
  name: string,
  type: string,
  target: string,
  ...values: readonly (readonly [sql: string, postgres: string | null, json: string | null])[]
): TypeCase =>
  typeCase(
    ...([`${name}_array`, `${type}[]`, [`${target}[]`, 'longtext']] as const),
    ...values.map(([sql, postgres, json]) => [sql, [postgres, json]] as const),
  );
/** The literal is as the server writes it. */
const same = (literal: string, json: string) => [`'${literal}'`, literal, json] as const;

export const POSTGRES_ARRAYS: readonly TypeCase[] = [
  array('int', 'integer', 'integer', same('{1,NULL,-3}', '[1,null,-3]'), same('{}', '[]'), [
    'NULL',
    null,
    null,
  ]),
  array('int2', 'smallint', 'smallint', same('{1,-32768}', '[1,-32768]'), same('{}', '[]')),
  array('int8', 'bigint', 'bigint', same('{9007199254740993,-1}', '[9007199254740993,-1]'), same('{}', '[]')),
  array('oid', 'oid', 'bigint', same('{4294967295}', '[4294967295]'), same('{}', '[]')),
  array(
    ...(['text', 'text', 'text'] as const),
    same(
      String.raw`{a,"b \"q\"",NULL,"NULL","","c,d","e\\f","{g}",文}`,
      String.raw`["a","b \"q\"",null,"NULL","","c,d","e\\f","{g}","文"]`,
    ),
    same('{}', '[]'),
  ),
  array('varchar', 'varchar(5)', 'text', same('{ab,c}', '["ab","c"]'), same('{}', '[]')),
  array('char', 'char(3)', 'text', ["'{ab}'", '{"ab "}', '["ab "]'], same('{}', '[]')),
  array('bool', 'boolean', 'boolean', same('{t,f,NULL}', '[true,false,null]'), same('{}', '[]')),
  array('numeric', 'numeric(10,2)', 'numeric(10,2)', same('{1.50,-2.00}', '[1.50,-2.00]'), same('{}', '[]')),
  array(
    'numeric_any',
    'numeric',
    'numeric',
    ["'{1.5,20,1e30}'", `{1.5,20,1${'0'.repeat(30)}}`, `[1.5,20,1${'0'.repeat(30)}]`],
    same('{}', '[]'),
  ),
  array('float4', 'real', 'real', same('{1.5,0.1}', '[1.5,0.1]'), same('{}', '[]')),
  array(
    'float8',
    'double precision',
    'double precision',
    same('{0.1,NaN,Infinity,1e+300}', '[0.1,"NaN","Infinity",1e+300]'),
    same('{}', '[]'),
  ),
  array('date', 'date', 'date', same('{2024-01-01,NULL}', '["2024-01-01",null]'), same('{}', '[]')),
  // The connector reads the first dimension only; a check finds it.
  typeCase(...(['matrix_array', 'integer[][]', ['integer[]', 'longtext']] as const), [
    "'{{1,2},{3,4}}'",
    ['{{1,2},{3,4}}', '[[1,2],[3,4]]'],
    { snapshot: ['{NULL,NULL}', '[null,null]'], stream: ['{NULL,NULL}', '[null,null]'] },
  ]),
  // The connector reads them in milliseconds; a check finds it.
  typeCase(
    ...(['time_array', 'time[]', ['time(6) without time zone[]', 'longtext']] as const),
    [
      "'{12:34:56.000001}'",
      ['{12:34:56.000001}', '["12:34:56.000001"]'],
      { snapshot: ['{12:34:56}', '["12:34:56"]'], stream: ['{12:34:56}', '["12:34:56"]'] },
    ],
    ["'{12:34:56}'", ['{12:34:56}', '["12:34:56"]']],
  ),
  array(
    'timetz',
    'timetz',
    'time with time zone',
    ["'{12:34:56+08}'", '{04:34:56+00}', '["04:34:56+00"]'],
    same('{}', '[]'),
  ),
  array(
    'timestamp',
    'timestamp',
    'timestamp(6) without time zone',
    same('{"2024-01-01 00:00:00.000001"}', '["2024-01-01 00:00:00.000001"]'),
    same('{}', '[]'),
  ),
  array(
    ...(['timestamptz', 'timestamptz', 'timestamp(6) with time zone'] as const),
    [
      `'{"2024-01-01 00:00:00.000001+08"}'`,
      '{"2023-12-31 16:00:00.000001+00"}',
      '["2023-12-31T16:00:00.000001Z"]',
    ],
    same('{}', '[]'),
  ),
  array(
    'uuid',
    'uuid',
    'uuid',
    same('{00112233-4455-6677-8899-aabbccddee00}', '["00112233-4455-6677-8899-aabbccddee00"]'),
    same('{}', '[]'),
  ),
  array(
    'json',
    'json',
    'json',
    [`ARRAY['{"a": 1}', '[2]']::json[]`, String.raw`{"{\"a\": 1}",[2]}`, String.raw`["{\"a\": 1}","[2]"]`],
    same('{}', '[]'),
  ),
  array(
    'jsonb',
    'jsonb',
    'jsonb',
    [
      `ARRAY['{"a": 1}', 'null']::jsonb[]`,
      String.raw`{"{\"a\": 1}","null"}`,
      String.raw`["{\"a\": 1}","null"]`,
    ],
    same('{}', '[]'),
  ),
  array(
    'bytea',
    'bytea',
    'bytea',
    ["ARRAY['\\x00ff'::bytea, NULL]", String.raw`{"\\x00ff",NULL}`, String.raw`["\\x00ff",null]`],
    same('{}', '[]'),
  ),
  array('inet', 'inet', 'inet', same('{10.0.0.1,10.0.0.0/8}', '["10.0.0.1","10.0.0.0/8"]'), same('{}', '[]')),
  array('cidr', 'cidr', 'cidr', same('{10.0.0.0/8}', '["10.0.0.0/8"]'), same('{}', '[]')),
  array(
    'macaddr',
    'macaddr',
    'macaddr',
    same('{08:00:2b:01:02:03}', '["08:00:2b:01:02:03"]'),
    same('{}', '[]'),
  ),
  array(
    'int4range',
    'int4range',
    'int4range',
    same('{"[1,3)",empty}', '["[1,3)","empty"]'),
    same('{}', '[]'),
  ),
  array(
    ...(['tsrange', 'tsrange', 'tsrange'] as const),
    [
      `ARRAY['["2024-01-01 00:00:00","2024-02-01 00:00:00"]']::tsrange[]`,
      String.raw`{"[\"2024-01-01 00:00:00\",\"2024-02-01 00:00:00\"]"}`,
      String.raw`["[\"2024-01-01 00:00:00\",\"2024-02-01 00:00:00\"]"]`,
    ],
    same('{}', '[]'),
  ),
  array('citext', 'citext', 'text', same('{Ab,NULL}', '["Ab",null]'), same('{}', '[]')),
  array(
    'hstore',
    'hstore',
    'json',
    ["ARRAY['a=>1']::hstore[]", String.raw`{"{\"a\":\"1\"}"}`, String.raw`["{\"a\":\"1\"}"]`],
    same('{}', '[]'),
  ),
  array('ltree', 'ltree', 'text', same('{a.b}', '["a.b"]'), same('{}', '[]')),
  array('enum', 'types.mood', 'text', same('{sad,"a,b",高兴}', '["sad","a,b","高兴"]'), same('{}', '[]')),
  array(
    'composite',
    'types.pair',
    'text',
    ["ARRAY[ROW(1,'x')::types.pair]", '{"(1,x)"}', '["(1,x)"]'],
    same('{}', '[]'),
  ),
  // Columns that the connector leaves out; a check finds them.
  ...(
    [
      ['money_array', 'money[]', "'{1.50}'"],
      ['varbit_array', 'varbit[]', "'{101}'"],
      ['interval_array', 'interval[]', "'{1 day}'"],
      ['xml_array', 'xml[]', "'{<a/>}'"],
      ['point_array', 'point[]', `'{"(1,2)"}'`],
    ] as const
  ).map(([name, type, sql]) => typeCase(name, type, ABSENT, [sql, sql, { snapshot: null, stream: null }])),
];
