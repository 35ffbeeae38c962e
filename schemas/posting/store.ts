import type { Version } from '../contract/position.ts';
import type { TableId } from '../contract/table.ts';
import type { DocumentDeclaration, DocumentRows } from './declaration.ts';
import type { DocumentId, DocumentKind } from './document.ts';
import type { Ledger } from './ledger.ts';
import type { Action, Plan } from './outcome.ts';
import type { Period } from './period.ts';

/** A kind of document, with the copies of its tables in their place. */
export type WatchedDocument = Pick<
  DocumentDeclaration,
  'kind' | 'header' | 'settles' | 'parts' | 'references'
>;

/** A document as its copied rows show it, and what the books hold of it. */
export interface Subject {
  readonly id: DocumentId;
  /** The newest change of its rows, of those that are deleted as well. */
  readonly version: Version;
  /** Null when the row of the header is not there, or is marked as deleted. */
  readonly rows: DocumentRows | null;
  readonly ledger: Ledger;
}

/** Where a document stands in the books. */
export type BookState = 'none' | 'posted' | 'reversed' | 'parked' | 'refused';

/** What is decided about a document. */
export interface Decision {
  readonly plan: Plan;
  readonly number: string | null;
  readonly state: BookState;
  /** Why it is parked or refused, in words without amounts. */
  readonly reason: string | null;
}

/** What became of the documents that were looked at. */
export interface PostingReport {
  readonly documents: number;
  readonly vouchers: Readonly<Record<Action['kind'], number>>;
  readonly states: Readonly<Record<BookState, number>>;
}

export interface PostingSummary {
  /** Documents whose rows have changed since they were looked at, and since when the oldest waits (ms). */
  readonly pending: number;
  readonly oldest: number | null;
  readonly waiting: Readonly<Record<WaitingState, number>>;
}

/** Parked documents wait for finance, refused ones for the office. */
export type WaitingState = Extract<BookState, 'parked' | 'refused'>;

/** Named points of a posting; a test may kill the process at each of them. */
export type PostingPoint = 'posting:read' | 'posting:written' | 'posting:committed';

/** A document that waits for finance, or for the office. */
export interface WaitingDocument {
  readonly kind: DocumentKind;
  readonly id: DocumentId;
  readonly number: string | null;
  readonly state: WaitingState;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/**
 * The books of a target: what is still to be looked at, and the vouchers. All methods throw CounterfoilError:
 * TARGET_UNAVAILABLE, TARGET_CONFLICT, TARGET_MISCONFIGURED (retry), TARGET_INCOMPATIBLE or INTERNAL (stop).
 */
export interface PostingStore {
  /** Creates the tables of the books where they are missing. Idempotent. */
  prepare(): Promise<void>;
  /**
   * From now on changes of the copied rows are noted in the transactions that write them; all that is there already is
   * noted at once. False as long as the tables are not there. Idempotent, and cheap when there is nothing to do.
   */
  watch(document: WatchedDocument): Promise<boolean>;
  /**
   * Looks at up to `limit` documents of a kind that is watched whose newest change is not after `cut`, and writes what is decided about them, all
   * in one transaction that sees one moment of the rows.
   */
  post(
    kind: DocumentKind,
    cut: Version,
    limit: number,
    decide: (subject: Subject) => Decision,
  ): Promise<PostingReport>;
  /** Has parked documents looked at again; how many there are. */
  lookAgain(kind: DocumentKind): Promise<number>;
  periods(table: TableId): Promise<readonly Period[]>;
  isPending(kinds: readonly DocumentKind[]): Promise<boolean>;
  summary(kinds: readonly DocumentKind[]): Promise<PostingSummary>;
  waiting(kinds: readonly DocumentKind[], limit: number): Promise<readonly WaitingDocument[]>;
  close(): Promise<void>;
}
