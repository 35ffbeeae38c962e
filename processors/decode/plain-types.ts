import { asIs, rule } from './column-rule.ts';
import type { ColumnRule } from './column-rule.ts';
import type { ColumnFacts } from './column-facts.ts';

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
      () => asIs,
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
      () => ({ kind: 'float', bits: 64 }),
      () => asIs,
    ),
  ],
  [
    'string',
    rule(
      'string',
      (facts) => ({ kind: 'text', ...maxLength(facts, LIMITED_TEXT) }),
      () => asIs,
    ),
  ],
  [
    'bytes',
    rule(
      'bytes',
      (facts) => ({ kind: 'bytes', ...maxLength(facts, LIMITED_BYTES) }),
      () => asIs,
    ),
  ],
]);

function maxLength(facts: ColumnFacts, limited: ReadonlySet<string>): { maxLength?: number } {
  const { sourceType, length } = facts;
  if (sourceType === null || length === null || length === 0 || length === NO_LIMIT) return {};
  return limited.has(sourceType) ? { maxLength: length } : {};
}
