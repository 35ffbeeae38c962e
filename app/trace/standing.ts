import { WHOLE_TABLE, storedKeyOf } from '../../schemas/contract/stored-key.ts';
import { versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { DELETED_COLUMN, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import { isDatabase } from '../config/target-schema.ts';
import type { Lineage, RouteStep, TracedTable } from './lineage.ts';
import { writersOf } from './lineage.ts';
import { placeText } from './place-text.ts';
import type { TracedRow, TracedRows } from './rows.ts';

/** Whether a row is there now. Of what the product has not written there is no version. */
export interface Standing {
  /**
   * `marked`: it is there, and says that its source row was deleted. `deleted`: the product has deleted it. `cleared`: it is not
   * there, and the table was emptied as its source was.
   */
  readonly state: 'there' | 'marked' | 'deleted' | 'cleared' | 'absent';
  /** The change that it is as of. */
  readonly version: Version | null;
  /** Where that change stands in the log of its source. */
  readonly place: string | null;
  readonly deletedAt: string | null;
}

export const ABSENT: Standing = { state: 'absent', version: null, place: null, deletedAt: null };

export async function standingOf(lineage: Lineage, rows: TracedRows, row: TracedRow): Promise<Standing> {
  const [writer] = writersOf(lineage, row.table);
  const found = await rows.row(row, [VERSION_COLUMN, DELETED_COLUMN]);
  if (found !== null) {
    const version = versionIn(found[VERSION_COLUMN]);
    const deletedAt = utcText(found[DELETED_COLUMN]);
    return {
      ...{ state: deletedAt === null ? 'there' : 'marked', version, deletedAt },
      place: placeOf(lineage, writer, version),
    };
  }
  if (writer === undefined) return ABSENT;
  return buriedOf(lineage, rows, row, writer);
}

/** What the tombstones tell of a row that is not there. */
async function buriedOf(
  lineage: Lineage,
  rows: TracedRows,
  row: TracedRow,
  writer: RouteStep,
): Promise<Standing> {
  const target = lineage.config.targets[writer.route.config.target];
  if (target === undefined || !isDatabase(target)) return ABSENT;
  const tombstones: TracedTable = {
    database: row.table.database,
    id: { namespace: target.namespace, name: 'tombstone' },
  };
  const { namespace, name } = row.table.id;
  const own = storedKeyOf(await rows.rowKey(row));
  const keys = [own, WHOLE_TABLE].map((key) => [namespace, name, key]);
  const columns = ['table_namespace', 'table_name', 'row_key'];
  const found = await rows.find(tombstones, columns, keys, ['version', 'deleted_at']);
  const tombstone = found.find((each) => each['row_key'] === own) ?? found[0];
  if (tombstone === undefined) return ABSENT;
  const version = versionIn(tombstone['version']);
  return {
    ...{ state: tombstone['row_key'] === own ? 'deleted' : 'cleared', version },
    ...{ place: placeOf(lineage, writer, version), deletedAt: utcText(tombstone['deleted_at']) },
  };
}

/** Databases without instants have wall clocks of UTC. */
function utcText(text: string | null | undefined): string | null {
  return text == null ? null : `${text.replace(' ', 'T').replace(/Z$/, '')}Z`;
}

/** Bytes as normal texts have them, one for each character. */
function versionIn(text: string | null | undefined): Version | null {
  return text == null ? null : versionOf(Buffer.from(text, 'latin1').toString('hex'));
}

export function placeOf(
  { config }: Lineage,
  step: RouteStep | undefined,
  version: Version | null,
): string | null {
  const source = step === undefined ? undefined : config.sources[step.route.config.source];
  if (source === undefined || version === null) return null;
  return placeText({ connector: source.kind, version });
}
