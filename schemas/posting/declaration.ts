import type { Version } from '../contract/position.ts';
import type { TableId } from '../contract/table.ts';
import type { CalendarDate } from '../dictionary/calendar-date.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Document, DocumentId, DocumentKind } from './document.ts';
import type { Parked, Refused } from './outcome.ts';

/**
 * A row of a document as PostgreSQL writes its values as text: numbers in full, truth values as `true` and `false`,
 * instants as `2026-03-05 02:11:09.123+00`. Null is NULL.
 */
export type TextRow = Readonly<Record<string, string | null>>;

/** A table that rows of documents come from, as the OA names it. */
export interface DocumentTable {
  readonly id: TableId;
  /** The column with the id of the document. */
  readonly document: string;
  /** The columns that are read. */
  readonly columns: readonly string[];
}

/** What is known of a document whatever its state. */
export interface Outline {
  /** The code of the state, of the list `status`. */
  readonly status: string;
  readonly number: string;
  /** Deleted by a flag. */
  readonly flagged: boolean;
  /** The day of the last change. */
  readonly changedOn: CalendarDate;
}

export interface Identity {
  readonly id: DocumentId;
  readonly version: Version;
}

/** How a kind of document is read from its tables. Pure. */
export interface DocumentDeclaration {
  readonly kind: DocumentKind;
  /** In a sentence a finance engineer would use. */
  readonly about: string;
  readonly header: DocumentTable;
  readonly lines: DocumentTable | null;
  outline(header: TextRow): Outline;
  /** Asked only for documents that the books are to hold a voucher of. */
  read(
    identity: Identity,
    header: TextRow,
    lines: readonly TextRow[],
    dictionary: Dictionary,
  ): Document | Parked | Refused;
}
