import type { ChangeEvent, ChangeSource } from '../../schemas/contract/change-event.ts';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { CounterfoilError } from '../../schemas/contract/errors.ts';
import { groupBy } from '../../schemas/contract/grouping.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import { compareVersions } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type {
  ApplyResult,
  Claim,
  DeadLetter,
  RawRecord,
  RecordBatch,
  RowRejection,
  SinkBatch,
} from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { Outcome, Stage } from '../../schemas/contract/telemetry.ts';
import { mapEvent } from '../map/map-event.ts';
import { reduceChanges } from '../reduce/reduce.ts';
import type { EventChange, Reduction } from '../reduce/reduce.ts';

/** What is known of one record of the batch. */
export interface Entry {
  readonly record: RawRecord;
  event: ChangeEvent | null;
  outcome: Outcome | null;
}

export interface Letter extends DeadLetter {
  readonly stage: Stage;
}

/**
 * One batch on its way: which event became which rows, and what became of each record in the end. Knows nothing of
 * Kafka or databases.
 */
export class BatchWork {
  readonly batch: RecordBatch;
  readonly entries: readonly Entry[];
  /** How many events were left out, by rule. */
  readonly filtered = new Map<string, number>();
  readonly letters: Letter[] = [];
  readonly #route: string;
  readonly #mapping: Mapping;
  #changes: EventChange[] = [];
  #reduction: Reduction = reduceChanges([]);
  #sent = 0;

  constructor(route: string, batch: RecordBatch, mapping: Mapping) {
    this.#route = route;
    this.batch = batch;
    this.#mapping = mapping;
    this.entries = batch.records.map((record) => ({ record, event: null, outcome: null }));
  }

  /** Sets the record aside when the failure is its own fault; throws the failure when it is not. */
  reject(entry: Entry, stage: Stage, error: unknown): void {
    const failure = asCounterfoilError(error, 'INTERNAL', 'unexpected failure');
    if (failure.disposition !== 'dead-letter') throw failure;
    entry.outcome = 'dead-lettered';
    this.letters.push({
      route: this.#route,
      record: entry.record,
      error: failure,
      mappingVersion: this.#mapping.version,
      stage,
    });
  }

  /** Maps what was decoded and reduces it to one change per target key. */
  map(): void {
    for (const [index, entry] of this.entries.entries()) {
      if (entry.event === null) continue;
      try {
        const mapped = mapEvent(entry.event, this.#mapping);
        if (mapped.kind === 'filtered') this.#filter(entry, mapped.rule);
        else for (const change of mapped.changes) this.#changes.push({ change, event: index });
      } catch (error) {
        this.reject(entry, stageOf(error), error);
      }
    }
    this.#reduction = reduceChanges(this.#changes);
  }

  /** Letters that were not handed out before. */
  takeLetters(): readonly Letter[] {
    const letters = this.letters.slice(this.#sent);
    this.#sent = this.letters.length;
    return letters;
  }

  tables(): ReadonlySet<TableShape> {
    return new Set([...this.#reduction.upserts, ...this.#reduction.deletes].map(({ table }) => table));
  }

  get rows(): number {
    return this.#reduction.rows;
  }

  sinkBatch(claim: Claim): SinkBatch {
    const { first, next } = this.batch;
    const { upserts, deletes } = this.#reduction;
    return {
      claim,
      first,
      next,
      sourceVersion: this.#sourceVersion(),
      sourceTime: this.sourceTime(),
      upserts,
      deletes,
    };
  }

  /** Takes out every event that went into a refused row; the others of the batch are reduced anew. */
  rejectRows(rejections: readonly RowRejection[]): void {
    const culprits = new Map<number, CounterfoilError>();
    for (const { table, key, error } of rejections) {
      for (const event of this.#reduction.eventsOf(table, key)) culprits.set(event, error);
    }
    if (culprits.size === 0) throw new Error('the target refused rows that were not sent');
    for (const [index, error] of culprits) {
      const entry = this.entries[index];
      if (entry) this.reject(entry, 'apply', error);
    }
    this.#changes = this.#changes.filter(({ event }) => !culprits.has(event));
    this.#reduction = reduceChanges(this.#changes);
  }

  /** Gives every event that is left its outcome: an event whose rows were all withheld was superseded or a duplicate. */
  settle({ withheld }: ApplyResult): void {
    const kept = new Map<number, Outcome>();
    for (const parts of groupBy(withheld, ({ table, key }) => `${tableLabel(table.id)}\n${key}`).values()) {
      const [first] = parts;
      if (first === undefined || parts.length < this.#reduction.partsOf(first.table, first.key)) continue;
      for (const event of this.#reduction.eventsOf(first.table, first.key)) kept.set(event, first.reason);
    }
    for (const { event } of this.#changes) {
      const entry = this.entries[event];
      if (entry)
        entry.outcome = this.#reduction.superseded.has(event) ? 'superseded' : (kept.get(event) ?? 'applied');
    }
  }

  outcomes(): Record<Outcome, number> {
    const counts = { applied: 0, superseded: 0, duplicate: 0, filtered: 0, 'dead-lettered': 0 };
    for (const { record, outcome } of this.entries) {
      if (outcome === null) throw new Error(`offset ${record.offset} of ${record.topic} has no outcome`);
      counts[outcome]++;
    }
    return counts;
  }

  #filter(entry: Entry, rule: string): void {
    entry.outcome = 'filtered';
    this.filtered.set(rule, (this.filtered.get(rule) ?? 0) + 1);
  }

  /** Commit time of the newest change, by the source's clock, milliseconds since the epoch. */
  sourceTime(): number | null {
    let newest: number | null = null;
    for (const { committedAt } of this.#sources()) {
      if (committedAt !== null && (newest === null || committedAt > newest)) newest = committedAt;
    }
    return newest;
  }

  #sourceVersion(): Version | null {
    let newest: Version | null = null;
    for (const { version } of this.#sources()) {
      if (newest === null || compareVersions(version, newest) > 0) newest = version;
    }
    return newest;
  }

  *#sources(): Iterable<ChangeSource> {
    for (const { event } of this.entries)
      if (event !== null && event.kind !== 'tombstone') yield event.source;
  }
}

function stageOf(error: unknown): Stage {
  return asCounterfoilError(error, 'INTERNAL', '').code === 'CONTRACT_VIOLATION' ? 'validate' : 'map';
}
