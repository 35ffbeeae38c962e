import { createChecker } from '../../monitoring/consistency/checker.ts';
import type { ConfirmedRow } from '../../monitoring/consistency/checked-route.ts';
import { isCounted } from '../../monitoring/consistency/expected-rows.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { PlannedRow, Repair } from '../../schemas/contract/repair.ts';
import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { newBackfillId } from '../runtime/backfill.ts';
import { refused, repairNamed } from './session.ts';
import type { RepairSession } from './session.ts';
import { standOf, targetRows } from './tables.ts';

export interface PlanWishes {
  /** Labels of source or target tables; undefined for all. */
  readonly tables: readonly string[] | undefined;
  readonly reason: string | null;
  /** So many rows of a table at most. */
  readonly limit: number;
}

export interface RepairPlan {
  readonly report: CheckReport;
  /** Null when no difference was found, or no verdict was possible. */
  readonly repair: Repair | null;
}

/**
 * Looks for every row that is not what the source says, and writes down what would be done. Throws CONFIGURATION_INVALID when
 * there are more than the limit, for tables that nobody knows, and for vouchers.
 */
export async function planRepair(session: RepairSession, wishes: PlanWishes): Promise<RepairPlan> {
  const { route, sink, checkable, by } = session;
  assertNoVouchers(session, wishes.tables ?? []);
  const confirmed: ConfirmedRow[] = [];
  const report = await createChecker({ relookKeys: wishes.limit }).check(checkable, {
    ...{ signal: session.signal, deadlineSeconds: session.timeoutSeconds },
    ...(wishes.tables === undefined ? {} : { tables: wishes.tables }),
    onConfirmed: (row) => confirmed.push(row),
  });
  session.signal.throwIfAborted();
  assertKnown(report);
  assertAll(report, confirmed, wishes.limit);
  if (confirmed.length === 0) return { report, repair: null };
  assertNoVouchers(
    session,
    confirmed.map(({ table }) => table.label),
  );
  const order = { route: route.name, id: newBackfillId() };
  await sink.repairs.plan(
    {
      ...{ ...order, plannedBy: by, reason: wishes.reason, fence: report.fence.position ?? '' },
      mappingVersion: route.mapping.version,
    },
    await plannedRows(session, confirmed),
  );
  return { report, repair: await repairNamed(session, order.id) };
}

async function plannedRows(
  { checkable }: RepairSession,
  confirmed: readonly ConfirmedRow[],
): Promise<readonly PlannedRow[]> {
  const rows: PlannedRow[] = [];
  for (const table of new Set(confirmed.map((row) => row.table))) {
    const mine = confirmed.filter((row) => row.table === table);
    const places = isCounted(table) ? [] : mine.map(({ key }) => key);
    const found = await targetRows(checkable, table, places);
    for (const row of mine) {
      const why =
        untouchable(row) ?? (found.has(row.key) ? null : 'several rows of the target have this key');
      const { kind, columns } = row.look;
      rows.push({
        ...{ number: rows.length + 1, table: table.label, place: row.key, kind },
        key: rowKeyOf(isCounted(table) ? [`row ${row.key}`] : table.digester.keyCells(row.key)),
        columns: kind === 'different' ? columns : [],
        action: kind === 'extra' ? 'delete' : 'read-again',
        sourceTable: row.source?.table.label ?? null,
        sourcePlace: row.source?.key ?? null,
        planned: standOf(found.get(row.key) ?? null),
        ...{ state: why === null ? 'planned' : 'left', explanation: why },
      });
    }
  }
  return rows;
}

/** Why nothing can be done about a row; null when something can. */
function untouchable({ table, look, source }: ConfirmedRow): string | null {
  if (isCounted(table))
    return 'the table has no key: `counterfoil connectors resnapshot` brings its rows anew';
  if (look.code !== null)
    return `the source row breaks its contract (${look.code}): see \`counterfoil dlq list\``;
  if (look.kind !== 'extra')
    return source === null ? 'the source row has come up just now: plan again' : null;
  return table.kept === 'none'
    ? null
    : 'deleted rows are only marked here, and nobody knows when this one was: insert it at the source, and delete it';
}

function assertKnown({ unknownTables }: CheckReport): void {
  if (unknownTables.length > 0)
    throw refused(
      `the route has no table named ${unknownTables.join(' or ')}`,
      'Name a source or target table as namespace.table, as `counterfoil check` does.',
    );
}

/** More differences than were looked at twice are no list of rows to repair. */
function assertAll(report: CheckReport, confirmed: readonly ConfirmedRow[], limit: number): void {
  for (const { table, missing, extra, different } of report.tables) {
    const known = confirmed
      .filter((row) => row.table.label === table)
      .reduce((sum, { look }) => sum + look.rows, 0);
    const all = missing + extra + different;
    if (all > known)
      throw refused(
        `${all.toString()} rows of ${table} differ, and a repair takes ${limit.toString()} of a table at most (--limit)`,
        'So many are no accident of single rows: see its dead letters and who else writes the table, then read it again as a whole (`counterfoil backfill`).',
      );
  }
}

/** Vouchers are no copies of anything: what stands in the books is taken back by a voucher, and never written over. */
function assertNoVouchers({ config, route }: RepairSession, tables: readonly string[]): void {
  const books = config.postings.filter((posting) =>
    config.routes.some(({ name, target }) => name === posting.route && target === route.config.target),
  );
  const table = tables.find((label) => books.some(({ schema }) => tableIdOf(label).namespace === schema));
  if (table === undefined) return;
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    `${tableLabel(tableIdOf(table))} has vouchers: posted is immutable`,
    {
      remedy:
        'Repair the copies that the documents are read from: a document that becomes another is reversed and posted anew by itself (docs/posting.md). A voucher that was altered in the books is not for a repair: see docs/audit.md.',
    },
  );
}
