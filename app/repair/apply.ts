import { imageText } from '../../schemas/contract/row-image.ts';
import { APPLICABLE } from '../../schemas/contract/repair.ts';
import type { Repair, RepairRow, RepairRowChange } from '../../schemas/contract/repair.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { deleteRows } from './delete-rows.ts';
import { lookAtTables } from './look.ts';
import type { Standing } from './look.ts';
import { readRowsAgain } from './read-rows.ts';
import { refused, repairNamed } from './session.ts';
import type { RepairSession } from './session.ts';
import { isSame, standOf, tablesOf, targetRows } from './tables.ts';
import type { RepairTables } from './tables.ts';

export interface Repaired {
  readonly repair: Repair;
  /** On the rows of the repair. */
  readonly verdict: Verdict;
}

/**
 * Does what a repair says, and checks its tables. It may be given again after it was ended anywhere: each row says what has
 * been done to it. Throws CONFIGURATION_INVALID for a repair that is over, not approved, or planned with another mapping.
 */
export async function applyRepair(session: RepairSession, id: string): Promise<Repaired> {
  const { sink, by, reach, onProgress } = session;
  const repair = await repairNamed(session, id);
  assertApplicable(session, repair);
  const begun = await sink.repairs.change(repair, APPLICABLE, { state: 'applying', appliedBy: by });
  if (!begun)
    throw refused(
      `${id} is ${(await repairNamed(session, id)).state} by now`,
      'See `counterfoil repair show`.',
    );
  const tables = await tablesOf(session.checkable);
  const rowsThat = async (state: RepairRow['state']) =>
    (await sink.repairs.rows(repair)).filter((row) => row.state === state);
  await keepImages(session, repair, tables, await rowsThat('planned'));
  onProgress(`${id}: before-images are kept`);
  reach('repair:kept');
  const kept = await rowsThat('kept');
  await readRowsAgain(
    session,
    repair,
    tables,
    kept.filter(({ action }) => action === 'read-again'),
  );
  reach('repair:read');
  await deleteRows(
    session,
    repair,
    tables,
    kept.filter(({ action }) => action === 'delete'),
  );
  reach('repair:deleted');
  await sink.repairs.change(repair, ['applying'], { state: 'applied', explanation: null });
  onProgress(`${id}: applied, and is checked`);
  reach('repair:applied');
  return verify(session, repair);
}

function assertApplicable({ config, route }: RepairSession, repair: Repair): void {
  if (!APPLICABLE.some((state) => state === repair.state))
    throw refused(
      `${repair.id} is ${repair.state}: it is over`,
      'Plan another one: `counterfoil repair plan`.',
    );
  if (repair.mappingVersion !== route.mapping.version)
    throw refused(
      `the mapping of ${route.name} is another than when ${repair.id} was planned`,
      'Plan again.',
    );
  if (config.repair.approval === 'required' && repair.approvedBy === null)
    throw refused(
      `${repair.id} is not approved, and the configuration says that a repair has to be (repair.approval)`,
      `Somebody else than ${repair.plannedBy} runs: counterfoil repair approve ${route.name} ${repair.id}`,
    );
}

/** Rows that are not what they were when the repair was planned are left alone; of the others it is kept what they are. */
async function keepImages(
  { checkable, sink }: RepairSession,
  repair: Repair,
  { targets }: RepairTables,
  rows: readonly RepairRow[],
): Promise<void> {
  for (const label of new Set(rows.map(({ table }) => table))) {
    const mine = rows.filter((row) => row.table === label);
    const table = targets.get(label);
    if (table === undefined) {
      await sink.repairs.note(
        repair,
        mine.map(({ number }) => changed(number)),
      );
      continue;
    }
    const found = await targetRows(
      checkable,
      table,
      mine.map(({ place }) => place),
    );
    const names = table.shape.columns.map(({ name }) => name);
    const changes = mine.map(({ number, place, planned }): RepairRowChange => {
      const row = found.get(place);
      if (row === undefined || !isSame(standOf(row), planned)) return changed(number);
      return {
        number,
        from: 'planned',
        to: 'kept',
        image: row === null ? null : imageText(names, row.cells),
      };
    });
    await sink.repairs.note(repair, changes);
  }
}

function changed(number: number): RepairRowChange {
  return {
    ...{ number, from: 'planned', to: 'left' },
    explanation: 'it has changed since the repair was planned',
  };
}

/** Says by a check of the tables what came of the repair. Of rows that differ besides those of the repair it is told. */
async function verify(session: RepairSession, repair: Repair): Promise<Repaired> {
  const { sink, onProgress } = session;
  const rows = await sink.repairs.rows(repair);
  const look = await lookAtTables(session, new Set(rows.map(({ table }) => table)));
  const count = (state: RepairRow['state'], wanted: (standing: Standing) => boolean) =>
    rows.filter((row) => row.state === state && wanted(look.of(row))).length;
  const differs = (standing: Standing) => standing !== 'equal' && standing !== 'undecided';
  const failed = count('written', differs);
  const undecided = count('written', (standing) => standing === 'undecided');
  const left = count('left', () => true);
  const leftUnequal = count('left', differs);
  const others = look.differing - failed - leftUnequal;
  const notes = [
    failed === 0 ? null : `${failed.toString()} of the rows written differ all the same`,
    undecided === 0 ? null : `nothing can be said of ${undecided.toString()} rows: ${look.doubt}`,
    left === 0
      ? null
      : `${left.toString()} rows were left alone, and ${leftUnequal.toString()} of them differ`,
    others === 0 ? null : `${others.toString()} other rows of these tables differ`,
  ].filter((note) => note !== null);
  const state = failed > 0 ? 'failed' : undecided > 0 ? 'applied' : 'verified';
  await sink.repairs.change(repair, ['applied'], {
    ...{ state, explanation: notes.length === 0 ? null : notes.join('; ') },
  });
  onProgress(`${repair.id}: ${state}`);
  const verdict = failed + leftUnequal > 0 ? 'mismatch' : undecided > 0 ? 'inconclusive' : 'match';
  return { repair: await repairNamed(session, repair.id), verdict };
}
