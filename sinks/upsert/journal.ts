import { setImmediate as turn } from 'node:timers/promises';
import { WHOLE_TABLE } from '../../schemas/contract/stored-key.ts';
import type { Claim, Withheld } from '../../schemas/contract/ports.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import { JOURNAL_CHAIN } from '../../schemas/journal/entry.ts';
import type { JournalTools } from '../../schemas/journal/entry.ts';
import type { JournalOperation, JournalRecord } from '../../schemas/journal/record.ts';
import type { ShapeId } from '../../schemas/journal/shape.ts';
import type { PlannedClear } from './clears.ts';
import type { Family, JournalTable, RowSet, TargetDatabase, TargetTransaction } from './database.ts';
import { EntryMaker } from './journal-entries.ts';
import type { Origin } from './journal-entries.ts';
import { changedRow, elementAt, rowName } from './row-sets.ts';
import { inTransaction } from './transaction.ts';

/** The rows of a batch as the journal will tell of them. */
export interface PlannedJournal {
  /** Says what was written: all but what was withheld. */
  write(table: JournalTable, origin: Origin, withheld: readonly Withheld[]): Promise<void>;
}

/** What was done to rows of one shape: `recordAt` and `nameAt` tell of each of them, the latter as `withheld` does. */
interface Told {
  readonly count: number;
  readonly recordAt: (at: number) => JournalRecord;
  readonly nameAt: (at: number) => string;
}

/** Makes the entries of what batches write. */
export class Journal {
  readonly #database: TargetDatabase;
  readonly #maker: EntryMaker;
  readonly #stored = new Set<ShapeId>();

  constructor(database: TargetDatabase, tools: JournalTools) {
    this.#database = database;
    this.#maker = new EntryMaker(tools);
  }

  /** Says that nothing was applied before there was a journal, where it is so. */
  async begin(): Promise<void> {
    await inTransaction(this.#database, async (transaction) => {
      const isWritten = (await transaction.hasPositions()) || (await transaction.journal.heads()).length > 0;
      if (isWritten) return;
      const origin = { chain: JOURNAL_CHAIN, first: offsetOf(0), next: offsetOf(0), mappingVersion: '' };
      await transaction.journal.append(this.#maker.note({ ...origin, kind: 'beginning' }));
    });
  }

  /** Says which records of these partitions were applied while no journal was kept. */
  async resume(transaction: TargetTransaction, claims: readonly Claim[]): Promise<void> {
    const [route] = claims.map((claim) => claim.route);
    if (route === undefined) return;
    const ranges = await transaction.unjournaled(route);
    for (const { topic, partition, first, next } of ranges) {
      const claim = claims.find((each) => each.topic === topic && each.partition === partition);
      if (claim === undefined) continue;
      const origin = { chain: { route, topic, partition }, first, next, mappingVersion: '' };
      await transaction.journal.append(this.#maker.note({ ...origin, kind: 'resumption' }));
      await transaction.takeAsJournaled(claim);
    }
  }

  /** Digests are made from now on, in the pauses while the database works. */
  async plan(clears: readonly PlannedClear[], sets: readonly RowSet[]): Promise<PlannedJournal> {
    const told = [...clears.map((clear) => this.#toldOf(clear)), ...sets.map((set) => this.#toldOfSet(set))];
    await this.#storeShapes();
    const digesting = recordsOf(told);
    // Awaited by whoever writes the entry; a batch that fails before is none.
    digesting.catch(() => undefined);
    return {
      write: async (table, origin, withheld) => {
        const records = written(told, await digesting, withheld);
        for (const entry of this.#maker.entries(origin, records)) await table.append(entry);
      },
    };
  }

  /** In a transaction of their own, so that they are there whatever becomes of the batch. */
  async #storeShapes(): Promise<void> {
    const unknown = this.#maker.shapes.filter(({ id }) => !this.#stored.has(id));
    if (unknown.length === 0) return;
    await inTransaction(this.#database, ({ journal }) => journal.define(unknown));
    for (const { id } of unknown) this.#stored.add(id);
  }

  #toldOf({ clear: { table, version, deletedAt } }: PlannedClear): Told {
    const { id } = this.#maker.shape({ table, key: [], columns: [] });
    const operation = deletedAt === null ? 'clear' : 'mark';
    return {
      count: 1,
      recordAt: () => ({ operation, shape: id, key: '', version, digest: '', count: 1 }),
      nameAt: () => rowName({ table: { id: table }, key: WHOLE_TABLE, version }),
    };
  }

  #toldOfSet(set: RowSet): Told {
    const { target, rows, keys, versions, counts } = set;
    const keyed = target.key.length > 0;
    const { id, key, columns } = target.shape;
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    const shape = this.#maker.shape({
      ...{ table: id, key },
      columns: set.columns.map(({ name, family }) => ({ name, type: asStored(types.get(name), family) })),
    });
    const operation = operationOf(set.kind);
    const isDigested = operation !== 'delete' && operation !== 'remove';
    return {
      count: rows.length,
      recordAt: (at) => {
        const row = elementAt(rows, at);
        return {
          operation,
          shape: shape.id,
          key: keyed ? shape.digests.key(row) : elementAt(keys, at),
          version: elementAt(versions, at),
          digest: isDigested ? shape.digests.digest(row) : '',
          count: counts[at] ?? 1,
        };
      },
      nameAt: (at) => rowName(changedRow(set, at)),
    };
  }
}

/** Rows whose digests are made in one go; others get their turn in between. */
const SLICE = 250;

async function recordsOf(told: readonly Told[]): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (const { count, recordAt } of told)
    for (let at = 0; at < count; at += 1) {
      if (records.length % SLICE === 0) await turn();
      records.push(recordAt(at));
    }
  return records;
}

/** Without those of rows that were withheld. */
function written(
  told: readonly Told[],
  records: readonly JournalRecord[],
  withheld: readonly Withheld[],
): readonly JournalRecord[] {
  if (withheld.length === 0) return records;
  const kept = new Set(withheld.map(rowName));
  const names = told.flatMap(({ count, nameAt }) => Array.from({ length: count }, (_, at) => nameAt(at)));
  return records.filter((_, at) => !kept.has(elementAt(names, at)));
}

/** A text that the target keeps in a column of JSON comes back re-written: it is JSON to whoever reads it. */
function asStored(type: LogicalType = { kind: 'text' }, family: Family): LogicalType {
  return type.kind === 'text' && family === 'json' ? { kind: 'json' } : type;
}

function operationOf(kind: RowSet['kind']): JournalOperation {
  switch (kind) {
    case 'upsert':
      return 'put';
    case 'update':
      return 'part';
    case 'delete':
    case 'add':
    case 'remove':
      return kind;
    default:
      return unreachable(kind);
  }
}
