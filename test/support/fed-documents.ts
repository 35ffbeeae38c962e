import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { Cell, Row } from '../../schemas/contract/cell.ts';
import type { MessageShape } from '../../schemas/contract/message.ts';
import type { Claim, Sink } from '../../schemas/contract/ports.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { LogicalType, TableShape } from '../../schemas/contract/table.ts';
import type { WholeDocument } from '../../schemas/feed/document.ts';
import { reduceChanges } from '../../processors/reduce/reduce.ts';

/** A change of one row, as a route maps it; a delete has no row. */
export interface RowChange {
  readonly table: TableShape;
  readonly id: bigint;
  readonly row: Row | null;
  readonly version: Version;
}

function table(name: string, columns: Readonly<Record<string, LogicalType>>): TableShape {
  const described = Object.entries(columns).map(([column, type]) => ({
    ...{ name: column, type },
    nullable: column !== 'id',
  }));
  return { id: { namespace: 'ap', name }, columns: described, key: ['id'] };
}

const bigint: LogicalType = { kind: 'int', bits: 64 };
const money: LogicalType = { kind: 'decimal', precision: 18, scale: 2 };

export const claims = table('claim', { id: bigint, total: money, title: { kind: 'text' } });
export const lines = table('line', {
  ...{ id: bigint, claim_id: bigint, line_no: { kind: 'int', bits: 32 }, amount: money },
});
export const approvals = table('approval', { id: bigint, of_kind: { kind: 'text' }, of_id: bigint });

const shapeOf = (of: TableShape): MessageShape => ({
  table: of,
  version: '1',
  about: '',
  columns: {},
  nested: {},
});

/** A claim with its lines, and its approvals out of a table of those of all documents. */
export const CLAIM: WholeDocument = {
  name: 'claim',
  shape: {
    ...shapeOf({ ...claims, id: { namespace: 'documents', name: 'claim' } }),
    nested: { lines: shapeOf(lines), approvals: shapeOf(approvals) },
  },
  root: claims,
  balance: null,
  nested: [
    {
      part: 'lines',
      as: 'lines',
      table: lines,
      by: ['claim_id'],
      where: {},
      order: ['line_no', 'id'],
      with: {},
    },
    {
      part: 'approvals',
      as: 'approvals',
      table: approvals,
      by: ['of_id'],
      where: { of_kind: 'claim' },
      order: ['id'],
      with: {},
    },
  ],
};

/** What a partition of a route brings, applied as the pipeline would. */
export class AppliedPartition {
  #next = 0;

  private constructor(
    private readonly sink: Sink,
    private readonly claim: Claim,
  ) {}

  static async open(sink: Sink, route: string, topic: string): Promise<AppliedPartition> {
    const [claim] = await sink.claim(route, [{ topic, partition: 0 }]);
    if (claim === undefined) throw new Error('nothing was claimed');
    return new AppliedPartition(sink, claim);
  }

  /** One batch; without changes it is a heartbeat. */
  async apply(changes: readonly RowChange[], newest: Version): Promise<void> {
    const reduced = reduceChanges(
      changes.map((change, event) => ({
        event,
        change: { ...targetChange(change), version: change.version },
      })),
    );
    const first = this.#next;
    this.#next += changes.length + 1;
    for (const { table: of } of changes) await this.sink.ensureTable(of);
    await this.sink.apply({
      ...{
        mappingVersion: '1',
        clears: [],
        occurrences: [],
        upserts: reduced.upserts,
        deletes: reduced.deletes,
      },
      passed: reduced.passed,
      ...{ claim: this.claim, first: offsetOf(first), next: offsetOf(this.#next) },
      ...{ sourceVersion: newest, sourceTime: null, recordTime: null, watermark: null },
      ...{ letters: [], freed: [] },
    });
  }
}

function targetChange({ table: of, id, row }: RowChange) {
  const key = rowKeyOf([id]);
  const keyCells: readonly Cell[] = [id];
  return row === null
    ? ({ kind: 'delete', table: of, key, keyCells } as const)
    : ({ kind: 'upsert', table: of, key, cells: { ...row, id } } as const);
}
