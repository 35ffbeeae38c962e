import type { AuditReport } from '../../../monitoring/audit/report.ts';
import type { ChainHead } from '../../../schemas/contract/chain.ts';
import type { Row } from '../../../schemas/contract/cell.ts';
import type { Sink } from '../../../schemas/contract/ports.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import type { SinkOptions } from '../../../sinks/upsert/options.ts';
import { auditOf } from '../../support/audited.ts';
import type { DatabaseAddress } from '../../support/databases.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

/** One table, what was written to it, and who audits it; a namespace of its own keeps others' entries out. */
export interface Journaled {
  readonly shape: TableShape;
  readonly sink: Sink;
  readonly partition: Partition;
  readonly namespace: string;
  readonly table: string;
  readonly entries: string;
  /** `anchored`: heads that were put down outside; `as`: who reads, the administrator by default. */
  readonly audit: (options?: {
    readonly anchored?: readonly ChainHead[];
    readonly as?: Partial<DatabaseAddress>;
  }) => Promise<AuditReport>;
}

export async function journaled(
  subject: Subject,
  options: Pick<SinkOptions, 'journal'> = {},
): Promise<Journaled> {
  const { database } = subject;
  const namespace = database.reserveNamespace('journal');
  const sink = await subject.readySink({ namespace, ...options });
  const shape = subject.claims('sealed');
  return {
    ...{ shape, sink, namespace, table: subject.sql(shape) },
    partition: await Partition.claimed(sink, uniqueName('topic')),
    entries: `${database.quote(namespace)}.${database.quote('journal_entry')}`,
    audit: async ({ anchored, as } = {}) =>
      auditOf(
        { dialect: database.dialect, address: { ...database.address, ...as } },
        namespace,
        anchored ?? (await sink.journalHeads()),
      ),
  };
}

export function row(id: number, title = 'a'): Row {
  return { id: BigInt(id), title, amount: '1.50' };
}

/** Writes rows, each with its version, in one batch. */
export async function write(
  { sink, partition, shape }: Pick<Journaled, 'sink' | 'partition' | 'shape'>,
  ...rows: readonly (readonly [Row, number])[]
) {
  return sink.apply(
    partition.batch({ upserts: [upserts(shape, ...rows.map(([each, at]) => [each, v(at)] as const))] }),
  );
}
