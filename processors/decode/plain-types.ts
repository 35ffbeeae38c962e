import type { LogicalType } from '../../schemas/contract/table.ts';
import { asIs, checked, rule } from './column-rule.ts';
import type { ColumnRule } from './column-rule.ts';
import type { ColumnFacts } from './column-facts.ts';
import { isOpaque, opaqueText, textOf } from './postgres-text.ts';

/** PostgreSQL's way of saying "without a limit". */
const NO_LIMIT = 2_147_483_647;

const LIMITED_TEXT: ReadonlySet<string> = new Set(['CHAR', 'VARCHAR', 'NCHAR', 'NVARCHAR', 'BPCHAR']);
const LIMITED_BYTES: ReadonlySet<string> = new Set(['BINARY', 'VARBINARY']);

/** Columns that Connect gives no name: the Avro type says it all. */
export const PLAIN_TYPES: ReadonlyMap<string, ColumnRule> = new Map([
  [
    'boolean',
    rule(
      'boolean',
      () => ({ kind: 'boolean' }),
      () => asIs,
    ),
  ],
  [
    'int',
    rule(
      'int',
      (facts) => ({ kind: 'int', bits: facts.connectType === null ? 32 : 16 }),
      () => asIs,
    ),
  ],
  [
    'long',
    rule(
      'long',
      () => ({ kind: 'int', bits: 64 }),
      () => BigInt,
    ),
  ],
  [
    'float',
    rule(
      'float',
      () => ({ kind: 'float', bits: 32 }),
      () => asIs,
    ),
  ],
  [
    'double',
    rule(
      'double',
      (facts) => ({ kind: 'float', bits: isSingle(facts) ? 32 : 64 }),
      () => asIs,
    ),
  ],
  [
    'string',
    rule(
      'string',
      (facts) => ({ ...textOf(facts), ...maxLength(facts, LIMITED_TEXT) }),
      () => asIs,
    ),
  ],
  ['bytes', rule('bytes', bytesType, bytesReader)],
]);

/** FLOAT(7,2) of MariaDB and MySQL is a single, which the connector sends as a double. */
function isSingle({ connector, sourceType, scale }: ColumnFacts): boolean {
  return connector !== 'postgresql' && sourceType?.startsWith('FLOAT') === true && scale !== null;
}

function bytesType(facts: ColumnFacts): LogicalType {
  if (isOpaque(facts)) return textOf(facts);
  return { kind: 'bytes', ...maxLength(facts, LIMITED_BYTES) };
}

function bytesReader(facts: ColumnFacts): (value: Buffer) => Buffer | string {
  return isOpaque(facts) ? checked(facts, 'text in UTF-8', opaqueText(facts)) : asIs;
}

function maxLength(facts: ColumnFacts, limited: ReadonlySet<string>): { maxLength?: number } {
  const { sourceType, length } = facts;
  if (sourceType === null || length === null || length === 0 || length === NO_LIMIT) return {};
  return limited.has(sourceType) ? { maxLength: length } : {};
}
