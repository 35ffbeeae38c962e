import type { VersionedClear } from '../../schemas/contract/ports.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { RowSet, WithheldAt, WriteOutcome } from '../upsert/database.ts';
import { elementAt, pick } from '../upsert/row-sets.ts';
import { TargetError } from '../upsert/target-error.ts';
import { reasonToWithhold } from '../upsert/withholding.ts';
import type { Session } from './connection.ts';
import type { Gates } from './gates.ts';
import {
  addStatement,
  clearStatement,
  deleteStatement,
  holdingsStatement,
  removeStatement,
  updateStatement,
  upsertStatement,
} from './statements.ts';
import type { SetStatement } from './statements.ts';
import type { Staging } from './staging.ts';
import type { Tombstones } from './tombstones.ts';

export interface WriteContext {
  readonly session: Session;
  readonly gates: Gates;
  readonly tombstones: Tombstones;
  readonly staging: Staging;
}

/** Writes one set of rows under the version guard. */
export function writeSet(context: WriteContext, set: RowSet): Promise<WriteOutcome> {
  switch (set.kind) {
    case 'delete':
      return deleteRows(context, set);
    case 'update':
      return updateRows(context, set);
    case 'upsert':
      return upsertRows(context, set);
    case 'add':
      return addRows(context, set);
    case 'remove':
      return removeRows(context, set);
    default:
      return unreachable(set.kind);
  }
}

async function addRows({ session }: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { sql, values } = addStatement(set);
  await session.run(sql, values, `add rows to ${tableLabel(set.target.shape.id)}`);
  return { withheld: [], missing: [] };
}

async function removeRows({ session }: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { sql, values } = removeStatement(set);
  const removed = await session.run<{ k: string }>(
    sql,
    values,
    `remove rows of ${tableLabel(set.target.shape.id)}`,
  );
  const found = new Map<string, number>();
  for (const { k } of removed) found.set(k, (found.get(k) ?? 0) + 1);
  const missing = set.keys.flatMap((key, at) => {
    const count = found.get(key) ?? 0;
    if (count > elementAt(set.counts, at)) throw changedMeanwhile(set);
    return count < elementAt(set.counts, at) ? [at] : [];
  });
  return { withheld: [], missing };
}

/** Nobody inserts meanwhile: an older row that comes later finds the record of it. */
export async function clearTable(
  { session, gates, tombstones }: WriteContext,
  clear: VersionedClear,
  exists: boolean,
): Promise<void> {
  await gates.own(clear.table);
  await tombstones.buryAll(session, clear.table, clear.version);
  if (!exists) return;
  const { sql, values } = clearStatement(clear);
  await session.run(sql, values, `clear ${tableLabel(clear.table)}`);
}

async function upsertRows(context: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { session, gates, tombstones, staging } = context;
  await gates.share(set.target.shape.id);
  const staged = await staging.bring(set);
  const unwritten = await run(session, set, upsertStatement(set, tombstones.table, staged));
  const { withheld, free } = await judge(context, set, unwritten);
  if (free.length > 0) throw changedMeanwhile(set);
  await tombstones.settle(session, without(set, unwritten));
  return { withheld, missing: [] };
}

async function updateRows(context: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { session, gates, tombstones } = context;
  const unwritten = await run(session, set, updateStatement(set, tombstones.table));
  const first = await judge(context, set, unwritten);
  if (first.free.length === 0) return { withheld: first.withheld, missing: [] };
  // Nothing was found that keeps these out: the row is missing, or was just being inserted. Now nobody inserts.
  await gates.own(set.target.shape.id);
  const rest = pick(set, first.free);
  const still = await run(session, rest, updateStatement(rest, tombstones.table));
  const second = await judge(context, rest, still);
  if (second.free.some((at) => second.present.has(at))) throw changedMeanwhile(set);
  const original = (at: number) => elementAt(first.free, at);
  return {
    withheld: [...first.withheld, ...second.withheld.map((each) => ({ ...each, at: original(each.at) }))],
    missing: second.free.map(original),
  };
}

async function deleteRows(context: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { session, gates, tombstones } = context;
  let withheld: readonly WithheldAt[] = [];
  const undeleted = await run(session, set, deleteStatement(set));
  if (undeleted.length > 0) {
    await gates.own(set.target.shape.id);
    const rest = pick(set, undeleted);
    const still = await run(session, rest, deleteStatement(rest));
    const judged = await judge(context, rest, still);
    if (judged.free.some((at) => judged.present.has(at))) throw changedMeanwhile(set);
    withheld = judged.withheld.map((each) => ({ ...each, at: elementAt(undeleted, each.at) }));
  }
  const kept = new Set(withheld.map(({ at }) => at));
  await tombstones.bury(session, without(set, [...kept]));
  return { withheld, missing: [] };
}

async function run(session: Session, set: RowSet, { sql, values }: SetStatement): Promise<number[]> {
  const label = tableLabel(set.target.shape.id);
  const rows = await session.run<{ i: number }>(sql, values, `${set.kind} rows of ${label}`);
  return rows.map(({ i }) => i).sort((a, b) => a - b);
}

interface Judgement {
  readonly withheld: readonly WithheldAt[];
  /** Rows that nothing in the target keeps out. */
  readonly free: readonly number[];
  /** Rows that the target has. */
  readonly present: ReadonlySet<number>;
}

/** Finds out why rows were not written. */
async function judge(
  { session, tombstones }: WriteContext,
  set: RowSet,
  indexes: readonly number[],
): Promise<Judgement> {
  const withheld: WithheldAt[] = [];
  const free: number[] = [];
  const present = new Set<number>();
  if (indexes.length === 0) return { withheld, free, present };
  const asked = keysOnly(pick(set, indexes));
  const { sql, values } = holdingsStatement(asked, tombstones.table);
  const holdings = await session.run<{
    i: number;
    present: boolean;
    row: Version | null;
    tombstone: Version | null;
  }>(sql, values, `read the versions of ${tableLabel(set.target.shape.id)}`);
  for (const holding of holdings) {
    const at = elementAt(indexes, holding.i);
    if (holding.present) present.add(at);
    const reason = reasonToWithhold(elementAt(set.versions, at), holding.row, holding.tombstone);
    if (reason === null) free.push(at);
    else withheld.push({ at, reason });
  }
  free.sort((a, b) => a - b);
  withheld.sort((a, b) => a.at - b.at);
  return { withheld, free, present };
}

/** The keys and versions of the rows. */
export function keysOnly(set: RowSet): RowSet {
  return {
    ...set,
    columns: set.target.key,
    keyAt: set.target.key.map((_, at) => at),
    rows: set.rows.map((row) => set.keyAt.map((at) => elementAt(row, at))),
  };
}

function without(set: RowSet, indexes: readonly number[]): RowSet {
  if (indexes.length === 0) return set;
  const left = new Set(indexes);
  return pick(
    set,
    set.rows.map((_, at) => at).filter((at) => !left.has(at)),
  );
}

function changedMeanwhile(set: RowSet): TargetError {
  const label = tableLabel(set.target.shape.id);
  return new TargetError('TARGET_CONFLICT', `rows of ${label} were changed by another transaction meanwhile`);
}
