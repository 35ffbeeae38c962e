import { compareVersions } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { DELETED_COLUMN } from '../../schemas/contract/table.ts';
import { NO_VERSION } from '../../schemas/journal/record.ts';
import type { Digest } from '../consistency/digest.ts';
import { SpooledRows } from '../consistency/spool.ts';
import { originOfText } from './expected.ts';
import type { JournaledTable, RecordOrigin } from './expected.ts';
import { foundIn } from './reading.ts';
import type { FoundRow, FoundRows, Reading } from './reading.ts';
import type { RowFault, RowFinding, RowsContext, TableAudit } from './rows.ts';

/** What the journal tells of a row. */
interface Told extends RecordOrigin {
  readonly digest: Digest;
  readonly shape: number;
}

/** Compares what the journal tells of each row with what was found. */
export class Judge {
  readonly #table: JournaledTable;
  readonly #reading: Reading;
  readonly #context: RowsContext;
  readonly #shown: number;
  /** When the journal went on after the last of its gaps; null when it has none. */
  readonly #gapUntil: number | null;
  readonly #count = { rows: 0, altered: 0, removed: 0, added: 0, unsealed: 0, unjournaled: 0, inPart: 0 };
  readonly #unproven = new Set<string>();
  readonly #tampered: RowFinding[] = [];
  readonly #unknown: RowFinding[] = [];

  constructor(table: JournaledTable, reading: Reading, context: RowsContext, shown: number) {
    this.#table = table;
    this.#reading = reading;
    this.#context = context;
    this.#shown = shown;
    this.#gapUntil = context.gaps.reduce<number | null>(
      (last, { until }) => Math.max(last ?? until, until),
      null,
    );
  }

  audit(): Omit<TableAudit, 'goneColumns'> {
    const findings = [...this.#tampered, ...this.#unknown].slice(0, this.#shown);
    return { ...this.#count, findings, unproven: [...this.#unproven].sort() };
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
    const { clearedAt } = this.#table;
    for (const [key, records] of told) {
      const left = clearedAt === null ? records : records.filter(({ version }) => version >= clearedAt);
      told.set(
        key,
        left.sort((a, b) => compareVersions(b.version, a.version) || b.entry - a.entry),
      );
    }
    return told;
  }

  #judge(key: string, records: readonly Told[], found: FoundRows | undefined): void {
    this.#count.rows += 1;
    const [newest] = records;
    const [first] = found === undefined ? [] : [...found.values()];
    const version = first?.[0]?.version ?? null;
    if (newest === undefined || newest.operation === 'delete') {
      if (version === null) return;
      if (newest === undefined && this.#isOlder(version)) this.#note('unsealed', key, newest);
      else this.#differs('added', key, newest, version);
      return;
    }
    // What told of the values last. There is none of a row that was not there when it was marked as deleted.
    const values = records.find((record) => !this.#isMark(record));
    if (found === undefined || first === undefined) {
      if (values !== undefined && values.operation !== 'delete') this.#differs('removed', key, newest, null);
      return;
    }
    if (first.length > 1) this.#note('added', key, newest);
    const isAsTold = this.#isMarkedWithTable(newest)
      ? version === this.#table.markedAt && this.#hasValues(found, records, values)
      : this.#isAsTold(found, records, newest) &&
        (values === newest || this.#hasValues(found, records, values));
    if (isAsTold) this.#prove(newest, values);
    else this.#differs('altered', key, newest, version);
  }

  /** A record of nothing but the deletion. */
  #isMark({ operation, shape }: Told): boolean {
    const written = this.#table.shapes[shape]?.shape;
    const isOfMark = (name: string) => name === DELETED_COLUMN || written?.key.includes(name) === true;
    return operation === 'part' && written?.columns.every(({ name }) => isOfMark(name)) === true;
  }

  /** Marking a table wrote a column of all of its rows, and no entry tells of each. */
  #isMarkedWithTable(newest: Told): boolean {
    const { markedAt } = this.#table;
    return markedAt !== null && newest.version < markedAt;
  }

  #isAsTold(found: FoundRows, records: readonly Told[], told: Told): boolean {
    return alike(records, told).some(({ shape, digest, version, operation }) =>
      (found.get(shape) ?? []).some(
        (row) => row.digest === digest && row.version === version && isWhole(row, operation),
      ),
    );
  }

  /** Whether the row has the values of a record, but for the mark that came later. */
  #hasValues(found: FoundRows, records: readonly Told[], told: Told | undefined): boolean {
    if (told === undefined) return true;
    return alike(records, told).some(({ shape, digest, operation }) =>
      (found.get(this.#reading.aliveNumber(shape)) ?? []).some(
        (row) => row.digest === digest && isWhole(row, operation),
      ),
    );
  }

  /** Counts what is not proven of a row that is as told. */
  #prove(newest: Told, values: Told | undefined): void {
    const unproven = new Set(values?.operation === 'put' ? [] : this.#reading.columnNames);
    for (const told of [newest, values])
      for (const { name } of this.#table.shapes[told?.shape ?? -1]?.shape.columns ?? [])
        unproven.delete(name);
    // When it was marked together with all others is in no record of the row.
    if (this.#isMarkedWithTable(newest)) unproven.add(DELETED_COLUMN);
    if (unproven.size === 0) return;
    this.#count.inPart += 1;
    for (const name of unproven) this.#unproven.add(name);
  }

  /** Written before there was a journal, or made to look so: then at least it is named. */
  #isOlder(version: Version): boolean {
    const { oldest } = this.#table;
    return !this.#context.isWhole && version !== NO_VERSION && oldest !== null && version < oldest;
  }

  /**
   * A row that is not as told. The product itself may have changed it while no journal was kept: after what is told of it, and
   * to a newer version.
   */
  #differs(
    fault: 'altered' | 'removed' | 'added',
    key: string,
    told: Told | undefined,
    version: Version | null,
  ) {
    const toldAt = told === undefined ? 0 : (this.#context.heads[told.entry]?.appliedAt ?? 0);
    const oldest = told?.version ?? this.#table.oldest;
    const isNewer = version === null || (oldest !== null && version !== NO_VERSION && version > oldest);
    const isExplained = this.#gapUntil !== null && toldAt <= this.#gapUntil && isNewer;
    this.#note(isExplained ? 'unjournaled' : fault, key, told);
  }

  #note(fault: RowFault, key: string | null, told: Told | undefined): void {
    this.#count[fault] += 1;
    const findings = fault === 'unsealed' || fault === 'unjournaled' ? this.#unknown : this.#tampered;
    if (findings.length >= this.#shown) return;
    const text = key === null ? '[null]' : this.#reading.keyText(key);
    findings.push({ fault, key: text, entry: told?.entry ?? null });
  }
}

/** Records of one change: a row may have been written with several sets of columns at one version. */
function alike(records: readonly Told[], { version, operation }: Told): readonly Told[] {
  return records.filter((record) => record.version === version && record.operation === operation);
}

/** A value in a column that a row was written without is nobody's. */
function isWhole({ isMore }: FoundRow, operation: Told['operation']): boolean {
  return operation !== 'put' || !isMore;
}
