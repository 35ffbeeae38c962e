import type { LogicalType } from '../../../schemas/contract/table.ts';

/** A column as information_schema describes it. */
export interface MysqlColumn {
  readonly name: string;
  readonly nullable: boolean;
  /** Lower case, without arguments: `bigint`. */
  readonly dataType: string;
  /** As SQL spells it: `bigint(20) unsigned`. */
  readonly columnType: string;
  readonly maxLength: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly fraction: number | null;
}

/** Width of signed integers, and of unsigned ones: those need one bit more. */
const INTEGERS: Readonly<Record<string, readonly [signed: 16 | 32 | 64, unsigned: 16 | 32 | 64 | null]>> = {
  tinyint: [16, 16],
  smallint: [16, 32],
  mediumint: [32, 32],
  int: [32, 64],
  bigint: [64, null],
};

/** The type that captured events give this column. */
export function mysqlType(column: MysqlColumn): LogicalType {
  const { dataType, columnType } = column;
  const integer = INTEGERS[dataType];
  if (integer !== undefined) {
    const bits = columnType.includes('unsigned') ? integer[1] : integer[0];
    return bits === null ? { kind: 'decimal', precision: 20, scale: 0 } : { kind: 'int', bits };
  }
  switch (dataType) {
    case 'bit':
      return bitType(column.precision ?? 1);
    case 'year':
      return { kind: 'int', bits: 16 };
    case 'float':
      return { kind: 'float', bits: 32 };
    case 'double':
      return { kind: 'float', bits: 64 };
    case 'decimal':
      return { kind: 'decimal', precision: column.precision ?? 10, scale: column.scale ?? 0 };
    case 'char':
    case 'varchar':
      return { kind: 'text', ...(column.maxLength === null ? {} : { maxLength: column.maxLength }) };
    case 'enum':
      return { kind: 'enum', values: enumLabels(columnType) };
    case 'json':
      return { kind: 'json' };
    case 'uuid':
      return { kind: 'uuid' };
    case 'binary':
    case 'varbinary':
      return { kind: 'bytes', ...(column.maxLength === null ? {} : { maxLength: column.maxLength }) };
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return { kind: 'bytes' };
    case 'date':
      return { kind: 'date' };
    case 'time':
      return { kind: 'time', fraction: column.fraction ?? 0, beyondDay: true };
    case 'datetime':
      return { kind: 'timestamp', fraction: column.fraction ?? 0 };
    case 'timestamp':
      return { kind: 'instant', fraction: column.fraction ?? 0 };
    case 'geometry':
    case 'point':
    case 'linestring':
    case 'polygon':
    case 'multipoint':
    case 'multilinestring':
    case 'multipolygon':
    case 'geometrycollection':
    case 'geomcollection':
      return { kind: 'geometry' };
    default:
      // MariaDB's JSON is among them: a LONGTEXT with a check, and a text to its connector.
      return { kind: 'text' };
  }
}

function bitType(length: number): LogicalType {
  return length === 1 ? { kind: 'boolean' } : { kind: 'bits', length };
}

/** `enum('a','it''s')` */
function enumLabels(columnType: string): readonly string[] {
  return [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = '']) => label.replaceAll("''", "'"));
}

/** What to select so that the text that comes is the text of the wanted type. */
export function mysqlExpression(column: MysqlColumn, wanted: LogicalType, quotedName: string): string {
  if (mysqlType(column).kind === 'geometry') return extendedBinary(quotedName);
  switch (column.dataType) {
    // As text a FLOAT has six digits; as a double it has them all. As text, because the driver computes doubles inexactly.
    case 'float':
    case 'double':
      return `CAST(${quotedName} + 0e0 AS CHAR)`;
    case 'bit':
      return wanted.kind === 'bits' ? `BIN(${quotedName} + 0)` : `${quotedName} + 0`;
    default:
      return quotedName;
  }
}

/**
 * Extended well-known binary of a geometry, which is kept as four bytes of SRID and then little-endian well-known binary:
 * the SRID goes behind the type, whose highest byte says that there is one.
 */
function extendedBinary(quotedName: string): string {
  const kept = `UNHEX(HEX(${quotedName}))`;
  const flag = `CHAR(ORD(SUBSTR(${kept}, 9, 1)) | 32)`;
  return `IF(SUBSTR(${kept}, 1, 4) = X'00000000', SUBSTR(${kept}, 5),
    CONCAT(SUBSTR(${kept}, 5, 4), ${flag}, SUBSTR(${kept}, 1, 4), SUBSTR(${kept}, 10)))`;
}
