import { rowKeyOf } from '../../schemas/contract/cell.ts';
import { VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { Column, TableShape } from '../../schemas/contract/table.ts';
import { compareVersions } from '../../schemas/contract/position.ts';
import { NO_VERSION } from '../../schemas/journal/record.ts';
import type { JournalShape } from '../../schemas/journal/shape.ts';
import { RowDigester } from '../consistency/digest.ts';
import type { Digest, NormalTexts } from '../consistency/digest.ts';
import { BUCKETS, Spool, SpooledRows } from '../consistency/spool.ts';
import type { SpoolOptions } from '../consistency/spool.ts';
import { tableShapeOf } from './digests.ts';
import type { Evidence } from './evidence.ts';
import { originOfText } from './expected.ts';
import type { JournaledTable, RecordOrigin } from './expected.ts';

/** `added`: no entry tells of the row, or one tells of its end. */
export type RowFault = 'altered' | 'removed' | 'added';

export interface RowFinding {
  readonly fault: RowFault;
  /** A JSON array of the key cells. */
  readonly key: string;
  /** The entry that told of the row last, by its place among the heads; null when none has. */
  readonly entry: number | null;
}

export interface TableAudit {
  /** Rows of either side. */
  readonly rows: number;
  readonly altered: number;
  readonly removed: number;
  readonly added: number;
  /** Rows that are older than the journal, and in none of its entries. */
  readonly unsealed: number;
  /** Rows whose last change came without some columns, or marked the whole table: not all of them is proven. */
  readonly inPart: number;
  readonly findings: readonly RowFinding[];
}

/** Compares the rows of a table with what the journal says that was written. */
export async function auditRows(
  table: JournaledTable,
  evidence: Evidence,
  options: { readonly spool: SpoolOptions; readonly signal: AbortSignal; readonly shown: number },
): Promise<TableAudit> {
  const reading = new Reading(table);
  const actual = new Spool(options.spool);
  try {
    if (await evidence.has(table.id))
      for await (const chunk of evidence.rows(reading.shape)) {
        options.signal.throwIfAborted();
        for (const texts of chunk) reading.spool(texts, actual);
        await actual.settle();
      }
    const judge = new Judge(table, reading, options.shown);
    for (let number = 0; number < BUCKETS; number += 1)
      judge.bucket(await table.spool.bucket(number), await actual.bucket(number));
    return judge.audit();
  } finally {
    actual.close();
    table.spool.close();
  }
}

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

/** Reads a table, and digests each row as each shape would have it. */
class Reading {
  readonly shape: TableShape;
  readonly digester: RowDigester;
  readonly #shapes: readonly ReadShape[];
  readonly #versionAt: number;

  constructor({ shapes }: JournaledTable) {
    this.shape = readShapeOf(shapes.map(({ shape }) => shape));
    const { columns } = this.shape;
    const places = new Map(columns.map((column, at) => [columnLabel(column), at]));
    this.#versionAt = columns.length - 1;
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
    const key = this.digester.keyOfTexts(texts);
    const version = Buffer.from(texts[this.#versionAt] ?? '', 'latin1').toString('hex') || NO_VERSION;
    for (const { number, digester, at, others } of this.#shapes) {
      const digest = digester.digestOfTexts(at.map((place) => texts[place]));
      // A value in a column that the row was written without is nobody's.
      const isMore = others.some((place) => texts[place] !== null && texts[place] !== undefined);
      into.add(key, digest, `${isMore ? '+' : '='}${version}`, number);
    }
  }

  keyText(key: string): string {
    return rowKeyOf(this.digester.keyCells(key));
  }
}

interface Told extends RecordOrigin {
  readonly digest: Digest;
  readonly shape: number;
}

interface Found {
  readonly digest: Digest;
  readonly version: string;
  readonly isMore: boolean;
}

class Judge {
  readonly #findings: RowFinding[] = [];
  readonly #count = { rows: 0, altered: 0, removed: 0, added: 0, unsealed: 0, inPart: 0 };

  constructor(
    private readonly table: JournaledTable,
    private readonly reading: Reading,
    private readonly shown: number,
  ) {}

  audit(): TableAudit {
    return { ...this.#count, findings: this.#findings };
  }

  bucket(toldBytes: Buffer, foundBytes: Buffer): void {
    const told = this.#toldIn(new SpooledRows(toldBytes));
    const found = foundIn(new SpooledRows(foundBytes));
    for (const [key, records] of told) this.#judge(key, records, found.get(key));
    for (const [key, rows] of found) if (!told.has(key)) this.#judge(key, [], rows);
  }

  /** The records of each key, the newest first; those of before the table was cleared are gone with it. */
  #toldIn(rows: SpooledRows): ReadonlyMap<string, readonly Told[]> {
    const told = new Map<string, Told[]>();
    for (const at of rows.places()) {
      const key = rows.key(at);
      const { table: shape, key: origin } = rows.origin(at);
      const record = { ...originOfText(origin), digest: rows.digest(at), shape };
      const records = told.get(key);
      if (records === undefined) told.set(key, [record]);
      else records.push(record);
    }
    const { clearedAt } = this.table;
    for (const [key, records] of told) {
      const left = clearedAt === null ? records : records.filter(({ version }) => version >= clearedAt);
      told.set(
        key,
        left.sort((a, b) => compareVersions(b.version, a.version) || b.entry - a.entry),
      );
    }
    return told;
  }

  #judge(
    key: string,
    records: readonly Told[],
    rows: ReadonlyMap<number, readonly Found[]> | undefined,
  ): void {
    this.#count.rows += 1;
    const newest = records[0];
    const first = rows === undefined ? undefined : [...rows.values()][0];
    if (newest === undefined || newest.operation === 'delete') {
      if (first === undefined) return;
      if (records.length === 0 && this.#isOlder(first[0]?.version ?? NO_VERSION)) this.#count.unsealed += 1;
      else this.#note('added', key, newest);
      return;
    }
    if (first === undefined) {
      this.#note('removed', key, newest);
      return;
    }
    if (first.length > 1) this.#note('added', key, newest);
    const { markedAt } = this.table;
    if (markedAt !== null && newest.version < markedAt) {
      // Marking a table wrote a column of all of its rows, and no entry tells of each.
      if (first[0]?.version === markedAt) this.#count.inPart += 1;
      else this.#note('altered', key, newest);
      return;
    }
    const alike = records.filter(
      ({ version, operation }) => version === newest.version && operation === newest.operation,
    );
    const isAsTold = alike.some(({ shape, digest, version, operation }) =>
      (rows?.get(shape) ?? []).some(
        (row) => row.digest === digest && row.version === version && !(operation === 'put' && row.isMore),
      ),
    );
    if (!isAsTold) this.#note('altered', key, newest);
    else if (newest.operation === 'part') this.#count.inPart += 1;
  }

  /** Written before there was a journal, or made to look so: then at least it is counted. */
  #isOlder(version: string): boolean {
    return version !== NO_VERSION && this.table.oldest !== null && version < this.table.oldest;
  }

  #note(fault: RowFault, key: string, told: Told | undefined): void {
    this.#count[fault] += 1;
    if (this.#findings.length >= this.shown) return;
    this.#findings.push({ fault, key: this.reading.keyText(key), entry: told?.entry ?? null });
  }
}

/** By key and shape; more than one of a shape when the table has a key twice. */
function foundIn(rows: SpooledRows): ReadonlyMap<string, ReadonlyMap<number, readonly Found[]>> {
  const found = new Map<string, Map<number, Found[]>>();
  for (const at of rows.places()) {
    const key = rows.key(at);
    const { table: shape, key: origin } = rows.origin(at);
    const row = { digest: rows.digest(at), version: origin.slice(1), isMore: origin.startsWith('+') };
    const shapes = found.get(key) ?? new Map<number, Found[]>();
    found.set(key, shapes);
    const same = shapes.get(shape);
    if (same === undefined) shapes.set(shape, [row]);
    else same.push(row);
  }
  return found;
}
