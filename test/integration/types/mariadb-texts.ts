import { REJECTED, UNDECODABLE, typeCase } from './type-case.ts';
import type { TypeCase } from './type-case.ts';

const LONG = ['text', 'longtext'] as const;
const VARCHAR = (length: number) => ['text', `varchar(${length})`] as const;
const BYTES = ['bytea', 'longblob'] as const;
const GEOMETRY = ['bytea', 'geometry'] as const;
const bytes = (hex: string) => [`X'${hex}'`, [`\\x${hex}`, hex.toUpperCase()]] as const;

const CHARSETS: Readonly<Record<string, string>> = {
  ...{
    gbk: '报销单龘镕',
    gb2312: '报销单',
    big5: '發票國語',
    ucs2: '报销单',
    utf16: '𠮷龘',
    utf16le: '𠮷龘',
  },
  ...{ utf32: '𠮷龘🍜', utf8mb3: '报销', eucjpms: '経費', sjis: '経費', ujis: '経費', euckr: '경비' },
  ...{
    latin1: 'é€ÿ',
    latin2: 'łódź',
    latin5: 'ğış',
    latin7: 'ąčę',
    ascii: 'abc',
    greek: 'Ωμ',
    hebrew: 'שלום',
  },
  ...{ cp1250: 'łódź', cp1251: 'Ёж', cp1256: 'سلام', cp1257: 'ąčę', cp850: 'é', cp852: 'ł', cp866: 'Ёж' },
  ...{ koi8r: 'Ёж', tis620: 'ไทย', macroman: 'é', dec8: 'é', swe7: 'a', macce: 'č' },
};

export const MARIADB_TEXTS: readonly TypeCase[] = [
  typeCase('char_', 'CHAR(10)', VARCHAR(10), ["'ab  '", 'ab'], "''", "'𠮷䶮🍜'", ['NULL', null]),
  typeCase(
    ...(['varchar_', 'VARCHAR(200)', VARCHAR(200)] as const),
    ...["'ab  '", "''", "'𠮷䶮🍜'", "'NULL'", "'__debezium_unavailable_value'"],
    ["'it''s \\\\ \"q\"'", 'it\'s \\ "q"'],
    ["CONCAT('a', CHAR(0), 'b')", [REJECTED, 'a\0b']],
  ),
  typeCase('varchar_default', "VARCHAR(20) DEFAULT 'none'", VARCHAR(20), ['NULL', null], "'none'"),
  typeCase('varchar_long', 'VARCHAR(4000)', LONG, ["REPEAT('字', 4000)", '字'.repeat(4000)], "'x'"),
  typeCase('tinytext_', 'TINYTEXT', LONG, "'文'", "''"),
  typeCase('text_', 'TEXT', LONG, "'文'", "''"),
  typeCase('mediumtext_', 'MEDIUMTEXT', LONG, ["REPEAT('文', 100000)", '文'.repeat(100_000)], "'x'"),
  typeCase('longtext_', 'LONGTEXT', LONG, "'文'", "''"),
  ...Object.entries(CHARSETS).map(([charset, text]) =>
    typeCase(`charset_${charset}`, `VARCHAR(40) CHARACTER SET ${charset}`, VARCHAR(40), `'${text}'`, "'a'"),
  ),
  typeCase(
    ...(['charset_cp932', 'VARCHAR(40) CHARACTER SET cp932', VARCHAR(40)] as const),
    // From the log the connector does not read this one; a check finds it.
    ["'経費'", '経費', { stream: '\ufffdo\ufffd\ufffd' }],
    "'a'",
  ),
  typeCase('text_gbk', 'TEXT CHARACTER SET gbk', LONG, "'报销单龘镕'", "'a'"),
  typeCase('enum_gbk', "ENUM('借','贷') CHARACTER SET gbk", VARCHAR(255), "'贷'", "'借'"),
  typeCase(
    'enum_',
    "ENUM('draft','a,b','it''s','草稿')",
    VARCHAR(255),
    "'draft'",
    "'a,b'",
    "'it''s'",
    "'草稿'",
    "''",
    ['NULL', null],
  ),
  typeCase('set_', "SET('x','y','工')", LONG, "'x,工'", "''", "'x,y,工'"),
  typeCase('json_', 'JSON', LONG, `'{"z": 1, "a": 9007199254740993.10, "a": null}'`, "'[1e400]'", "'null'"),
  typeCase(
    'binary_',
    'BINARY(4)',
    BYTES,
    ["X'00ff'", ['\\x00ff0000', '00FF0000']],
    bytes('00000000'),
    bytes('20202020'),
  ),
  typeCase('varbinary_', 'VARBINARY(10)', BYTES, bytes('00ff00'), bytes('')),
  typeCase('tinyblob_', 'TINYBLOB', BYTES, bytes('00ff'), bytes('')),
  typeCase('blob_', 'BLOB', BYTES, bytes('00ff'), bytes('')),
  typeCase('mediumblob_', 'MEDIUMBLOB', BYTES, bytes('00ff'.repeat(40_000)), bytes('01')),
  typeCase('longblob_', 'LONGBLOB', BYTES, bytes('00ff'), bytes('')),
  typeCase(
    ...(['uuid_', 'UUID', ['uuid', 'char(36)']] as const),
    ...["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"],
    ...['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a00', '00112233-4455-6677-8899-aabbccddeeff'].map(
      (uuid) => [`'${uuid}'`, uuid, { stream: UNDECODABLE }] as const,
    ),
  ),
  typeCase(
    ...(['point_', 'POINT', GEOMETRY] as const),
    [
      "ST_GeomFromText('POINT(1.5 -2)', 4326)",
      ['\\x0101000020e6100000000000000000f83f00000000000000c0', '4326;POINT(1.5 -2)'],
    ],
    [
      "ST_GeomFromText('POINT(1.5 -2)')",
      ['\\x0101000000000000000000f83f00000000000000c0', '0;POINT(1.5 -2)'],
    ],
    ['NULL', null],
  ),
  ...(
    [
      ['geometry_', 'GEOMETRY', 'LINESTRING(1 1,0 0)', '010200000002000000' + doubles(1, 1, 0, 0)],
      ['linestring_', 'LINESTRING', 'LINESTRING(1 1,0 0)', '010200000002000000' + doubles(1, 1, 0, 0)],
      [
        'polygon_',
        'POLYGON',
        'POLYGON((0 0,1 0,1 1,0 0))',
        '01030000000100000004000000' + doubles(0, 0, 1, 0, 1, 1, 0, 0),
      ],
      ['multipoint_', 'MULTIPOINT', 'MULTIPOINT(1 0)', '0104000000010000000101000000' + doubles(1, 0)],
      [
        'multiline_',
        'MULTILINESTRING',
        'MULTILINESTRING((1 1,0 0))',
        '010500000001000000010200000002000000' + doubles(1, 1, 0, 0),
      ],
      [
        'multipolygon_',
        'MULTIPOLYGON',
        'MULTIPOLYGON(((0 0,1 0,1 1,0 0)))',
        '01060000000100000001030000000100000004000000' + doubles(0, 0, 1, 0, 1, 1, 0, 0),
      ],
      [
        'collection_',
        'GEOMETRYCOLLECTION',
        'GEOMETRYCOLLECTION(POINT(1 0))',
        '0107000000010000000101000000' + doubles(1, 0),
      ],
    ] as const
  ).map(([name, type, text, wkb]) =>
    typeCase(
      name,
      type,
      GEOMETRY,
      [`ST_GeomFromText('${text}')`, [`\\x${wkb}`, `0;${text}`]],
      ['NULL', null],
    ),
  ),
  typeCase('generated_stored', "VARCHAR(20) AS (IF(id > 0, 'n', 'm')) STORED", VARCHAR(20), ['DEFAULT', 'n']),
  typeCase('generated_virtual', "VARCHAR(20) AS (IF(id > 0, 'n', 'm')) VIRTUAL", VARCHAR(20), [
    'DEFAULT',
    'n',
  ]),
  typeCase('invisible', 'INT INVISIBLE', ['integer', 'int(11)'], '7', '8'),
];

/** Little-endian doubles in hex. */
function doubles(...numbers: readonly number[]): string {
  const buffer = Buffer.alloc(numbers.length * 8);
  numbers.forEach((number, at) => buffer.writeDoubleLE(number, at * 8));
  return buffer.toString('hex');
}
