import { rowKeyOf } from '../../schemas/contract/cell.ts';
import { DELETED_COLUMN, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { Column, TableShape } from '../../schemas/contract/table.ts';
import { NO_VERSION } from '../../schemas/journal/record.ts';
import type { JournalShape } from '../../schemas/journal/shape.ts';
import { RowDigester } from '../consistency/digest.ts';
import type { Digest, NormalTexts } from '../consistency/digest.ts';
import type { Spool, SpooledRows } from '../consistency/spool.ts';
import { tableShapeOf } from './digests.ts';
import type { JournaledTable } from './expected.ts';

/** What is read of a table: each column once for each type that it ever had, and the version of the row at the end. */
export function readShapeOf(shapes: readonly JournalShape[]): TableShape {
  const columns = new Map<string, Column>();
  for (const shape of shapes)
    for (const column of shape.columns) columns.set(columnLabel(column), { ...column, nullable: true });
  const [first] = shapes;
  if (first === undefined) throw new RangeError('a table without a shape cannot be read');
  const version: Column = { name: VERSION_COLUMN, type: { kind: 'bytes' }, nullable: true };
  return { id: first.table, key: first.key, columns: [...columns.values(), version] };
}

/** Equal for columns of the same name and type. */
export function columnLabel({ name, type }: JournalShape['columns'][number]): string {
  return JSON.stringify([name, type]);
}

/** A shape of records, and where its columns are among those that are read. */
interface ReadShape {
  readonly number: number;
  readonly digester: RowDigester;
  readonly at: readonly number[];
  /** Columns that the product writes and that this shape does not have. */
  readonly others: readonly number[];
}

/** Before the version of a row that has more values than the shape. */
const MORE = '+';

/** Reads a table, and digests each row as each shape would have it. */
export class Reading {
  readonly shape: TableShape;
  readonly digester: RowDigester;
  readonly #shapes: readonly ReadShape[];
  readonly #shapeCount: number;
  readonly #deletedAt: ReadonlySet<number>;
  readonly #versionAt: number;
  readonly #keyAt: readonly number[];
  /** Rows that have nothing in a column of their key: nobody can tell which they are. */
  withoutKey = 0;

  constructor({ shapes }: JournaledTable) {
    this.shape = readShapeOf(shapes.map(({ shape }) => shape));
    const { columns } = this.shape;
    const places = new Map(columns.map((column, at) => [columnLabel(column), at]));
    this.#shapeCount = shapes.length;
    this.#versionAt = columns.length - 1;
    this.#deletedAt = new Set(columns.flatMap(({ name }, at) => (name === DELETED_COLUMN ? [at] : [])));
    this.#keyAt = this.shape.key.map((name) => columns.findIndex((column) => column.name === name));
    const all = shapes.map(({ shape, digested }, number) => {
      const own = new Set(shape.columns.map(({ name }) => name));
      return {
        ...{ number, digested, digester: new RowDigester(tableShapeOf(shape)) },
        at: shape.columns.map((column) => places.get(columnLabel(column)) ?? -1),
        others: columns.flatMap(({ name }, at) => (own.has(name) || at === this.#versionAt ? [] : [at])),
      };
    });
    const digested = all.filter((each) => each.digested);
    // Of a table whose rows were only deleted it is the key alone that shows whether there are any.
    this.#shapes = digested.length > 0 ? digested : all.slice(0, 1);
    this.digester = new RowDigester(this.shape);
  }

  spool(texts: NormalTexts, into: Spool): void {
    if (this.#keyAt.some((at) => typeof texts[at] !== 'string')) {
      this.withoutKey += 1;
      return;
    }
    this.#spoolAs((number) => number, texts, into);
    if (![...this.#deletedAt].some((at) => typeof texts[at] === 'string')) return;
    const alive = texts.map((text, at) => (this.#deletedAt.has(at) ? null : text));
    this.#spoolAs((number) => this.aliveNumber(number), alive, into);
  }

  #spoolAs(numberOf: (number: number) => number, texts: NormalTexts, into: Spool): void {
    const key = this.digester.keyOfTexts(texts);
    const version = Buffer.from(texts[this.#versionAt] ?? '', 'latin1').toString('hex') || NO_VERSION;
    for (const { number, digester, at, others } of this.#shapes) {
      const digest = digester.digestOfTexts(at.map((place) => texts[place]));
      const isMore = others.some((place) => texts[place] !== null && texts[place] !== undefined);
      into.add(key, digest, `${isMore ? MORE : ''}${version}`, numberOf(number));
    }
  }

  /** Under this number there is a row that is marked as deleted as it was before: as a shape would have had it alive. */
  aliveNumber(shape: number): number {
    return this.#shapeCount + shape;
  }

  /** Of all columns that were ever written, but for the version. */
  get columnNames(): readonly string[] {
    return this.shape.columns.slice(0, this.#versionAt).map(({ name }) => name);
  }

  /** Names of columns that are read and that are not among these. */
  columnsBeside(present: ReadonlySet<string>): readonly string[] {
    return [...new Set(this.columnNames)].filter((name) => !present.has(name));
  }

  keyText(key: string): string {
    return rowKeyOf(this.digester.keyCells(key));
  }
}

/** A row of the table, as one of the shapes would have it. */
export interface FoundRow {
  readonly digest: Digest;
  readonly version: Version;
  readonly isMore: boolean;
}

/** A row by shape; more than one of a shape when the table has its key twice. */
export type FoundRows = ReadonlyMap<number, readonly FoundRow[]>;

/** By key. */
export function foundIn(rows: SpooledRows): ReadonlyMap<string, FoundRows> {
  const found = new Map<string, Map<number, FoundRow[]>>();
  for (const at of rows.places()) {
    const key = rows.key(at);
    const { table: shape, key: origin } = rows.origin(at);
    const isMore = origin.startsWith(MORE);
    const version = (isMore ? origin.slice(1) : origin) as Version;
    const row = { digest: rows.digest(at), version, isMore };
    const shapes = found.get(key) ?? new Map<number, FoundRow[]>();
    found.set(key, shapes);
    const same = shapes.get(shape);
    if (same === undefined) shapes.set(shape, [row]);
    else same.push(row);
  }
  return found;
}
