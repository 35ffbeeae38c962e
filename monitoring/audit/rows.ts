import { compareVersions } from '../../schemas/contract/position.ts';
import { NO_VERSION } from '../../schemas/journal/record.ts';
import type { Digest } from '../consistency/digest.ts';
import { BUCKETS, Spool, SpooledRows } from '../consistency/spool.ts';
import type { SpoolOptions } from '../consistency/spool.ts';
import type { Evidence } from './evidence.ts';
import { originOfText } from './expected.ts';
import type { JournaledTable, RecordOrigin } from './expected.ts';
import { foundIn, Reading } from './reading.ts';
import type { FoundRow } from './reading.ts';

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
  /** Columns that the product has written and that the table does not have. */
  readonly goneColumns: readonly string[];
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
    const present = await evidence.columns(table.id);
    if (present !== null)
      for await (const chunk of evidence.rows(reading.shape)) {
        options.signal.throwIfAborted();
        for (const texts of chunk) reading.spool(texts, actual);
        await actual.settle();
      }
    const judge = new Judge(table, reading, options.shown);
    for (let number = 0; number < BUCKETS; number += 1)
      judge.bucket(await table.spool.bucket(number), await actual.bucket(number));
    judge.withoutKey(reading.withoutKey);
    return { ...judge.audit(), goneColumns: present === null ? [] : reading.columnsBeside(present) };
  } finally {
    actual.close();
  }
}

interface Told extends RecordOrigin {
  readonly digest: Digest;
  readonly shape: number;
}

class Judge {
  readonly #findings: RowFinding[] = [];
  readonly #count = { rows: 0, altered: 0, removed: 0, added: 0, unsealed: 0, inPart: 0 };

  constructor(
    private readonly table: JournaledTable,
    private readonly reading: Reading,
    private readonly shown: number,
  ) {}

  audit(): Omit<TableAudit, 'goneColumns'> {
    return { ...this.#count, findings: this.#findings };
  }

  /** The product writes no row without a key. */
  withoutKey(rows: number): void {
    for (let left = rows; left > 0; left -= 1) this.#note('added', null, undefined);
    this.#count.rows += rows;
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
    rows: ReadonlyMap<number, readonly FoundRow[]> | undefined,
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

  #note(fault: RowFault, key: string | null, told: Told | undefined): void {
    this.#count[fault] += 1;
    if (this.#findings.length >= this.shown) return;
    this.#findings.push({
      fault,
      key: key === null ? '[null]' : this.reading.keyText(key),
      entry: told?.entry ?? null,
    });
  }
}
