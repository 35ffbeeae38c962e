import { NO_ANCHORS } from '../../monitoring/audit/anchors.ts';
import { databaseEvidence } from '../../monitoring/audit/database-evidence.ts';
import type { Evidence } from '../../monitoring/audit/evidence.ts';
import { cellOfNormal, normalizerOf } from '../../monitoring/consistency/normal-cell.ts';
import type { DatabaseReader, DatabaseSnapshot } from '../../monitoring/consistency/reader.ts';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { Cell, Row, RowKey } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { LogicalType, TableShape } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { isDatabase } from '../config/target-schema.ts';
import type { DatabaseTarget } from '../config/target-schema.ts';
import { sourceReader, targetReader } from '../runtime/checks.ts';
import { targetOf } from '../runtime/targets.ts';
import { booksWith, databaseName, writersOf } from './lineage.ts';
import type { Lineage, TracedTable } from './lineage.ts';

/** A row by its key: normal texts (see `normalizerOf`) of its key columns, in their order. */
export interface TracedRow {
  readonly table: TracedTable;
  readonly key: readonly string[];
}

/** Values as normal texts, by column. */
export type TextRow = Readonly<Record<string, string | null>>;

interface Opened {
  readonly reader: DatabaseReader;
  readonly snapshot: DatabaseSnapshot;
}

/**
 * Looks rows up in all databases, each at one moment, as their users for checks: what the product writes as that of the
 * target, all else as that of the source. Throws CounterfoilError SOURCE_UNAVAILABLE.
 */
export class TracedRows {
  readonly #lineage: Lineage;
  readonly #opened = new Map<string, Promise<Opened>>();
  readonly #shapes = new Map<string, Promise<TableShape | null>>();

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  /** As the database defines it; null when it is not there. */
  shape(table: TracedTable): Promise<TableShape | null> {
    const label = `${table.database.address}\n${tableLabel(table.id)}`;
    const known =
      this.#shapes.get(label) ??
      this.#open(table).then(async ({ reader }) => (await reader.describeTables([table.id]))[0] ?? null);
    this.#shapes.set(label, known);
    return known;
  }

  /** Throws SOURCE_UNAVAILABLE for a table that is not there. */
  async shapeOf(table: TracedTable): Promise<TableShape> {
    const shape = await this.shape(table);
    if (shape !== null) return shape;
    throw new CounterfoilError(
      'SOURCE_UNAVAILABLE',
      `there is no table ${tableLabel(table.id)} in ${databaseName(table.database)}, or the check user cannot see it`,
    );
  }

  /** The rows that have one of these values in these columns; none where the table or one of the columns is not there. */
  async find(
    table: TracedTable,
    by: readonly string[],
    values: readonly (readonly string[])[],
    wanted: readonly string[] = [],
  ): Promise<readonly TextRow[]> {
    const shape = await this.shape(table);
    const names = new Set([...by, ...(shape?.key ?? []), ...wanted]);
    const columns = shape?.columns.filter(({ name }) => names.has(name)) ?? [];
    if (by.some((name) => !columns.some((column) => column.name === name))) return [];
    const { snapshot } = await this.#open(table);
    const found = await snapshot.rowsByKey(
      { id: table.id, key: by, columns },
      values.map((texts) => texts.map((text, at) => cellOfNormal(typeIn({ columns }, by[at] ?? ''), text))),
    );
    // A collation may take other texts for equal.
    const exact = new Set(values.map((texts) => JSON.stringify(texts)));
    return found
      .map((cells) =>
        Object.fromEntries(columns.map(({ name, type }, at) => [name, normalText(type, cells[at])])),
      )
      .filter((row) => exact.has(JSON.stringify(by.map((name) => row[name]))));
  }

  /** The row itself, with some of its columns; null when it is not there. */
  async row({ table, key }: TracedRow, wanted: readonly string[] = []): Promise<TextRow | null> {
    const shape = await this.shape(table);
    if (shape === null || shape.key.length === 0) return null;
    return (await this.find(table, shape.key, [key], wanted))[0] ?? null;
  }

  /** All of the row as a record would have it; null when it is not there. */
  async cells({ table, key }: TracedRow): Promise<Row | null> {
    const shape = await this.shapeOf(table);
    const { snapshot } = await this.#open(table);
    const found = await snapshot.rowsByKey(shape, [await this.keyCells({ table, key })]);
    const rows = found.map((cells) =>
      Object.fromEntries(shape.columns.map(({ name }, at) => [name, cells[at] ?? null])),
    );
    const isIt = (row: Row) =>
      shape.key.every((name, at) => normalText(typeIn(shape, name), row[name]) === key[at]);
    return rows.find(isIt) ?? null;
  }

  async keyCells({ table, key }: TracedRow): Promise<readonly Cell[]> {
    const shape = await this.shapeOf(table);
    return shape.key.map((name, at) => cellOfNormal(typeIn(shape, name), key[at] ?? ''));
  }

  /** As the product's own tables know the row. */
  async rowKey(row: TracedRow): Promise<RowKey> {
    return rowKeyOf(await this.keyCells(row));
  }

  /** The journal of a target, without its anchors: that it is whole is for an audit to say. */
  async journal(name: string): Promise<Evidence> {
    const target = targetOf(this.#lineage.config, name);
    if (!isDatabase(target)) throw new CounterfoilError('INTERNAL', `${name} is no database`);
    const { reader, snapshot } = await this.#openTarget(name, target);
    return databaseEvidence(snapshot, reader, target, { target: name, anchors: NO_ANCHORS });
  }

  async close(): Promise<void> {
    const closing = [...this.#opened.values()].map(async (each) => (await each).snapshot.close());
    await Promise.allSettled(closing);
  }

  #open(table: TracedTable): Promise<Opened> {
    const { sources, targets } = this.#lineage.config;
    const [source] = table.database.sources;
    const asSource = source === undefined ? undefined : sources[source];
    const target = this.#targetOf(table, asSource === undefined);
    const asTarget = target === undefined ? undefined : targets[target];
    if (target !== undefined && asTarget !== undefined && isDatabase(asTarget))
      return this.#openTarget(target, asTarget);
    if (source === undefined || asSource === undefined)
      throw new CounterfoilError('INTERNAL', `${databaseName(table.database)} is not in the configuration`);
    return this.#openOnce(`source ${source}`, () => sourceReader(asSource));
  }

  /** The target that a table is looked at through; undefined for one that the product does not write. */
  #targetOf(table: TracedTable, atAnyRate: boolean): string | undefined {
    const { config } = this.#lineage;
    const writer = writersOf(this.#lineage, table)[0]?.route.config.target;
    if (writer !== undefined) return writer;
    return table.database.targets.find((name) => {
      const target = targetOf(config, name);
      const isOwn = isDatabase(target) && target.namespace === table.id.namespace;
      return atAnyRate || isOwn || booksWith(this.#lineage, table) !== null;
    });
  }

  #openTarget(name: string, target: DatabaseTarget): Promise<Opened> {
    return this.#openOnce(`target ${name}`, () => targetReader(target));
  }

  #openOnce(name: string, make: () => DatabaseReader): Promise<Opened> {
    const known = this.#opened.get(name) ?? opened(make());
    this.#opened.set(name, known);
    return known;
  }
}

const TEXT: LogicalType = { kind: 'text' };

function typeIn({ columns }: Pick<TableShape, 'columns'>, name: string): LogicalType {
  return columns.find((column) => column.name === name)?.type ?? TEXT;
}

async function opened(reader: DatabaseReader): Promise<Opened> {
  return { reader, snapshot: await reader.snapshot() };
}

export function normalText(type: LogicalType, cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : normalizerOf(type)(cell);
}
