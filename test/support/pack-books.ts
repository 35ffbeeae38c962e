import { freshMirror } from './fresh-mirror.ts';
import type { FreshMirror } from './fresh-mirror.ts';

/** What the books say of a document. */
export interface Standing {
  readonly state: string;
  readonly reason: string | null;
  readonly revision: number;
}

/** The system of a pack in MariaDB, whose documents become vouchers in PostgreSQL while the pipeline runs. */
export interface PackBooks {
  /** Name of its database. */
  readonly database: string;
  /** Statements of one transaction, as the system itself would write them. */
  write(...statements: string[]): Promise<void>;
  standing(id: string, kind?: string): Promise<Standing | null>;
  /** Waits until the books say so; the test's own time limit ends a wait in vain. */
  until(id: string, wanted: Partial<Standing>, kind?: string): Promise<Standing>;
  /** The entries of a document's vouchers in their order, each as `revision kind date side account party amount`. */
  entries(id: string, kind?: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Starts all of it. `settings` are those of the pack, for the name of its database; `documents` are named `pack/kind`;
 * `tables` are statements that make what the pack reads.
 */
export async function openPackBooks(
  pack: string,
  documents: readonly string[],
  settings: (database: string) => Readonly<Record<string, unknown>>,
  tables: readonly string[],
): Promise<PackBooks> {
  const mirror: FreshMirror = await freshMirror('mariadb', tables);
  const { name: database } = mirror;
  await mirror.target.query(`
    CREATE SCHEMA ledger AUTHORIZATION ${database}_sink;
    CREATE SCHEMA finance;
    CREATE TABLE finance.period (code text, starts_on date, ends_on date, status text);
    INSERT INTO finance.period VALUES ('2026-03', '2026-03-01', '2026-03-31', 'open'), ('2026-04', '2026-04-01', '2026-04-30', 'open');
    GRANT USAGE ON SCHEMA finance TO ${database}_sink; GRANT SELECT ON finance.period TO ${database}_sink`);
  mirror.configure((written) => {
    const [route] = written.routes;
    if (route === undefined) throw new Error('init has written no route');
    route['delete'] = 'soft';
    written['packs'] = { [pack]: { settings: settings(database) } };
    written['postings'] = [{ name: 'vouchers', route: route['name'], documents, periods: 'finance.period' }];
  });
  const pipeline = await mirror.start();

  const kindOf = (kind: string | undefined) => kind ?? documents[0]!.split('/')[1]!;
  async function standing(id: string, kind?: string): Promise<Standing | null> {
    const [row] = await mirror.target.query(
      `SELECT state, reason, revision FROM ledger.document WHERE document_id = '${id}' AND document_kind = '${kindOf(kind)}'`,
    );
    return (row as unknown as Standing | undefined) ?? null;
  }
  return {
    ...{ database, standing },
    async write(...statements) {
      await mirror.source.query(['START TRANSACTION', ...statements, 'COMMIT'].join('; '));
    },
    async until(id, wanted, kind) {
      for (;;) {
        const found = await standing(id, kind);
        if (
          found !== null &&
          Object.entries(wanted).every(([key, value]) => found[key as keyof Standing] === value)
        )
          return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async entries(id, kind) {
      const rows = await mirror.target.query(
        `SELECT concat_ws(' ', v.revision, v.kind, v.voucher_date, e.side, e.account, e.party, e.amount) AS entry
         FROM ledger.voucher v JOIN ledger.voucher_entry e USING (voucher_no)
         WHERE v.document_id = '${id}' AND v.document_kind = '${kindOf(kind)}' ORDER BY v.voucher_no, e.line_no`,
      );
      return rows.map(({ entry }) => String(entry));
    },
    async close() {
      await pipeline.kill('SIGTERM');
      await mirror.stop();
      await mirror.close();
    },
  };
}
