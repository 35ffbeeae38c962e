import type { DocumentKind } from '../../schemas/posting/document.ts';
import type { Decision, Subject } from '../../schemas/posting/store.ts';
import type { Session } from '../postgres/connection.ts';
import type { BookTables } from './definitions.ts';
import { writeVouchers } from './vouchers.ts';

/** A document, and what was decided about it. */
export interface Decided {
  readonly subject: Subject;
  readonly decision: Decision;
}

/**
 * Posts the vouchers, writes down where each document stands, and takes it off the list of those to be looked at. Returns the
 * numbers of the vouchers.
 */
export async function writeDecisions(
  session: Session,
  tables: BookTables,
  kind: DocumentKind,
  decided: readonly Decided[],
): Promise<readonly string[]> {
  if (decided.length === 0) return [];
  const vouchers = decided.flatMap(({ decision: { plan } }) =>
    plan.kind === 'actions' ? plan.actions.map(({ voucher }) => voucher) : [],
  );
  const numbers = await writeVouchers(session, tables, vouchers);
  const rows = decided.map(standingRow);
  // The number, period and revision of the voucher that stands are those that the database knows of.
  await session.run(
    `INSERT INTO ${tables.document} AS known (document_kind, document_id, document_no, state, reason, version, seen_version,
       voucher_no, revision, period)
     SELECT $1, given.id, given.number, given.state, given.reason, given.version, given.seen, live.voucher_no,
       coalesce((SELECT max(revision) FROM ${tables.voucher} v WHERE v.document_kind = $1 AND v.document_id = given.id), 0),
       (SELECT period FROM ${tables.voucher} v WHERE v.voucher_no = live.voucher_no)
     FROM jsonb_to_recordset($2::jsonb) AS given (id text, number text, state text, reason text, version text, seen text)
       LEFT JOIN ${tables.live} live ON live.document_kind = $1 AND live.document_id = given.id
     ON CONFLICT (document_kind, document_id) DO UPDATE SET document_no = coalesce(excluded.document_no, known.document_no),
       state = excluded.state, reason = excluded.reason, version = coalesce(excluded.version, known.version),
       seen_version = excluded.seen_version, voucher_no = excluded.voucher_no, revision = excluded.revision,
       period = excluded.period, changed_at = now()
     WHERE (known.state, known.reason, known.version, known.seen_version, known.voucher_no, known.revision, known.period,
         coalesce(excluded.document_no, known.document_no)) IS DISTINCT FROM (excluded.state, excluded.reason,
         coalesce(excluded.version, known.version), excluded.seen_version, excluded.voucher_no, excluded.revision,
         excluded.period, known.document_no)`,
    [kind, JSON.stringify(rows)],
    'write where documents stand',
  );
  await session.run(
    `DELETE FROM ${tables.pending} WHERE ledger = $3 AND document_kind = $1 AND document_id = ANY($2::text[])`,
    [kind, decided.map(({ subject }) => subject.id), tables.ledger],
    'take documents off the list',
  );
  return numbers;
}

function standingRow({ subject, decision }: Decided) {
  const { plan, number, state, reason } = decision;
  const settled = plan.kind === 'actions' || plan.kind === 'nothing';
  return {
    ...{ id: subject.id, number, state, reason, seen: subject.version },
    // What waits or was refused leaves the books where they were.
    version: settled ? subject.version : null,
  };
}
