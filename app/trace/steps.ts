import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { documentRow, documentsWith, rowsOfDocument, settledBy, settlementsOf } from './documents.ts';
import { tellingsOf } from './feeds.ts';
import { bookTable, booksWith, messageTable, readersOf, writersOf } from './lineage.ts';
import type { Books, Lineage, RouteStep, TracedTable } from './lineage.ts';
import { keysBehind, rowBefore } from './route-rows.ts';
import type { TracedRow, TracedRows } from './rows.ts';

/** How a row comes of another one. */
export interface By {
  readonly kind: 'route' | 'posting' | 'feed' | 'payment' | 'part';
  /** Of the route, posting or feed. */
  readonly name: string | null;
}

/** Something that is sent, and not looked at. */
export interface Sent {
  readonly target: string;
  readonly table: string;
  /** Columns of the key with their values. */
  readonly key: Readonly<Record<string, string>>;
  readonly facts: Facts;
}

/** What is known of a row beside its key, by name. */
export type Facts = Readonly<Record<string, string>>;

export type Step = { readonly by: By } & (
  { readonly row: TracedRow; readonly facts?: Facts } | { readonly sent: Sent }
);

/** What a row becomes next. Throws CounterfoilError. */
export async function stepsOn(lineage: Lineage, rows: TracedRows, row: TracedRow): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const step of readersOf(lineage, row.table)) steps.push(...(await stepsBy(lineage, rows, step, row)));
  for (const document of await documentsWith(lineage, rows, row))
    steps.push({ by: postingOf(lineage, document), row: document });
  steps.push(...(await stepsInBooks(lineage, rows, row)), ...(await tellingsOf(lineage, rows, row)));
  return steps;
}

async function stepsBy(
  { config }: Lineage,
  rows: TracedRows,
  step: RouteStep,
  row: TracedRow,
): Promise<readonly Step[]> {
  const by = { kind: 'route', name: step.route.name } as const;
  const keys = await keysBehind(rows, step, row);
  const { to } = step;
  const facts = await mappingFacts(rows, step, row);
  if (to !== null) return keys.map((key) => ({ by, facts, row: { table: to, key } }));
  const { target } = step.route.config;
  const columns = step.mapping
    .targets(await rows.shapeOf(step.from))
    .find(({ id }) => isSameId(id, step.table))?.key;
  return keys.map((key) => ({
    by,
    sent: {
      ...{ target, facts, table: messageTable(config, target, step.table) },
      key: Object.fromEntries(key.map((text, at) => [columns?.[at] ?? at.toString(), text])),
    },
  }));
}

/** What the mapping would do with the source row as it is now, when that is not to write it. */
async function mappingFacts(
  rows: TracedRows,
  { mapping, from, table }: RouteStep,
  row: TracedRow,
): Promise<Facts> {
  const cells = await rows.cells(row);
  if (cells === null) return {};
  try {
    const changes = mapping.upsert(await rows.shapeOf(from), await rows.keyCells(row), cells);
    const isLeftOut = changes.some((change) => change.kind === 'delete' && isSameId(change.table.id, table));
    return isLeftOut ? { mapping: 'leaves it out as it is now' } : {};
  } catch (error) {
    if (!(error instanceof CounterfoilError) || error.disposition !== 'dead-letter') throw error;
    return { mapping: `refuses it as it is now (${error.code})` };
  }
}

function isSameId(a: TracedTable['id'], b: TracedTable['id']): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

async function stepsInBooks(lineage: Lineage, rows: TracedRows, row: TracedRow): Promise<readonly Step[]> {
  const books = booksOf(lineage, row.table);
  if (books === null) return [];
  if (books.name === 'document') {
    const vouchers = bookTable(books.one, 'voucher');
    const by = postingOf(lineage, row);
    const posted = await rows.find(vouchers, ['document_kind', 'document_id'], [row.key]);
    const numbers = posted.map((voucher) => voucher['voucher_no'] ?? '').sort();
    return [
      ...numbers.map((number): Step => ({ by, row: { table: vouchers, key: [number] } })),
      ...(await paymentsOf(lineage, rows, row)),
    ];
  }
  if (books.name !== 'voucher') return [];
  const steps: Step[] = [];
  for (const name of ['voucher_entry', 'budget_release'] as const) {
    const table = bookTable(books.one, name);
    const lines = (await rows.find(table, ['voucher_no'], [row.key])).map((line) => Number(line['line_no']));
    for (const line of lines.sort((a, b) => a - b))
      steps.push({ by: PART, row: { table, key: [...row.key, line.toString()] } });
  }
  return steps;
}

const PART: By = { kind: 'part', name: null };
const PAYMENT: By = { kind: 'payment', name: null };

/** Payments as they are where they were made: what becomes of them follows from there. */
async function paymentsOf(lineage: Lineage, rows: TracedRows, document: TracedRow): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const copy of await settlementsOf(lineage, rows, document)) {
    const [writer] = writersOf(lineage, copy.table);
    const made = writer === undefined ? null : await rowBefore(rows, writer, copy);
    steps.push({ by: PAYMENT, row: made ?? copy });
  }
  return steps;
}

/** The copied rows of the document that a row was made of, the header first; none when it was made of no document. */
export async function documentRowsOf(
  lineage: Lineage,
  rows: TracedRows,
  row: TracedRow,
  depth = 0,
): Promise<readonly TracedRow[]> {
  if (booksOf(lineage, row.table)?.name === 'document') return rowsOfDocument(lineage, rows, row);
  if (depth === DOCUMENT_DEPTH) return [];
  for (const step of await stepsBack(lineage, rows, row))
    if ('row' in step && step.by.kind !== 'payment')
      return documentRowsOf(lineage, rows, step.row, depth + 1);
  return [];
}

/** A row written back, the entry that it is of, the voucher, the document. */
const DOCUMENT_DEPTH = 4;

/** What a row was made of. Throws CounterfoilError. */
export async function stepsBack(
  lineage: Lineage,
  rows: TracedRows,
  row: TracedRow,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const writer of writersOf(lineage, row.table)) {
    const before = await rowBefore(rows, writer, row);
    if (before !== null) steps.push({ by: { kind: 'route', name: writer.route.name }, row: before });
  }
  for (const reader of readersOf(lineage, row.table)) {
    const { to } = reader;
    if (to === null) continue;
    for (const key of await keysBehind(rows, reader, row))
      for (const document of await settledBy(lineage, rows, { table: to, key }))
        steps.push({ by: PAYMENT, row: document });
  }
  return [...steps, ...(await stepsOutOfBooks(lineage, rows, row))];
}

async function stepsOutOfBooks(lineage: Lineage, rows: TracedRows, row: TracedRow): Promise<readonly Step[]> {
  const books = booksOf(lineage, row.table);
  if (books === null) return [];
  switch (books.name) {
    case 'document': {
      const by = postingOf(lineage, row);
      return (await rowsOfDocument(lineage, rows, row)).map((part) => ({ by, row: part }));
    }
    case 'voucher': {
      const voucher = await rows.row(row, ['document_kind', 'document_id']);
      const [kind, id] = [voucher?.['document_kind'], voucher?.['document_id']];
      if (kind == null || id == null) return [];
      const document = documentRow(books.one, kind, id);
      return [{ by: postingOf(lineage, document), row: document }];
    }
    case 'voucher_entry':
    case 'budget_release':
      return [{ by: PART, row: { table: bookTable(books.one, 'voucher'), key: row.key.slice(0, 1) } }];
  }
}

function booksOf(lineage: Lineage, table: TracedTable) {
  const found = booksWith(lineage, table);
  const [one] = found?.all ?? [];
  return found === null || one === undefined ? null : { one, name: found.name };
}

/** Which of the postings that keep the same books is about a document. */
function postingOf({ books }: Lineage, { table, key: [kind] }: TracedRow): By {
  const isIts = (each: Books) =>
    each.database.address === table.database.address &&
    each.schema === table.id.namespace &&
    each.documents.some(({ watched }) => watched.kind === kind);
  return { kind: 'posting', name: books.find(isIts)?.posting ?? null };
}
