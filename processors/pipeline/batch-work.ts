import { rowKeyOf } from '../../schemas/contract/cell.ts';
import { isOfTable, isRowEvent } from '../../schemas/contract/change-event.ts';
import type { ChangeEvent, RowEvent } from '../../schemas/contract/change-event.ts';
import type { DeadLetter, FreedRow } from '../../schemas/contract/dead-letter.ts';
import { asCounterfoilError, CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import type {
  ApplyResult,
  ChangedRow,
  Claim,
  RecordBatch,
  RowRejection,
  SinkBatch,
  Withheld,
} from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Outcome, Stage } from '../../schemas/contract/telemetry.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import { WHOLE_TABLE } from '../../schemas/contract/stored-key.ts';
import type { Watermark } from '../../schemas/contract/watermark.ts';
import { mapEvent } from '../map/map-event.ts';
import { NO_EVENT, reduceChanges } from '../reduce/reduce.ts';
import type { EventChange, Part, Reduction } from '../reduce/reduce.ts';
import { accountOf } from './account.ts';
import { admit, isKeyless } from './admission.ts';
import { OUTCOME_WEIGHT } from './outcome-weight.ts';
import { newestOf } from './history-guard.ts';
import type { Passed } from './history-guard.ts';
import { frees, isBehind } from './entry.ts';
import type { Entry } from './entry.ts';
import { ParkedRows } from './parked-rows.ts';

/**
 * How often one target row may be refused before everything that led to it is set aside: each time the last change of
 * it is taken out, and the ones before it are tried again.
 */
const REFUSALS_PER_ROW = 8;

/**
 * One batch on its way: which event became which rows, and what became of each record in the end. Knows nothing of
 * Kafka or databases.
 */
export class BatchWork {
  #batch: RecordBatch;
  #entries: readonly Entry[];
  /** How many events were left out, by rule. */
  readonly filtered = new Map<string, number>();
  readonly letters: DeadLetter[] = [];
  readonly #route: string;
  readonly #mapping: Mapping;
  readonly #refusals = new Map<string, number>();
  #changes: EventChange[] = [];
  #reduction: Reduction = reduceChanges([]);
  #passed: Passed | null = null;
  #watermark: Watermark | null;
  #sent = 0;
  /** What the target has answered last, and what that makes of the events: a run, accounts and the report ask for it. */
  #known: { readonly withheld: readonly Withheld[]; readonly outcomes: readonly (Outcome | null)[] } | null =
    null;
  /** Entries that need not wait behind the letters of their rows. */
  #freeing: readonly Entry[] = [];

  /** `watermark` is that of the batch's partition. */
  constructor(route: string, batch: RecordBatch, mapping: Mapping, watermark: Watermark | null) {
    this.#route = route;
    this.#watermark = watermark;
    this.#batch = batch;
    this.#mapping = mapping;
    this.#entries = batch.records.map((record) => ({
      record,
      event: null,
      key: null,
      outcome: null,
      rule: null,
    }));
  }

  get batch(): RecordBatch {
    return this.#batch;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Has the batch end before this record. Asked while it is decoded: nothing is known of what follows. */
  endBefore(entry: Entry): void {
    const at = this.#entries.indexOf(entry);
    this.#entries = this.#entries.slice(0, at);
    this.#batch = {
      ...this.#batch,
      next: entry.record.offset,
      records: this.#batch.records.slice(0, at),
    };
  }

  decoded(entry: Entry, event: ChangeEvent): void {
    entry.event = event;
    if (isRowEvent(event) && event.shape.key.length > 0) entry.key = rowKeyOf(event.key);
  }

  /** How far the partition is applied with this batch. */
  get watermark(): Watermark | null {
    return this.#watermark;
  }

  /** Sets the record aside when the failure is its own fault; throws the failure when it is not. */
  reject(entry: Entry, stage: Stage, error: unknown): void {
    const failure = asCounterfoilError(error, 'INTERNAL', 'unexpected failure');
    if (failure.disposition !== 'dead-letter') throw failure;
    entry.outcome = failure.code === 'PARKED' ? 'parked' : 'dead-lettered';
    const { record, key, event } = entry;
    this.letters.push({
      route: this.#route,
      record,
      key,
      version: event !== null && isOfTable(event) ? event.source.version : null,
      error: failure,
      stage,
      mappingVersion: this.#mapping.version,
    });
  }

  /** Whether any change of the batch is behind one of these rows. */
  touches(parked: ParkedRows): boolean {
    return this.entries.some((entry) => isBehind(entry, parked));
  }

  /** Maps what was decoded and reduces it to one change per target key. Changes of parked rows are parked as well. */
  map(parked: ParkedRows): void {
    this.#parkBehind(parked, (entry, index) => {
      if (entry.event !== null) this.#map(entry, entry.event, index);
    });
    this.#reduction = reduceChanges(this.#changes);
  }

  /** Visits what is not parked, in order; what the visit sets aside has later changes of its row parked behind it. */
  #parkBehind(parked: ParkedRows, visit: (entry: Entry, index: number) => void): void {
    const waiting = new ParkedRows();
    const freed = new ParkedRows();
    for (const [index, entry] of this.entries.entries()) {
      if (frees(entry, parked)) this.#free(entry, freed);
      if (isBehind(entry, waiting) || (isBehind(entry, parked) && !isBehind(entry, freed))) this.#park(entry);
      else visit(entry, index);
      if (entry.outcome === 'dead-lettered' && entry.key !== null) waiting.add(entry.record.topic, entry.key);
    }
  }

  #map(entry: Entry, event: ChangeEvent, index: number): void {
    try {
      if (isKeyless(event) && !this.#admits(entry, event)) return;
      const mapped = mapEvent(event, this.#mapping);
      if (mapped.kind === 'filtered') this.#filter(entry, mapped.rule);
      else for (const change of mapped.changes) this.#changes.push({ change, event: index });
    } catch (error) {
      this.reject(entry, stageOf(error), error);
    }
  }

  /** Whether a change of a table without a key is new. */
  #admits(entry: Entry, event: RowEvent): boolean {
    if (!this.#mapping.accepts(event.shape.id)) return true;
    const { verdict, anew, watermark } = admit(event, this.#watermark);
    this.#watermark = watermark;
    if (anew) this.#clear(event);
    if (verdict === 'again') entry.outcome = 'duplicate';
    return verdict === 'new';
  }

  #clear({ shape, source: { version } }: RowEvent): void {
    for (const table of this.#mapping.copies(shape.id))
      this.#changes.push({
        change: { kind: 'clear', table, cause: 'read-anew', deletedAt: null, version },
        event: NO_EVENT,
      });
  }

  #free(entry: Entry, freed: ParkedRows): void {
    if (entry.key === null) return;
    freed.add(entry.record.topic, entry.key);
    this.#freeing = [...this.#freeing, entry];
  }

  #park(entry: Entry): void {
    this.reject(
      entry,
      'park',
      new CounterfoilError('PARKED', 'an earlier change of the row is a dead letter'),
    );
  }

  /** Letters that were not handed out before. */
  takeLetters(): readonly DeadLetter[] {
    const letters = this.letters.slice(this.#sent);
    this.#sent = this.letters.length;
    return letters;
  }

  /** Rows whose earlier letters are superseded by a change of the batch, unless that has become a letter itself. */
  freed(): readonly FreedRow[] {
    return this.#freeing.flatMap(({ key, event, record, outcome }) =>
      key === null ||
      event === null ||
      !isOfTable(event) ||
      outcome === 'dead-lettered' ||
      outcome === 'parked'
        ? []
        : [{ topic: record.topic, key, version: event.source.version }],
    );
  }

  tables(): ReadonlySet<TableShape> {
    return new Set(this.#groups.map(({ table }) => table));
  }

  get rows(): number {
    return this.#groups.reduce((sum, { keys }) => sum + keys.length, 0);
  }

  get #groups() {
    return [...this.#reduction.upserts, ...this.#reduction.deletes, ...this.#reduction.occurrences];
  }

  /**
   * `run` is the one that the batch belongs to; `accountFrom` the first offset that no account has told of yet, where
   * accounts are kept.
   */
  sinkBatch(claim: Claim, run?: string, accountFrom?: Offset): SinkBatch {
    const { version, time } = this.passed();
    return {
      ...{ claim, first: this.batch.first, next: this.batch.next },
      sourceVersion: version,
      sourceTime: time,
      recordTime: this.#recordTime(),
      watermark: this.#watermark,
      mappingVersion: this.#mapping.version,
      clears: this.#reduction.clears,
      upserts: this.#reduction.upserts,
      deletes: this.#reduction.deletes,
      occurrences: this.#reduction.occurrences,
      passed: this.#reduction.passed,
      letters: [...this.letters],
      freed: this.freed(),
      ...(accountFrom === undefined
        ? {}
        : {
            account: (withheld: readonly Withheld[]) =>
              accountOf(this.entries, this.#outcomesWhen(withheld), accountFrom),
          }),
      ...(run === undefined
        ? {}
        : {
            tally: {
              run: { route: this.#route, id: run },
              outcomes: (withheld: readonly Withheld[]) => countsOf(this.#outcomesWhen(withheld)),
            },
          }),
    };
  }

  /**
   * Takes out the events by which rows were refused, and parks what comes after them of the same source row; what is
   * left is reduced anew, so that changes before them count again.
   */
  rejectRows(rejections: readonly RowRejection[]): void {
    const culprits = new Map<number, CounterfoilError>();
    for (const rejection of rejections) {
      const part = this.#reduction.partOf(rejection);
      if (part === undefined) throw new Error('the target refused a row that was not sent');
      for (const event of this.#culpritsOf(part)) culprits.set(event, rejection.error);
    }
    this.#parkBehind(new ParkedRows(), (entry, index) => {
      const error = culprits.get(index);
      if (error) this.reject(entry, 'apply', error);
    });
    this.#changes = this.#changes.filter(
      ({ event }) => event === NO_EVENT || this.entries[event]?.outcome === null,
    );
    this.#reduction = reduceChanges(this.#changes);
    this.#known = null;
  }

  #culpritsOf({ change, events }: Part): readonly number[] {
    const id = identify(rowOf(change));
    const refusals = (this.#refusals.get(id) ?? 0) + 1;
    this.#refusals.set(id, refusals);
    return refusals < REFUSALS_PER_ROW ? events.slice(-1) : events;
  }

  /**
   * Gives every event that is left its outcome: applied when any of the rows it went into was written, else what kept
   * them out.
   */
  settle({ withheld }: ApplyResult): void {
    for (const [at, outcome] of this.#outcomesWhen(withheld).entries()) {
      const entry = this.entries[at];
      if (entry) entry.outcome = outcome;
    }
  }

  /** By entry. */
  #outcomesWhen(withheld: readonly Withheld[]): readonly (Outcome | null)[] {
    if (this.#known?.withheld !== withheld)
      this.#known = { withheld, outcomes: this.#weighOutcomes(withheld) };
    return this.#known.outcomes;
  }

  #weighOutcomes(withheld: readonly Withheld[]): readonly (Outcome | null)[] {
    const outcomes = this.entries.map(({ outcome }) => outcome);
    const keptOut = new Map(withheld.map((row) => [`${identify(row)}\n${row.version}`, row.reason]));
    const weigh = (event: number, outcome: 'applied' | 'superseded' | 'duplicate') => {
      const before = outcomes[event];
      if (before === undefined) return;
      if (OUTCOME_WEIGHT[outcome] > OUTCOME_WEIGHT[before ?? 'none']) outcomes[event] = outcome;
    };
    for (const event of this.#reduction.superseded) weigh(event, 'superseded');
    for (const { change, events } of this.#reduction.parts) {
      const outcome =
        keptOut.size === 0
          ? 'applied'
          : (keptOut.get(`${identify(rowOf(change))}\n${change.version}`) ?? 'applied');
      for (const event of events) weigh(event, outcome);
    }
    return outcomes;
  }

  outcomes(): Record<Outcome, number> {
    return countsOf(this.entries.map(({ outcome }) => outcome));
  }

  #filter(entry: Entry, rule: string): void {
    entry.outcome = 'filtered';
    entry.rule = rule;
    this.filtered.set(rule, (this.filtered.get(rule) ?? 0) + 1);
  }

  /** The newest version and commit time (by the source's clock) of the batch's changes; asked once all are decoded. */
  passed(): Passed {
    this.#passed ??= newestOf(this.entries.map(({ event }) => event));
    return this.#passed;
  }

  #recordTime(): number | null {
    return this.entries.reduce<number | null>(
      (newest, { record }) => Math.max(newest ?? 0, record.timestamp),
      null,
    );
  }
}

/** Throws for an event that would have no outcome. */
function countsOf(outcomes: readonly (Outcome | null)[]): Record<Outcome, number> {
  const counts = { applied: 0, superseded: 0, duplicate: 0, filtered: 0, 'dead-lettered': 0, parked: 0 };
  for (const outcome of outcomes) {
    if (outcome === null) throw new Error('an event of the batch has no outcome');
    counts[outcome]++;
  }
  return counts;
}

function identify({ table, key }: Pick<ChangedRow, 'table' | 'key'>): string {
  return `${tableLabel(table.id)}\n${key}`;
}

function rowOf(change: Part['change']): Pick<ChangedRow, 'table' | 'key'> {
  return change.kind === 'clear' ? { table: { id: change.table }, key: WHOLE_TABLE } : change;
}

function stageOf(error: unknown): Stage {
  return asCounterfoilError(error, 'INTERNAL', '').code === 'CONTRACT_VIOLATION' ? 'validate' : 'map';
}
