import type { VersionedClear } from '../../schemas/contract/ports.ts';
import { versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { RowSet, UniqueIndex, WithheldAt, WriteOutcome } from '../upsert/database.ts';
import { elementAt, pick } from '../upsert/row-sets.ts';
import { TargetError } from '../upsert/target-error.ts';
import { newerOf, reasonToWithhold } from '../upsert/withholding.ts';
import type { Session } from './connection.ts';
import {
  addStatement,
  clearStatement,
  countStatement,
  deleteStatement,
  insertStatement,
  lockStatement,
  overwriteStatement,
  removeSomeStatement,
  removeStatement,
  updateStatement,
} from './statements.ts';
import type { Tombstones } from './tombstones.ts';
import { keyText } from './types.ts';

export interface WriteContext {
  readonly session: Session;
  readonly tombstones: Tombstones;
}

/**
 * Writes one set of rows under the version guard. Versions are read first, with locks, because the number of affected
 * rows does not tell which rows a guard inside the statement kept out. Rows that are absent cannot be locked; there,
 * whoever inserts looks for tombstones after the insert, and whoever deletes writes the tombstone before it looks for
 * the row, both with reads that wait for the other: so one of the two always sees the other.
 */
export function writeSet(context: WriteContext, set: RowSet): Promise<WriteOutcome> {
  switch (set.kind) {
    case 'delete':
      return deleteRows(context, set);
    case 'update':
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

async function addRows({ session, tombstones }: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { id } = set.target.shape;
  await session.run(addStatement(set), `add rows to ${tableLabel(id)}`);
  // `<` where rows with keys have `<=`: those of a snapshot have the version of the clear that began it.
  const cleared = await tombstones.ofTable(session, id);
  if (cleared !== null && set.versions.some((version) => version < cleared))
    throw changedMeanwhile(tableLabel(id));
  return { withheld: [], missing: [] };
}

/** Rows of which as many are to go as there are go in one statement; of others that many each. */
async function removeRows({ session }: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { id } = set.target.shape;
  const doing = `remove rows of ${tableLabel(id)}`;
  const held = new Map(
    (await session.arrays(countStatement(set), doing)).map(([key, count]) => [String(key), Number(count)]),
  );
  const all: number[] = [];
  const missing: number[] = [];
  for (const [at, key] of set.keys.entries()) {
    const count = elementAt(set.counts, at);
    const found = held.get(key) ?? 0;
    if (found === count) all.push(at);
    else if (found < count) missing.push(at);
    else await expectAffected(session, removeSomeStatement(id, key, count), count, doing);
  }
  const rows = all.reduce((sum, at) => sum + elementAt(set.counts, at), 0);
  if (all.length > 0) await expectAffected(session, removeStatement(pick(set, all)), rows, doing);
  return { withheld: [], missing };
}

async function expectAffected(
  session: Session,
  statement: string,
  expected: number,
  doing: string,
): Promise<void> {
  const affected = await session.run(statement, doing);
  if (affected !== expected) throw notAsExpected(doing, affected, expected);
}

/** The record comes first: whoever inserts an older row meanwhile looks for it afterwards, and waits for this. */
export async function clearTable(
  { session, tombstones }: WriteContext,
  clear: VersionedClear,
  exists: boolean,
): Promise<void> {
  await tombstones.buryAll(session, clear.table, clear.version);
  if (exists) await session.run(clearStatement(clear), `clear ${tableLabel(clear.table)}`);
}

async function upsertRows(context: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const { session, tombstones } = context;
  const stored = await lockVersions(session, set);
  // A row with a version has no tombstone.
  const asked = indexesOf(set).filter((at) => (stored.get(at) ?? null) === null);
  const { buried, cleared } = await tombstonesOf(context, set, asked);
  const withheld: WithheldAt[] = [];
  const inserts: number[] = [];
  const overwrites: number[] = [];
  for (const at of indexesOf(set)) {
    const reason = reasonToWithhold(
      elementAt(set.versions, at),
      stored.get(at) ?? null,
      newerOf(buried.get(at) ?? null, cleared),
    );
    if (reason !== null) withheld.push({ at, reason });
    else if (stored.has(at)) overwrites.push(at);
    else inserts.push(at);
  }
  if (overwrites.length > 0) {
    await overwrite(session, pick(set, overwrites));
    // only rows that others wrote, without a version, can have one
    const outdated = overwrites.filter((at) => buried.has(at));
    await tombstones.remove(session, pick(set, outdated));
  }
  if (set.kind === 'update') return { withheld, missing: inserts };
  if (inserts.length > 0) await insert(context, pick(set, inserts));
  return { withheld, missing: [] };
}

async function tombstonesOf(
  { session, tombstones }: WriteContext,
  set: RowSet,
  asked: readonly number[],
): Promise<{ readonly buried: ReadonlyMap<number, Version>; readonly cleared: Version | null }> {
  if (asked.length === 0 || !(await tombstones.mayExist(session, set)))
    return { buried: new Map(), cleared: null };
  const found = await tombstones.find(session, pick(set, asked));
  return {
    buried: new Map([...found].map(([at, version]) => [elementAt(asked, at), version])),
    cleared: await tombstones.ofTable(session, set.target.shape.id),
  };
}

async function insert({ session, tombstones }: WriteContext, set: RowSet): Promise<void> {
  const label = tableLabel(set.target.shape.id);
  try {
    await session.run(insertStatement(set), `insert rows into ${label}`);
  } catch (error) {
    throw isIdentityTaken(error, set) ? changedMeanwhile(label) : error;
  }
  const found = await tombstones.find(session, set);
  const cleared = await tombstones.ofTable(session, set.target.shape.id);
  for (const at of indexesOf(set)) {
    const buried = newerOf(found.get(at) ?? null, cleared);
    if (reasonToWithhold(elementAt(set.versions, at), null, buried) !== null) throw changedMeanwhile(label);
  }
  await tombstones.remove(session, pick(set, [...found.keys()]));
}

async function overwrite(session: Session, set: RowSet): Promise<void> {
  const { identity, hasOtherUnique, shape } = set.target;
  const doing = `overwrite rows of ${tableLabel(shape.id)}`;
  if (set.kind === 'upsert' && (identity?.primary === true || !hasOtherUnique)) {
    const affected = await session.run(overwriteStatement(set), doing);
    if (affected !== 2 * set.rows.length) throw notAsExpected(doing, affected, 2 * set.rows.length);
    return;
  }
  for (const at of indexesOf(set)) {
    const affected = await session.run(updateStatement(set, at), doing);
    if (affected !== 1) throw notAsExpected(doing, affected, 1);
  }
}

async function deleteRows({ session, tombstones }: WriteContext, set: RowSet): Promise<WriteOutcome> {
  const label = tableLabel(set.target.shape.id);
  const buried = await tombstones.find(session, set);
  const cleared = await tombstones.ofTable(session, set.target.shape.id);
  await tombstones.bury(session, set);
  const stored = await lockVersions(session, set);
  const withheld: WithheldAt[] = [];
  const deleted: number[] = [];
  const newer: number[] = [];
  for (const at of indexesOf(set)) {
    const row = stored.get(at) ?? null;
    const reason = reasonToWithhold(
      elementAt(set.versions, at),
      row,
      stored.has(at) ? null : newerOf(buried.get(at) ?? null, cleared),
    );
    if (reason !== null) withheld.push({ at, reason });
    if (reason !== null && row !== null) newer.push(at);
    if (reason === null && stored.has(at)) deleted.push(at);
  }
  if (deleted.length > 0) {
    const affected = await session.run(deleteStatement(pick(set, deleted)), `delete rows of ${label}`);
    if (affected !== deleted.length) throw notAsExpected(`delete rows of ${label}`, affected, deleted.length);
  }
  // These rows live on, so the tombstones that were written ahead must not.
  await tombstones.remove(session, pick(set, newer));
  return { withheld, missing: [] };
}

/** Removes those of the rows that are older, with nothing left behind. */
export async function vacateRows(session: Session, set: RowSet): Promise<void> {
  const stored = await lockVersions(session, set);
  const older = [...stored].flatMap(([at, version]) =>
    reasonToWithhold(elementAt(set.versions, at), version, null) === null ? [at] : [],
  );
  const doing = `make room in ${tableLabel(set.target.shape.id)}`;
  if (older.length > 0) await session.run(deleteStatement(pick(set, older)), doing);
}

/** The versions of the rows that exist, by index in the set; null for a row without one. */
async function lockVersions(session: Session, set: RowSet): Promise<ReadonlyMap<number, Version | null>> {
  const { key, shape } = set.target;
  const label = tableLabel(shape.id);
  const indexOf = new Map(
    set.rows.map((row, at) => [
      JSON.stringify(
        key.map((column, index) => keyText(elementAt(row, elementAt(set.keyAt, index)), column)),
      ),
      at,
    ]),
  );
  const rows = await session.arrays(
    lockStatement(set, identityOf(set).name),
    `read the versions of ${label}`,
  );
  const versions = new Map<number, Version | null>();
  for (const row of rows) {
    const at = indexOf.get(JSON.stringify(key.map((column, index) => keyText(row[index], column))));
    if (at === undefined)
      throw new TargetError(
        'ROW_REJECTED',
        `${label} has a row whose key is equal to another one by its collation`,
      );
    const version = row[key.length];
    versions.set(at, typeof version === 'string' ? versionOf(version) : null);
  }
  return versions;
}

function identityOf({ target: { identity, shape } }: RowSet): UniqueIndex {
  if (identity !== null) return identity;
  throw new TargetError(
    'INTERNAL',
    `rows of ${tableLabel(shape.id)} were written by a key that it does not have`,
  );
}

function isIdentityTaken(error: unknown, set: RowSet): boolean {
  if (!(error instanceof TargetError) || error.constraint === undefined) return false;
  const { name } = identityOf(set);
  return error.constraint === name || error.constraint.endsWith(`.${name}`);
}

function indexesOf(set: RowSet): number[] {
  return set.rows.map((_, at) => at);
}

function changedMeanwhile(label: string): TargetError {
  return new TargetError('TARGET_CONFLICT', `rows of ${label} were changed by another transaction meanwhile`);
}

function notAsExpected(doing: string, affected: number, expected: number): TargetError {
  return new TargetError(
    'INTERNAL',
    `could not ${doing}: ${affected} rows were affected where ${expected} were expected`,
  );
}
