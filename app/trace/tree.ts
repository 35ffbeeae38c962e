import { tableLabel } from '../../schemas/contract/table.ts';
import type { Answers } from './answers.ts';
import { booksWith, databaseName } from './lineage.ts';
import type { BookTable, Lineage } from './lineage.ts';
import type { TracedRow, TracedRows } from './rows.ts';
import { standingOf } from './standing.ts';
import type { Standing } from './standing.ts';
import type { By, Facts, Step } from './steps.ts';

/** A row or message, and the rows that it became, or was made of. */
export interface Branch {
  readonly by: By;
  /** Name of the database, or of the target that takes messages. */
  readonly in: string;
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  /** Null for messages: they are not looked at. */
  readonly standing: Standing | null;
  readonly facts: Facts;
  /** It is told of further up, and not again. */
  readonly again: boolean;
  readonly next: readonly Branch[];
}

/** So many rows at most are followed: a trace is of one row, not of a table. */
const MOST_ROWS = 500;
const DEEPEST = 12;

export type StepsOf = (lineage: Lineage, rows: TracedRows, row: TracedRow) => Promise<readonly Step[]>;

/** Follows a row on or back. What cannot be told is noted, and the rest is. */
export class TreeOf {
  readonly #lineage: Lineage;
  readonly #rows: TracedRows;
  readonly #stepsOf: StepsOf;
  readonly #answers: Answers;
  readonly #seen = new Set<string>();

  constructor(lineage: Lineage, rows: TracedRows, answers: Answers, stepsOf: StepsOf) {
    this.#lineage = lineage;
    this.#rows = rows;
    this.#answers = answers;
    this.#stepsOf = stepsOf;
  }

  async branches(row: TracedRow, depth = 0): Promise<readonly Branch[]> {
    const label = labelOf(row);
    this.#seen.add(label);
    const steps = await this.#answers.of(label, () => this.#stepsOf(this.#lineage, this.#rows, row));
    const branches: Branch[] = [];
    for (const step of steps ?? []) {
      const branch = await this.#branchOf(step, depth + 1);
      if (branch !== null) branches.push(branch);
    }
    return branches;
  }

  async #branchOf(step: Step, depth: number): Promise<Branch | null> {
    if ('sent' in step) {
      const { target, ...sent } = step.sent;
      return { ...{ by: step.by, in: target, standing: null, again: false, next: [] }, ...sent };
    }
    const { row, facts } = step;
    const again = this.#seen.has(labelOf(row));
    const head = await this.#answers.of(labelOf(row), async () => {
      const standing = await standingOf(this.#lineage, this.#rows, row);
      return {
        ...{ key: await namedKey(this.#rows, row), standing },
        facts: { ...facts, ...(await factsOf(this.#lineage, this.#rows, row)) },
      };
    });
    if (head === null) return null;
    const table = { in: databaseName(row.table.database), table: tableLabel(row.table.id) };
    if (again || !this.#mayGoOn(depth)) return { by: step.by, ...table, ...head, again, next: [] };
    return { by: step.by, ...table, ...head, again, next: await this.branches(row, depth) };
  }

  #mayGoOn(depth: number): boolean {
    if (depth < DEEPEST && this.#seen.size < MOST_ROWS) return true;
    this.#answers.missing(
      'what is further on',
      `rows are followed over ${DEEPEST.toString()} steps, and ${MOST_ROWS.toString()} of them, at most`,
    );
    return false;
  }
}

function labelOf({ table, key }: TracedRow): string {
  return `${databaseName(table.database)}: ${tableLabel(table.id)} ${key.join(', ')}`;
}

export async function namedKey(
  rows: TracedRows,
  { table, key }: TracedRow,
): Promise<Readonly<Record<string, string>>> {
  const { key: names } = await rows.shapeOf(table);
  return Object.fromEntries(names.map((name, at) => [name, key[at] ?? '']));
}

/** What the books say of their rows, without amounts and texts. */
const FACTS: Readonly<Record<BookTable, readonly string[]>> = {
  document: ['state', 'reason', 'revision', 'voucher_no', 'period', 'changed_at'],
  voucher: ['kind', 'revision', 'period', 'reverses', 'posted_at'],
  voucher_entry: [],
  budget_release: [],
};

export async function factsOf(lineage: Lineage, rows: TracedRows, row: TracedRow): Promise<Facts> {
  const books = booksWith(lineage, row.table);
  if (books === null) return {};
  const names = FACTS[books.name];
  const found = names.length === 0 ? null : await rows.row(row, names);
  const facts = names.flatMap((name) => {
    const text = found?.[name] ?? null;
    return text === null ? [] : [[name, text] as const];
  });
  return {
    ...Object.fromEntries(facts),
    ...(books.name === 'document' ? await pendingOf(lineage, rows, row) : {}),
  };
}

/** Since when a document waits to be looked at. */
async function pendingOf({ books }: Lineage, rows: TracedRows, { table, key }: TracedRow): Promise<Facts> {
  const each = books.find(
    ({ schema, database }) => database === table.database && schema === table.id.namespace,
  );
  if (each === undefined) return {};
  const own = { database: table.database, id: { namespace: each.own, name: 'pending_document' } };
  const by = ['ledger', 'document_kind', 'document_id'];
  const [pending] = await rows.find(own, by, [[each.schema, ...key]], ['since']);
  return pending?.['since'] == null ? {} : { 'to be looked at since': pending['since'] };
}
