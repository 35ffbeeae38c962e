import type { Measure, Rule } from '../../schemas/invariants/rule.ts';

/** Books that vouchers are posted into; names are quoted as they are to be used in SQL. */
export interface ProvenBooks {
  /** Schema of the vouchers. */
  readonly schema: string;
  readonly schemaName: string;
  /** Schema of the product's own tables. */
  readonly own: string;
  readonly documents: readonly ProvenDocument[];
}

/** A kind of document of which the header says what its voucher must come to. */
export interface ProvenDocument {
  readonly kind: string;
  readonly header: string;
  /** Expressions on the row `h` of the header. */
  readonly id: string;
  readonly total: string;
  readonly approved: string;
  readonly deleted: string;
}

/** What must hold in the books, whatever was posted, reversed, replayed or repaired. */
export function ledgerRules(books: ProvenBooks): readonly Rule[] {
  return [
    balanced(
      books,
      'voucher-balanced',
      'debit is credit in each voucher',
      ['voucher'],
      ['e.voucher_no'],
      'e.amount',
    ),
    balanced(
      ...([
        books,
        'voucher-balanced-in-base',
        'debit is credit in each voucher, in the currency of the books',
      ] as const),
      ...([['voucher'], ['e.voucher_no'], 'e.base_amount'] as const),
    ),
    balanced(
      ...([books, 'period-balanced', 'debit is credit in each period and currency'] as const),
      ...([['period', 'currency'], ['v.period', 'v.currency'], 'e.amount'] as const),
    ),
    oneLive(books),
    liveAsPosted(books),
    ...books.documents.flatMap((document) => [approved(books, document), asDocument(books, document)]),
  ];
}

function balanced(
  { schema, schemaName }: ProvenBooks,
  name: string,
  about: string,
  by: readonly string[],
  expressions: readonly string[],
  value: string,
): Rule {
  const side = (of: string): Measure => ({
    from: `${schema}.voucher_entry e JOIN ${schema}.voucher v ON v.voucher_no = e.voucher_no`,
    ...{ by: expressions, value, where: `e.side = '${of}'`, changed: 'v.posted_at' },
  });
  return {
    name: `${schemaName}/${name}`,
    about,
    must: 'equal',
    by,
    left: side('debit'),
    right: side('credit'),
  };
}

const STANDING = "CASE v.kind WHEN 'posting' THEN 1 ELSE -1 END";

function standing({ schema }: ProvenBooks): Measure {
  return {
    ...{ from: `${schema}.voucher v`, by: ['v.document_kind', 'v.document_id'], value: STANDING },
    changed: 'v.posted_at',
  };
}

function oneLive(books: ProvenBooks): Rule {
  return {
    name: `${books.schemaName}/one-voucher-stands`,
    about: 'of each document at most one voucher stands',
    ...{ must: 'at-most-one', by: ['kind', 'document'], left: standing(books) },
  };
}

function liveAsPosted(books: ProvenBooks): Rule {
  const { schema, schemaName } = books;
  const live: Measure = {
    from: `${schema}.live_voucher l JOIN ${schema}.voucher v ON v.voucher_no = l.voucher_no`,
    ...{ by: ['l.document_kind', 'l.document_id'], value: '1', changed: 'v.posted_at' },
  };
  return {
    name: `${schemaName}/standing-as-posted`,
    about: 'the voucher that stands of a document is the one that was posted and not reversed',
    ...{ must: 'equal', by: ['kind', 'document'], left: standing(books), right: live },
  };
}

/** Of a document that is being looked at, the rows may be newer than the voucher. */
function isSettled({ own, schemaName }: ProvenBooks, kind: string): string {
  return (
    `d.state = 'posted' AND d.document_kind = '${kind}' AND NOT EXISTS (SELECT 1 FROM ${own}.pending_document p ` +
    `WHERE p.ledger = '${schemaName}' AND p.document_kind = d.document_kind AND p.document_id = d.document_id)`
  );
}

function approved(books: ProvenBooks, document: ProvenDocument): Rule {
  const { schema, schemaName } = books;
  return {
    name: `${schemaName}/${document.kind}-approved`,
    about: `no voucher of ${document.kind} stands that nobody has approved, or whose document is not there`,
    ...{ must: 'covered', by: ['document'] },
    left: {
      from: `${schema}.live_voucher l JOIN ${schema}.document d ON d.document_kind = l.document_kind AND d.document_id = l.document_id`,
      ...{
        by: ['l.document_id'],
        value: '1',
        where: isSettled(books, document.kind),
        changed: 'd.changed_at',
      },
    },
    right: header(document, '1', `${document.approved} IS NOT NULL AND ${document.deleted} IS NULL`),
  };
}

function asDocument(books: ProvenBooks, document: ProvenDocument): Rule {
  const { schema, schemaName } = books;
  return {
    name: `${schemaName}/${document.kind}-as-voucher`,
    about: `the voucher that stands of ${document.kind} comes to the total of its document`,
    ...{ must: 'within', by: ['document'] },
    left: {
      from:
        `${schema}.voucher_entry e JOIN ${schema}.live_voucher l ON l.voucher_no = e.voucher_no ` +
        `JOIN ${schema}.document d ON d.document_kind = l.document_kind AND d.document_id = l.document_id`,
      ...{ by: ['l.document_id'], value: "CASE e.side WHEN 'debit' THEN e.amount ELSE 0 END" },
      ...{ where: isSettled(books, document.kind), changed: 'd.changed_at' },
    },
    right: header(document, document.total, `${document.deleted} IS NULL`),
  };
}

/** A change of it has the document looked at again, which says when it was. */
function header({ header: table, id }: ProvenDocument, value: string, where: string): Measure {
  return { from: `${table} h`, by: [id], value, where };
}
