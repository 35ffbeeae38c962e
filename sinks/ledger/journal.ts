import type { Cell } from '../../schemas/contract/cell.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { LogicalType, TableId } from '../../schemas/contract/table.ts';
import type { JournalTools } from '../../schemas/journal/entry.ts';
import { NO_VERSION } from '../../schemas/journal/record.ts';
import type { JournalRecord } from '../../schemas/journal/record.ts';
import { cellOf, textOf } from '../postgres/cell-of-text.ts';
import type { Session } from '../postgres/connection.ts';
import { quoteTable } from '../postgres/identifiers.ts';
import { JournalEntries } from '../postgres/journal.ts';
import { EntryMaker } from '../upsert/journal-entries.ts';

const TEXT: LogicalType = { kind: 'text' };
const NUMBER: LogicalType = { kind: 'int', bits: 32 };
const DECIMAL: LogicalType = { kind: 'decimal' };

/** What is posted and never altered: its tables by name, with their columns. */
const POSTED: Readonly<Record<string, { readonly key: readonly string[]; readonly columns: Columns }>> = {
  voucher: {
    key: ['voucher_no'],
    columns: {
      ...{
        voucher_no: TEXT,
        document_kind: TEXT,
        document_id: TEXT,
        revision: NUMBER,
        kind: TEXT,
        period: TEXT,
      },
      ...{ voucher_date: { kind: 'date' }, currency: TEXT, minor_units: NUMBER, base_currency: TEXT },
      ...{
        base_minor_units: NUMBER,
        rate: DECIMAL,
        description: TEXT,
        content: TEXT,
        codes: { kind: 'json' },
      },
      ...{ posted_at: { kind: 'instant', fraction: 6 }, reverses: TEXT },
    },
  },
  voucher_entry: {
    key: ['voucher_no', 'line_no'],
    columns: {
      ...{ voucher_no: TEXT, line_no: NUMBER, side: TEXT, account: TEXT, cost_center: TEXT, party: TEXT },
      ...{ summary: TEXT, amount: DECIMAL, base_amount: DECIMAL },
    },
  },
  budget_release: {
    key: ['voucher_no', 'line_no'],
    columns: {
      ...{ voucher_no: TEXT, line_no: NUMBER, year: NUMBER, cost_center: TEXT, category: TEXT },
      base_amount: DECIMAL,
    },
  },
};

type Columns = Readonly<Record<string, LogicalType>>;

/** No route is called so. */
const BOOKS = '(books)';
const NOWHERE = offsetOf(0);

/** Tells of vouchers as they were posted, in the chain of their ledger. */
export class BookJournal {
  readonly #maker: EntryMaker;
  readonly #namespace: string;
  readonly #ledger: string;

  constructor(tools: JournalTools, namespace: string, ledger: string) {
    this.#maker = new EntryMaker(tools);
    this.#namespace = namespace;
    this.#ledger = ledger;
  }

  /**
   * In the transaction that has posted these vouchers, one at a time for each ledger. Rows are read back: some of their values
   * are the database's own. The first time all vouchers that are there already are taken in, as they are.
   */
  async seal(session: Session, vouchers: readonly string[]): Promise<void> {
    if (vouchers.length === 0) return;
    const table = new JournalEntries(session, this.#namespace);
    const chain = { route: BOOKS, topic: this.#ledger, partition: 0 };
    const wanted = (await table.hasChain(chain)) ? vouchers : null;
    const records: JournalRecord[] = [];
    for (const name of Object.keys(POSTED)) records.push(...(await this.#recordsOf(session, name, wanted)));
    await table.define(this.#maker.shapes);
    const origin = { chain, kind: 'posting', first: NOWHERE, next: NOWHERE, mappingVersion: '' } as const;
    for (const entry of this.#maker.entries(origin, records)) await table.append(entry);
  }

  async #recordsOf(
    session: Session,
    name: string,
    vouchers: readonly string[] | null,
  ): Promise<JournalRecord[]> {
    const { key, columns: types } = POSTED[name] ?? { key: [], columns: {} };
    const id: TableId = { namespace: this.#ledger, name };
    const columns = Object.entries(types).map(([column, type]) => ({ name: column, type, nullable: true }));
    const { id: shape, digests } = this.#maker.shape({
      ...{ table: id, key },
      columns: columns.map((column) => ({ name: column.name, type: column.type })),
    });
    const rows = await session.run<Readonly<Record<string, string | null>>>(
      `SELECT ${columns.map((column) => `${textOf(column, 'posted')} AS "${column.name}"`).join(', ')}
       FROM ${quoteTable(id)} AS posted WHERE $1::text[] IS NULL OR voucher_no = ANY ($1::text[]) ORDER BY ${key.join(', ')}`,
      [vouchers],
      'read what was posted',
    );
    return rows.map((row): JournalRecord => {
      const cells = columns.map((column): Cell => cellOf(row[column.name] ?? null, column.type));
      return {
        ...{ operation: 'put', shape, key: digests.key(cells), version: NO_VERSION },
        ...{ digest: digests.digest(cells), count: 1 },
      };
    });
  }
}
