import type { MessageShape } from '../../../schemas/contract/message.ts';
import type { Column, LogicalType, TableShape } from '../../../schemas/contract/table.ts';
import type { WholeDocument } from '../../../schemas/feed/document.ts';

/** What the source has: each claim says what its lines come to, and how many they are. */
export const SOURCE_TABLES = [
  `CREATE TABLE claim (id bigint PRIMARY KEY, total decimal(18,2) NOT NULL, line_count int NOT NULL, title varchar(50))`,
  `CREATE TABLE line (id bigint PRIMARY KEY AUTO_INCREMENT, claim_id bigint NOT NULL, line_no int NOT NULL, amount decimal(18,2) NOT NULL)`,
];

const money = (cents: number) => (cents / 100).toFixed(2);

/** As an OA saves: all lines are deleted and written anew, in one transaction with their header. */
export function saving(claim: number, cents: readonly number[]): string {
  const lines = cents.map((amount, at) => `(${claim}, ${at + 1}, ${money(amount)})`);
  const total = money(cents.reduce((sum, amount) => sum + amount, 0));
  return [
    'START TRANSACTION',
    `DELETE FROM line WHERE claim_id = ${claim}`,
    `REPLACE INTO claim VALUES (${claim}, ${total}, ${cents.length}, 'saved')`,
    ...(lines.length === 0
      ? []
      : [`INSERT INTO line (claim_id, line_no, amount) VALUES ${lines.join(', ')}`]),
    'COMMIT',
  ].join('; ');
}

const long: LogicalType = { kind: 'int', bits: 64 };
const int: LogicalType = { kind: 'int', bits: 32 };
const amount: LogicalType = { kind: 'decimal', precision: 18, scale: 2 };

function column(name: string, type: LogicalType, nullable = false): Column {
  return { name, type, nullable };
}

function shapeOf(table: TableShape): MessageShape {
  return { table, version: '1', about: `A ${table.id.name}.`, columns: {}, nested: {} };
}

/** A claim with its lines, in the tables that a mirror has made in a schema of the target. */
export function claimIn(namespace: string): WholeDocument {
  const root: TableShape = {
    id: { namespace, name: 'claim' },
    columns: [
      ...[column('id', long), column('total', amount), column('line_count', int)],
      column('title', { kind: 'text' }, true),
    ],
    key: ['id'],
  };
  const table: TableShape = {
    id: { namespace, name: 'line' },
    columns: [
      ...[column('id', long), column('claim_id', long), column('line_no', int)],
      column('amount', amount),
    ],
    key: ['id'],
  };
  return {
    name: 'claim',
    shape: {
      ...shapeOf({ ...root, id: { namespace: 'documents', name: 'claim_document' } }),
      nested: { lines: shapeOf(table) },
    },
    root,
    balance: null,
    nested: [
      { part: 'lines', as: 'lines', table, by: ['claim_id'], where: {}, order: ['line_no', 'id'], with: {} },
    ],
  };
}
