import fc from 'fast-check';
import type { LogicalType, TableShape } from '../../../schemas/contract/table.ts';
import {
  columnType as mysqlType,
  familyOf,
  keyText,
  limitsOf as mysqlLimits,
  toLiteral,
} from '../../../sinks/mysql/types.ts';
import {
  columnType as postgresType,
  jsonOf,
  limitsOf as postgresLimits,
  toJson,
} from '../../../sinks/postgres/types.ts';
import { canCarry } from '../../../sinks/upsert/carriers.ts';
import { columnOf, shape } from './row-sets.ts';

const BIN = 'utf8mb4_nopad_bin';
const text = `CHARACTER SET utf8mb4 COLLATE ${BIN}`;

const TYPES: readonly (readonly [LogicalType, string, string])[] = [
  [{ kind: 'boolean' }, 'boolean', 'tinyint(1)'],
  [{ kind: 'int', bits: 16 }, 'smallint', 'smallint'],
  [{ kind: 'int', bits: 32 }, 'integer', 'int'],
  [{ kind: 'int', bits: 64 }, 'bigint', 'bigint'],
  [{ kind: 'float', bits: 32 }, 'real', 'float'],
  [{ kind: 'float', bits: 64 }, 'double precision', 'double'],
  [{ kind: 'decimal', precision: 18, scale: 2 }, 'numeric(18,2)', 'decimal(18,2)'],
  [{ kind: 'decimal' }, 'numeric', 'decimal(65,30)'],
  [{ kind: 'decimal', precision: 2, scale: 5 }, 'numeric(2,5)', 'decimal(5,5)'],
  [{ kind: 'decimal', precision: 5, scale: -2 }, 'numeric(5,-2)', 'decimal(7,0)'],
  [{ kind: 'text' }, 'text', `longtext ${text}`],
  [{ kind: 'text', maxLength: 40 }, 'text', `varchar(40) ${text}`],
  [{ kind: 'text', maxLength: 4000 }, 'text', `longtext ${text}`],
  [{ kind: 'enum', values: ['a'] }, 'text', `varchar(255) ${text}`],
  [{ kind: 'json' }, 'json', `longtext ${text}`],
  [{ kind: 'uuid' }, 'uuid', 'char(36) CHARACTER SET ascii COLLATE ascii_bin'],
  [{ kind: 'bytes', maxLength: 16 }, 'bytea', 'longblob'],
  [{ kind: 'bytes' }, 'bytea', 'longblob'],
  [{ kind: 'bits', length: 9 }, 'bit(9)', 'bit(9)'],
  [{ kind: 'bits', length: 70 }, 'bit(70)', `varchar(70) ${text}`],
  [{ kind: 'date' }, 'date', 'date'],
  [{ kind: 'time', fraction: 0, beyondDay: true }, 'interval', 'time(0)'],
  [{ kind: 'text', postgres: 'inet' }, 'inet', `longtext ${text}`],
  [{ kind: 'json', postgres: 'jsonb' }, 'jsonb', `longtext ${text}`],
  [{ kind: 'array', element: { kind: 'int', bits: 32 } }, 'integer[]', `longtext ${text}`],
  [{ kind: 'geometry' }, 'bytea', 'geometry'],
  [{ kind: 'time', fraction: 3 }, 'time(3)', 'time(3)'],
  [{ kind: 'timestamp', fraction: 6 }, 'timestamp(6)', 'datetime(6)'],
  [{ kind: 'instant', fraction: 0 }, 'timestamptz(0)', 'datetime(0)'],
];

describe('types of new columns', () => {
  test.each(TYPES)('%j', (type, postgres, mysql) => {
    expect(postgresType(type)).toBe(postgres);
    expect(mysqlType(shape, 'title', type, BIN)).toBe(mysql);
  });

  test('a decimal beyond what MariaDB has is text, not narrowed', () => {
    const type: LogicalType = { kind: 'decimal', precision: 70, scale: 2 };
    expect(mysqlType(shape, 'title', type, BIN)).toBe(`longtext ${text}`);
    expect(postgresType({ ...type, precision: 2_000 })).toBe('numeric');
  });

  test('keys of text share what an index entry can hold', () => {
    const wide: TableShape = {
      ...shape,
      columns: ['a', 'b', 'c'].map((name) => ({
        name,
        type: { kind: 'text', maxLength: 700 },
        nullable: false,
      })),
      key: ['a', 'b', 'c'],
    };
    const { type } = wide.columns[0]!;
    expect(mysqlType(wide, 'a', type, BIN)).toBe(`varchar(250) ${text}`);
    expect(mysqlType({ ...wide, key: ['a'] }, 'a', type, BIN)).toBe(`varchar(700) ${text}`);
  });
});

describe('limits of existing columns', () => {
  test('numeric modifiers of PostgreSQL', () => {
    const modifier = (precision: number, scale: number) => ((precision << 16) | (scale & 0x7ff)) + 4;
    expect(postgresLimits('numeric', modifier(18, 2))).toEqual({ integerDigits: 16, scale: 2 });
    expect(postgresLimits('numeric', modifier(5, -2))).toEqual({ integerDigits: 7, scale: 0 });
    expect(postgresLimits('numeric', modifier(2, 5))).toEqual({ integerDigits: 0, scale: 5 });
    expect(postgresLimits('numeric', -1)).toEqual({});
    expect(postgresLimits('varchar', 24)).toEqual({ maxLength: 20 });
    expect(postgresLimits('timestamp', -1)).toEqual({ fraction: 6 });
    expect(postgresLimits('timestamptz', 3)).toEqual({ fraction: 3 });
  });

  test('types of MariaDB', () => {
    const declared = { dataType: 'decimal', precision: 18, scale: 2, length: null, fraction: null };
    expect(mysqlLimits(declared)).toEqual({ integerDigits: 16, scale: 2 });
    expect(mysqlLimits({ ...declared, dataType: 'char', length: 9 })).toEqual({
      maxLength: 9,
      losesTrailingSpaces: true,
    });
    expect(familyOf({ ...declared, dataType: 'float', scale: null })).toBe('float');
    expect(familyOf({ ...declared, dataType: 'float' })).toBe('other');
    expect(familyOf({ ...declared, dataType: 'geometry' })).toBe('geometry');
  });

  test('no family carries a value that it would alter', () => {
    expect(canCarry('float', 'decimal')).toBe(false);
    expect(canCarry('float', 'int')).toBe(false);
    expect(canCarry('decimal', 'float')).toBe(false);
    expect(canCarry('instant', 'timestamp')).toBe(false);
    expect(canCarry('timestamp', 'instant')).toBe(false);
    expect(canCarry('date', 'timestamp')).toBe(false);
    expect(canCarry('text', 'bytes')).toBe(false);
    expect(canCarry('datetime', 'instant')).toBe(true);
    expect(canCarry('integer', 'decimal')).toBe(true);
  });
});

describe('cells in statements', () => {
  test('JSON carries what JavaScript numbers cannot', () => {
    expect(
      [9_007_199_254_740_993n, Number.NaN, -0, 1.5, null, true, 'x', new Uint8Array([0, 255])].map(toJson),
    ).toEqual(['9007199254740993', 'NaN', '-0', 1.5, null, true, 'x', '\\x00ff']);
  });

  test('arrays are written as PostgreSQL writes them', () => {
    const json = jsonOf(columnOf('c', { kind: 'array', family: 'array' }));
    expect(json('["a",null,"null","b \\"q\\" \\\\",["x",1,true]]')).toBe(
      '{"a",NULL,"null","b \\"q\\" \\\\",{"x",1,true}}',
    );
    expect(json(null)).toBeNull();
    expect(jsonOf(columnOf('c', { kind: 'array', family: 'json' }))('[1]')).toBe('[1]');
  });

  test('literals of MariaDB', () => {
    const literal = (cell: Parameters<typeof toLiteral>[0], kind: LogicalType['kind'], family = 'other') =>
      toLiteral(cell, columnOf('c', { kind, family: family as never }));
    expect(literal(null, 'text')).toBe('NULL');
    expect(literal(true, 'boolean')).toBe('1');
    expect(literal(-5n, 'int')).toBe('-5');
    expect(literal(-5n, 'int', 'text')).toBe("'-5'");
    expect(literal('1.50', 'decimal', 'decimal')).toBe('1.50');
    expect(literal('1.50', 'decimal', 'text')).toBe("'1.50'");
    expect(literal('1 OR 1=1', 'decimal', 'decimal')).toBe("'1 OR 1=1'");
    expect(literal(1.5, 'float', 'float')).toBe('1.5e0');
    expect(literal(-0, 'float', 'float')).toBe('-0e0');
    expect(literal(1e21, 'float', 'float')).toBe('1e+21');
    expect(literal(new Uint8Array([0, 255]), 'bytes')).toBe("X'00ff'");
    expect(literal('0101', 'bits', 'bits')).toBe("b'0101'");
    expect(literal('0101', 'bits', 'text')).toBe("'0101'");
    expect(literal(Buffer.from('0101000020e6100000aa', 'hex'), 'geometry', 'geometry')).toBe(
      "X'e61000000101000000aa'",
    );
    expect(literal("it's \\ 'x'", 'text')).toBe("'it\\'s \\\\ \\'x\\''");
    expect(literal('2024-01-02T03:04:05.1Z', 'instant', 'datetime')).toBe("'2024-01-02 03:04:05.1'");
    expect(literal('2024-01-02T03:04:05.1Z', 'instant', 'text')).toBe("'2024-01-02T03:04:05.1Z'");
  });

  test('a key is the same text as sent and as read back', () => {
    const key = (kind: LogicalType['kind'], value: unknown) => keyText(value, columnOf('c', { kind }));
    expect(key('int', 7)).toBe(key('int', '007'));
    expect(key('boolean', true)).toBe(key('boolean', 1));
    expect(key('boolean', true)).toBe(key('boolean', Buffer.from([1])));
    expect(key('decimal', '-0.50')).toBe(key('decimal', '-0.5000000000'));
    expect(key('decimal', '007')).toBe(key('decimal', '7.00'));
    expect(key('float', 0.1)).toBe(key('float', '0.1'));
    expect(key('uuid', 'ABCD')).toBe(key('uuid', 'abcd'));
    expect(key('timestamp', '2024-01-01 00:00:00.1')).toBe(key('timestamp', '2024-01-01 00:00:00.100000'));
    expect(key('instant', '2024-01-01T00:00:00Z')).toBe(key('instant', '2024-01-01 00:00:00.000000'));
    expect(key('bytes', new Uint8Array([1]))).toBe(key('bytes', Buffer.from([1])));
    expect(key('text', 'a')).not.toBe(key('text', 'A'));
  });

  test('two decimals have the same key text exactly when they are equal', () => {
    const decimal = fc.tuple(fc.bigInt({ min: -1_000n, max: 1_000n }), fc.integer({ min: 0, max: 4 }));
    const column = columnOf('c', { kind: 'decimal' });
    fc.assert(
      fc.property(decimal, decimal, ([a, scaleA], [b, scaleB]) => {
        const equal = a * 10n ** BigInt(scaleB) === b * 10n ** BigInt(scaleA);
        expect(keyText(written(a, scaleA), column) === keyText(written(b, scaleB), column)).toBe(equal);
      }),
    );
  });
});

function written(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}
