import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { chainLabel } from '../../schemas/contract/chain.ts';
import { entryDigest } from '../../schemas/journal/entry.ts';
import { decodeRecords } from '../../schemas/journal/record.ts';
import type { JournalOperation, JournalRecord } from '../../schemas/journal/record.ts';
import type { JournalShape, ShapeId } from '../../schemas/journal/shape.ts';
import { Spool } from '../consistency/spool.ts';
import type { SpoolOptions } from '../consistency/spool.ts';
import type { EntryFinding } from './chains.ts';
import type { EntryHead, Evidence } from './evidence.ts';

/** A shape of records; `digested` when some of them have a digest. */
export interface JournaledShape {
  readonly shape: JournalShape;
  readonly digested: boolean;
}

/** A table as the journal tells of it. */
export interface JournaledTable {
  readonly id: TableId;
  readonly label: string;
  /** Shapes of its records by the number that the spool knows them by. */
  readonly shapes: readonly JournaledShape[];
  /** What was done to its rows, each with its {@link RecordOrigin}. */
  readonly spool: Spool;
  /** When it was cleared last. */
  readonly clearedAt: Version | null;
  /** When all of its rows were marked as deleted last. */
  readonly markedAt: Version | null;
  /** The oldest version that the journal tells of; null when it tells of none. */
  readonly oldest: Version | null;
  /** Rows without a key are told of, and cannot be looked up. */
  readonly keyless: boolean;
  /** Those whose entries tell of it. */
  readonly routes: ReadonlySet<string>;
}

/** Where a record is from, as the spool has it beside its key and digest. */
export interface RecordOrigin {
  readonly operation: JournalOperation;
  readonly version: Version;
  /** The entry, by its place among `heads`. */
  readonly entry: number;
}

export interface Expected {
  readonly tables: readonly JournaledTable[];
  readonly findings: readonly EntryFinding[];
  readonly records: number;
  /** Shapes that entries name and that are gone or altered: of each the first entry, as `route/topic/partition entry n`. */
  readonly unknownShapes: readonly string[];
}

const CODES: Readonly<Record<JournalOperation, string>> = {
  ...{ put: 'p', part: 't', delete: 'd', clear: 'c', mark: 'm', add: 'a', remove: 'r' },
};
const OPERATIONS = new Map(
  Object.entries(CODES).map(([operation, code]) => [code, operation as JournalOperation]),
);

export function originText({ operation, version, entry }: RecordOrigin): string {
  return `${CODES[operation]}${version}${entry}`;
}

export function originOfText(text: string): RecordOrigin {
  const operation = OPERATIONS.get(text.slice(0, 1));
  if (operation === undefined) throw new RangeError('a record of the audit cannot be read');
  return { operation, version: text.slice(1, 33) as Version, entry: Number(text.slice(33)) };
}

interface OpenTable {
  readonly id: TableId;
  readonly label: string;
  readonly shapes: { readonly shape: JournalShape; digested: boolean }[];
  readonly numbers: Map<ShapeId, number>;
  readonly spool: Spool;
  clearedAt: Version | null;
  markedAt: Version | null;
  oldest: Version | null;
  keyless: boolean;
  readonly routes: Set<string>;
}

/**
 * Reads these entries once: what each table should hold by them, and which do not say what they said. Whoever is given
 * the tables closes their spools.
 */
export async function readJournal(
  evidence: Evidence,
  heads: readonly EntryHead[],
  options: {
    readonly spool: SpoolOptions;
    readonly signal: AbortSignal;
    readonly onRead?: (entries: number) => void;
  },
): Promise<Expected> {
  const shapes = await evidence.shapes();
  const places = new Map(heads.map((head, at) => [placeOf(head), at]));
  const tables = new Map<string, OpenTable>();
  const findings: EntryFinding[] = [];
  const unknownShapes = new Map<ShapeId, string>();
  let records = 0;
  let read = 0;

  const tableOf = ({ table }: JournalShape): OpenTable => {
    const label = tableLabel(table);
    const known = tables.get(label);
    if (known) return known;
    const opened: OpenTable = {
      ...{
        id: table,
        label,
        shapes: [],
        numbers: new Map<ShapeId, number>(),
        spool: new Spool(options.spool),
      },
      ...{ clearedAt: null, markedAt: null, oldest: null, keyless: false },
      routes: new Set(),
    };
    tables.set(label, opened);
    return opened;
  };

  const take = (record: JournalRecord, shape: JournalShape, route: string, entry: number): void => {
    const table = tableOf(shape);
    table.routes.add(route);
    const { operation, version, key, digest } = record;
    if (table.oldest === null || version < table.oldest) table.oldest = version;
    if (operation === 'clear') {
      table.clearedAt = newerOf(table.clearedAt, version);
      return;
    }
    if (operation === 'mark') {
      table.markedAt = newerOf(table.markedAt, version);
      return;
    }
    if (operation === 'add' || operation === 'remove') {
      table.keyless = true;
      return;
    }
    const number = table.numbers.get(record.shape) ?? table.shapes.push({ shape, digested: false }) - 1;
    table.numbers.set(record.shape, number);
    const known = table.shapes[number];
    // Of a table of nothing but key columns a delete and a write have one shape.
    if (known !== undefined && digest !== '') known.digested = true;
    table.spool.add(
      key,
      digest === '' ? NO_DIGEST : digest,
      originText({ operation, version, entry }),
      number,
    );
  };

  try {
    for await (const chunk of evidence.bodies(heads)) {
      options.signal.throwIfAborted();
      for (const entry of chunk) {
        const { chain, sequence } = entry;
        const place = places.get(placeOf(entry));
        if (place === undefined) continue;
        try {
          if (!entryDigest(entry).equals(entry.digest)) throw new RangeError('the digest is another');
          for (const record of decodeRecords(entry.body)) {
            const shape = shapes.get(record.shape);
            if (shape === undefined) {
              if (!unknownShapes.has(record.shape)) unknownShapes.set(record.shape, entryLabel(entry));
            } else take(record, shape, chain.route, place);
            records += 1;
          }
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          findings.push({ chain, fault: 'altered', from: sequence, to: sequence });
        }
      }
      read += chunk.length;
      options.onRead?.(read);
      for (const { spool } of tables.values()) await spool.settle();
    }
  } catch (error) {
    for (const { spool } of tables.values()) spool.close();
    throw error;
  }
  return {
    tables: [...tables.values()],
    ...{ findings, records, unknownShapes: [...unknownShapes.values()] },
  };
}

function newerOf(before: Version | null, now: Version): Version {
  return before === null || now > before ? now : before;
}

/** For people. */
export function entryLabel({ chain, sequence }: Pick<EntryHead, 'chain' | 'sequence'>): string {
  return `${chainLabel(chain)} entry ${sequence}`;
}

const NO_DIGEST = '\0'.repeat(16);

function placeOf({ chain, sequence }: EntryHead): string {
  return `${chainLabel(chain)}/${sequence}`;
}
