import { typeCase } from './type-case.ts';
import type { TypeCase } from './type-case.ts';

const LONG = 'longtext';
const TEXT = ['text', LONG] as const;
/** A type that a PostgreSQL target keeps. */
const own = (name: string, ...values: readonly string[]): TypeCase =>
  typeCase(`${name}_`, name, [name, LONG], ...values.map((value) => `'${value}'`));

export const POSTGRES_TEXTS: readonly TypeCase[] = [
  typeCase(
    'char_',
    'char(5)',
    ['text', 'varchar(5)'],
    ["'ab'", 'ab   '],
    ["''", '     '],
    ["'𠮷'", '𠮷    '],
  ),
  typeCase('varchar_', 'varchar(20)', ['text', 'varchar(20)'], "'ab  '", "''", "'𠮷䶮🍜'"),
  typeCase('text_', 'text', TEXT, "''", "'文'", ["E'a\\\\b\\n'", 'a\\b\n'], ['NULL', null]),
  typeCase('name_', 'name', TEXT, "'pg_class'", "'x'"),
  typeCase('internal_char', '"char"', ['text', 'varchar(1)'], "'x'", "'y'"),
  typeCase('text_default', "text DEFAULT 'none'", TEXT, ['NULL', null], "'none'"),
  typeCase('bytea_', 'bytea', ['bytea', 'longblob'], ["'\\x00ff'", ['\\x00ff', '00FF']], ["''", ['\\x', '']]),
  typeCase(
    'uuid_',
    'uuid',
    ['uuid', 'char(36)'],
    "'00112233-4455-6677-8899-aabbccddee00'",
    "'00000000-0000-0000-0000-000000000000'",
  ),
  typeCase(
    'json_',
    'json',
    ['json', LONG],
    `'{"z": 1, "a": 9007199254740993.10, "a" : null}'`,
    "'[1e400]'",
    "'null'",
  ),
  typeCase(
    ...(['jsonb_', 'jsonb', ['jsonb', LONG]] as const),
    [`'{"z": 1, "a": 9007199254740993.10}'`, '{"a": 9007199254740993.10, "z": 1}'],
    ["'[1e400]'", `[1${'0'.repeat(400)}]`],
  ),
  // The declaration of an XML document does not arrive.
  typeCase(...(['xml_', 'xml', ['xml', LONG]] as const), '\'<a b="1">文</a>\'', [
    `'<?xml version="1.0" encoding="UTF-8"?><a/>'`,
    '<a/>',
  ]),
  own('inet', '192.168.0.1', '192.168.0.1/24', '::1', '2001:db8::/32'),
  own('cidr', '192.168.0.0/24', '2001:db8::/32'),
  own('macaddr', '08:00:2b:01:02:03', '00:00:00:00:00:00'),
  own('macaddr8', '08:00:2b:01:02:03:04:05', '00:00:00:00:00:00:00:00'),
  own('point', '(1.5,-2)', '(Infinity,NaN)', '(0.1,1e+300)', '(1e-05,123456789012345)'),
  own('line', '{1,-1,0}', '{0.5,-1,1e-07}'),
  own('lseg', '[(0,0),(1,1)]', '[(0.5,0),(1e+15,1)]'),
  own('box', '(1,1),(0,0)', '(1.5,1),(0,-0.25)'),
  own('path', '((0,0),(1,1))', '[(0,0),(1,1)]'),
  own('polygon', '((0,0),(1,1),(1,0))', '((0,0),(1,1.25),(1,0))'),
  own('circle', '<(0,0),1.5>', '<(1,0),2>'),
  typeCase(
    'tsvector_',
    'tsvector',
    ['tsvector', LONG],
    ["'a:1A fat:2B,4C cat:5D'", "'a':1A 'cat':5 'fat':2B,4C"],
    ["$$'it''s':1$$", "'it''s':1"],
  ),
  typeCase(
    'tsquery_',
    'tsquery',
    ['tsquery', LONG],
    ["'fat & (rat | cat)'", "'fat' & ( 'rat' | 'cat' )"],
    ["'x'", "'x'"],
  ),
  typeCase('jsonpath_', 'jsonpath', ['jsonpath', LONG], ["'$.a'", '$."a"'], ["'$.b'", '$."b"']),
  own('pg_lsn', '16/B374D848', '0/0'),
  own('pg_snapshot', '10:20:10,14,15', '1:1:'),
  own('xid8', '42', '18446744073709551615'),
  typeCase('regclass_', 'regclass', TEXT, "'pg_class'", "'pg_type'"),
  own('int4range', '[1,10)', 'empty', '(,)', '[5,)'),
  own('int8range', '[1,9007199254740993)', 'empty'),
  own('numrange', '(1.50,2.5]', '[1,2]'),
  own('daterange', '[2024-01-01,2024-02-01)', '[2024-01-01,infinity)'),
  own('tsrange', '["2024-01-01 00:00:00","2024-02-01 00:00:00.5"]', 'empty'),
  typeCase(
    ...(['tstzrange_', 'tstzrange', ['tstzrange', LONG]] as const),
    [
      `'["2024-01-01 00:00:00+00","2024-02-01 00:00:00+08"]'`,
      '["2024-01-01 00:00:00+00","2024-01-31 16:00:00+00"]',
    ],
    "'empty'",
  ),
  own('int4multirange', '{[1,3),[5,7)}', '{}'),
];

/** Whose types the source database has. */
export const SOURCE_EXTENSIONS = ['hstore', 'citext', 'ltree', 'isn', 'cube'] as const;

/** Run once in the source database before the tables are made. */
export const POSTGRES_SETUP = `
  ${SOURCE_EXTENSIONS.map((extension) => `CREATE EXTENSION ${extension};`).join(' ')}
  CREATE TYPE types.mood AS ENUM ('sad', 'it''s', 'a,b', '高兴');
  CREATE TYPE types.pair AS (a int, b text);
  CREATE TYPE types.floatrange AS RANGE (subtype = float8);
  CREATE DOMAIN types.postcode AS varchar(6) CHECK (value ~ '^[0-9]+$');
  CREATE DOMAIN types.nested AS types.postcode;
  CREATE DOMAIN types.amount AS numeric(18,2);
  CREATE DOMAIN types.blob AS bytea;
  CREATE DOMAIN types.numbers AS int[];`;

/** Types of extensions and of users: a target need not have them. */
export const POSTGRES_USER_TYPES: readonly TypeCase[] = [
  typeCase('citext_', 'citext', TEXT, "'AbC'", "'abc'"),
  typeCase(
    ...(['hstore_', 'hstore', ['json', LONG]] as const),
    [
      String.raw`'a=>1, b=>NULL, "it''s \"q\" \\"=>"x,y => z"'`,
      String.raw`{"a":"1","b":null,"it's \"q\" \\":"x,y => z"}`,
    ],
    ["''", '{}'],
    ["'文=>字'", '{"文":"字"}'],
  ),
  typeCase('ltree_', 'ltree', TEXT, "'top.child'", "'a'"),
  typeCase('isbn_', 'isbn', TEXT, "'0-393-04002-X'", "'0-901690-54-6'"),
  typeCase('cube_', 'cube', TEXT, ["'(1,2,3)'", '(1, 2, 3)'], ["'(1,2,4)'", '(1, 2, 4)']),
  typeCase('floatrange_', 'types.floatrange', TEXT, "'[1.5,2.5)'", "'empty'"),
  typeCase('enum_', 'types.mood', ['text', 'varchar(255)'], "'sad'", "'it''s'", "'a,b'", "'高兴'"),
  typeCase(
    'composite_',
    'types.pair',
    TEXT,
    [`ROW(1, 'x "y", z')`, '(1,"x ""y"", z")'],
    ["ROW(NULL, '')", '(,"")'],
  ),
  typeCase('domain_text', 'types.postcode', TEXT, "'012345'", "'1'"),
  typeCase('domain_nested', 'types.nested', TEXT, "'012345'", "'1'"),
  typeCase('domain_numeric', 'types.amount', ['numeric(18,2)', 'decimal(18,2)'], '1.50', '-0.01'),
  typeCase(
    'domain_array',
    'types.numbers',
    ['integer[]', LONG],
    ["'{1,2}'", ['{1,2}', '[1,2]']],
    ["'{}'", ['{}', '[]']],
  ),
  // Bytes of a type that a user has named are taken for text; a check finds it.
  typeCase('domain_bytea', 'types.blob', TEXT, [
    "'\\x6162'",
    ['\\x6162', '6162'],
    { snapshot: 'ab', stream: 'ab' },
  ]),
  // The log does not carry what the server computes; a check finds it.
  typeCase(
    ...(['generated_', "text GENERATED ALWAYS AS (CASE WHEN id > 0 THEN 'n' END) STORED", TEXT] as const),
    ['DEFAULT', 'n', { stream: null }],
  ),
];
