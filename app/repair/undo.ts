import type { ComparedTable } from '../../monitoring/consistency/expected-rows.ts';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { Row } from '../../schemas/contract/cell.ts';
import type { UpsertGroup } from '../../schemas/contract/ports.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { UNDOABLE } from '../../schemas/contract/repair.ts';
import type { Repair, RepairRow } from '../../schemas/contract/repair.ts';
import { rowOfImage } from '../../schemas/contract/row-image.ts';
import { passedVersion } from './passed-version.ts';
import { deletesOf, eachPortion, writePortion } from './portions.ts';
import { refused, repairNamed } from './session.ts';
import type { RepairSession } from './session.ts';
import { isSame, standOf, tablesOf, targetRows } from './tables.ts';

/**
 * Makes the rows that a repair has written what they were before it, where nobody has changed them since. They are written as
 * the route would, with a version that is newer than what the repair left and older than any change to come. May be given
 * again. Throws CONFIGURATION_INVALID for a repair that has written nothing.
 */
export async function undoRepair(session: RepairSession, id: string): Promise<Repair> {
  const { sink, by, reach } = session;
  const repair = await repairNamed(session, id);
  if (!UNDOABLE.some((state) => state === repair.state))
    throw refused(`${id} is ${repair.state}, and has written nothing`, 'See `counterfoil repair show`.');
  const { targets } = await tablesOf(session.checkable);
  const rows = (await sink.repairs.rows(repair)).filter(({ state }) => state === 'written');
  if (rows.length > 0) {
    const version = await passedVersion(session);
    await eachPortion(targets, rows, (table, portion) =>
      restorePortion(session, repair, table, version, portion),
    );
  }
  reach('repair:restored');
  const stays = (await sink.repairs.rows(repair)).filter(({ state }) => state === 'written').length;
  await sink.repairs.change(repair, UNDOABLE, {
    ...{ state: 'undone', undoneBy: by },
    explanation: stays === 0 ? null : `${stays.toString()} rows have changed since the repair, and stay`,
  });
  return repairNamed(session, id);
}

async function restorePortion(
  session: RepairSession,
  repair: Repair,
  table: ComparedTable,
  version: Version,
  rows: readonly RepairRow[],
): Promise<void> {
  const found = await targetRows(
    session.checkable,
    table,
    rows.map(({ place }) => place),
  );
  const names = table.shape.columns.map(({ name }) => name);
  const mine = rows.flatMap((row): Restored[] => {
    const image = row.image === null ? null : rowOfImage(row.image);
    const fits = image === null || Object.keys(image).join('\n') === names.join('\n');
    return fits && isSame(standOf(found.get(row.place) ?? null), row.left) ? [{ ...row, image }] : [];
  });
  const gone = mine.filter(({ image }) => image === null);
  await writePortion(session, repair, {
    upserts: [upsertsOf(table, mine, version)],
    deletes: [deletesOf(table, gone, version)],
    changes: (kept) =>
      mine
        .filter(({ key }) => !kept.has(key))
        .map(({ number }) => ({ number, from: 'written', to: 'restored' })),
  });
}

type Restored = Omit<RepairRow, 'image'> & { readonly image: Row | null };

function upsertsOf(
  { shape, digester }: ComparedTable,
  rows: readonly Restored[],
  version: Version,
): UpsertGroup {
  const columns = shape.columns.map(({ name }) => name);
  const images = rows.flatMap(({ image, place }) => (image === null ? [] : [{ image, place }]));
  return {
    ...{ table: shape, columns, versions: images.map(() => version) },
    rows: images.map(({ image }) => columns.map((name) => image[name] ?? null)),
    keys: images.map(({ place }) => rowKeyOf(digester.keyCells(place))),
  };
}
