import { CounterfoilError } from '../contract/errors.ts';
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

/** One column, or several that only together say which row is meant. */
export type KeyColumns = string | readonly string[];

/** A table that documents are read from, as its system names it. Columns are found whatever their case. */
export interface DocumentTable {
  readonly id: TableId;
  /** The columns that are read. */
  readonly columns: readonly string[];
  /** Only rows that have one of these values in each of these columns. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

/** The table that has one row for each document. */
export interface HeaderTable extends DocumentTable {
  /** The column with the id of the document; of several the values are joined by `/`. */
  readonly document: KeyColumns;
}

/** Rows whose `column` has the value that a row of `of` has in its column `its`. */
export interface Link {
  readonly column: KeyColumns;
  /** `header`, or the name of a table that is declared before this one. */
  readonly of: string;
  readonly its: KeyColumns;
}

/** A table whose rows belong to documents: by a column with the id of the document, or through another table. */
export interface PartTable extends DocumentTable {
  readonly document: KeyColumns | Link;
}

/** The rows of one document: those that belong to it, and those that it refers to. */
export interface DocumentRows<Part extends string = string, Reference extends string = string> {
  readonly header: TextRow;
  readonly parts: Readonly<Record<Part, readonly TextRow[]>>;
  readonly references: Readonly<Record<Reference, readonly TextRow[]>>;
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
export interface DocumentDeclaration<Part extends string = string, Reference extends string = string> {
  readonly kind: DocumentKind;
  /** In a sentence a finance engineer would use. */
  readonly about: string;
  readonly header: HeaderTable;
  /** Columns of the header that name the document that it pays: its kind, and its id. */
  readonly settles?: readonly [kind: string, id: string];
  /** A change of one of their rows is a change of the document. */
  readonly parts: Readonly<Record<Part, PartTable>>;
  /** Master data that is read with the document. A change of it changes no document; those that wait are tried again. */
  readonly references: Readonly<Record<Reference, PartTable>>;
  /** Columns of the header that its voucher is proven by: what it must come to, and when it was approved or made. */
  readonly proof?: { readonly total: string; readonly approved: string };
  /** Null when the rows that say the state are no longer there: as good as a header that was removed. */
  outline(rows: DocumentRows<Part, Reference>): Outline | null;
  /** Asked only for documents that the books are to hold a voucher of. */
  read(
    identity: Identity,
    rows: DocumentRows<Part, Reference>,
    dictionary: Dictionary,
  ): Document | Parked | Refused;
}

type Declared<Part extends string, Reference extends string> = Omit<
  DocumentDeclaration<Part, Reference>,
  'parts' | 'references'
> &
  Partial<Pick<DocumentDeclaration<Part, Reference>, 'parts' | 'references'>>;

/** Throws CONFIGURATION_INVALID when a table refers to one that is not declared before it. */
export function defineDocument<Part extends string = never, Reference extends string = never>(
  declared: Declared<Part, Reference>,
): DocumentDeclaration {
  const declaration = { parts: {}, references: {}, ...declared } as DocumentDeclaration;
  const before = new Set(['header']);
  for (const [name, { document }] of [
    ...Object.entries(declaration.parts),
    ...Object.entries(declaration.references),
  ]) {
    const link = linkOf(document);
    const fault = before.has(name)
      ? `has two tables named ${name}`
      : link !== null && !before.has(link.of)
        ? `has ${name} of ${link.of}, which is not declared before it`
        : null;
    if (fault !== null)
      throw new CounterfoilError('CONFIGURATION_INVALID', `the document ${declaration.kind} ${fault}`);
    before.add(name);
  }
  return declaration;
}

/** Null for a table whose rows say the id of the document themselves. */
export function linkOf(document: PartTable['document']): Link | null {
  return typeof document === 'object' && 'of' in document ? document : null;
}
