import type { Chain, ChainHead } from '../../schemas/contract/chain.ts';
import { entryDigest } from '../../schemas/journal/entry.ts';
import type { JournalEntry, JournalTools, SignedEntry } from '../../schemas/journal/entry.ts';
import { encodeRecords } from '../../schemas/journal/record.ts';
import type { JournalRecord } from '../../schemas/journal/record.ts';
import { shapeIdOf, shapeText } from '../../schemas/journal/shape.ts';
import type { JournalShape, RowDigests } from '../../schemas/journal/shape.ts';
import type { StoredShape } from './database.ts';
import { isRowFault, TargetError } from './target-error.ts';

/** Records of one entry at most: what is longer becomes several, in one transaction. */
const ENTRY_RECORDS = 5_000;

/** Where rows came from. */
export type Origin = Pick<JournalEntry, 'chain' | 'kind' | 'first' | 'next' | 'mappingVersion'>;

export interface KnownShape extends StoredShape {
  readonly digests: RowDigests;
}

/** Makes shapes and entries of a journal. */
export class EntryMaker {
  readonly #tools: JournalTools;
  readonly #shapes = new Map<string, KnownShape>();

  constructor(tools: JournalTools) {
    this.#tools = tools;
  }

  /** All that were asked for so far. */
  get shapes(): readonly KnownShape[] {
    return [...this.#shapes.values()];
  }

  shape(shape: JournalShape): KnownShape {
    const text = shapeText(shape);
    const known = this.#shapes.get(text);
    if (known) return known;
    const made = { id: shapeIdOf(text), text, digests: this.#tools.digestsOf(shape) };
    this.#shapes.set(text, made);
    return made;
  }

  *entries(origin: Origin, records: readonly JournalRecord[]): Generator<SignedEntry> {
    for (let from = 0; from < records.length; from += ENTRY_RECORDS) {
      yield this.#signed(origin, records.slice(from, from + ENTRY_RECORDS));
    }
  }

  /** An entry that tells of no row. */
  note(origin: Origin): SignedEntry {
    return this.#signed(origin, []);
  }

  #signed(origin: Origin, records: readonly JournalRecord[]): SignedEntry {
    const entry = { ...origin, appliedAt: Date.now(), records: records.length, body: encodeRecords(records) };
    const digest = entryDigest(entry);
    return { ...entry, digest, signature: this.#tools.sign(digest) };
  }
}

/** The last entry of a chain as both databases give it. */
export interface HeadFields {
  readonly route: string;
  readonly topic: string;
  readonly partition_number: number;
  readonly sequence: string;
  readonly hash: Buffer;
}

export function headOf({ route, topic, partition_number: partition, sequence, hash }: HeadFields): ChainHead {
  return { chain: { route, topic, partition }, sequence: BigInt(sequence), hash };
}

/** A chain whose end somebody has altered cannot go on: an entry of that number is there already. */
export function endWasAltered({ route, topic, partition }: Chain): (error: unknown) => never {
  return (error) => {
    if (!isRowFault(error)) throw error;
    throw new TargetError(
      'TARGET_MISCONFIGURED',
      `the journal of ${route}/${topic}/${partition} cannot go on: somebody has altered its end`,
      { remedy: '`counterfoil audit verify` says what was altered; restore the row of `journal_head`.' },
    );
  };
}
