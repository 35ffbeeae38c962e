import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Config } from '../config/schema.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import { routesOf } from '../runtime/routes.ts';
import { listSourceTables } from '../runtime/source-tables.ts';
import { Answers } from './answers.ts';
import type { Unanswered } from './answers.ts';
import { Keepers } from './keepers.ts';
import { lineageOf } from './lineage.ts';
import type { Lineage, TracedTable } from './lineage.ts';
import { pastsOf } from './past.ts';
import type { Past } from './past.ts';
import { keyGiven, tablesNamed } from './resolve.ts';
import type { Choice } from './resolve.ts';
import { TracedRows } from './rows.ts';
import { standingOf } from './standing.ts';
import type { Standing } from './standing.ts';
import { documentRowsOf, stepsBack, stepsOn } from './steps.ts';
import type { Facts } from './steps.ts';
import { TreeOf, factsOf } from './tree.ts';
import type { Branch } from './tree.ts';

/** All that is known of one row. */
export interface Trace {
  readonly lineage: Lineage;
  /** Name of its database. */
  readonly in: string;
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  /** Null when it could not be looked at. */
  readonly standing: Standing | null;
  readonly facts: Facts;
  /** What it was made of, and that of what. */
  readonly madeOf: readonly Branch[];
  readonly became: readonly Branch[];
  readonly past: Past;
  /** Of the rows of the document that it was made of, the header first. */
  readonly pastOfDocument: readonly Past[];
  readonly unanswered: readonly Unanswered[];
}

export type Traced =
  | { readonly kind: 'row'; readonly trace: Trace }
  /** The name means several tables. */
  | { readonly kind: 'ambiguous'; readonly tables: readonly TracedTable[] };

/** So many rows of a document have their pasts told; of all but the header only the last change. */
const DOCUMENT_ROWS = 20;

export interface TraceOptions extends Choice {
  /** So many changes are told at most. */
  readonly limit: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Traces a row back to where it came from, and on to what it became; everything is only read. What cannot be answered is said.
 * Throws CONFIGURATION_INVALID for a table that nobody knows or a key that is none of it, and what keeps its row from being
 * looked at.
 */
export async function traceRow(
  config: Config,
  name: string,
  given: readonly string[],
  options: TraceOptions,
): Promise<Traced> {
  const { limit } = options;
  const answers = new Answers();
  const routes = await routesOf(config);
  const tables = await tablesOf(config, answers);
  const lineage = lineageOf(config, routes, await loadCatalogue(config), tables);
  const [table, ...others] = tablesNamed(lineage, name, options);
  if (table === undefined || others.length > 0)
    return { kind: 'ambiguous', tables: table === undefined ? [] : [table, ...others] };
  const rows = new TracedRows(lineage);
  const keepers = new Keepers(lineage);
  try {
    const row = { table, key: keyGiven(table, await rows.shapeOf(table), given) };
    const label = `the row of ${tableLabel(table.id)}`;
    const part = 'the rows of the document';
    const document = (await answers.of(part, () => documentRowsOf(lineage, rows, row))) ?? [];
    const asked = document
      .slice(0, DOCUMENT_ROWS)
      .map((each, at) => ({ row: each, limit: at === 0 ? limit : 1 }));
    const [past, ...pastOfDocument] = await pastsOf([{ row, limit }, ...asked], {
      ...{ lineage, rows, keepers, answers },
      ...options,
    });
    if (past === undefined) throw new CounterfoilError('INTERNAL', 'a row has no past');
    return {
      kind: 'row',
      trace: {
        ...{ lineage, past, pastOfDocument },
        ...{ in: past.in, table: past.table, key: past.key },
        standing: await answers.of(label, () => standingOf(lineage, rows, row)),
        facts: (await answers.of(label, () => factsOf(lineage, rows, row))) ?? {},
        madeOf: await new TreeOf(lineage, rows, answers, stepsBack).branches(row),
        became: await new TreeOf(lineage, rows, answers, stepsOn).branches(row),
        unanswered: answers.unanswered,
      },
    };
  } finally {
    await Promise.all([rows.close(), keepers.close()]);
  }
}

/** What mirrors read, their patterns alone do not say. */
async function tablesOf(config: Config, answers: Answers): Promise<ReadonlyMap<string, readonly TableId[]>> {
  const tables = new Map<string, readonly TableId[]>();
  for (const [name, source] of Object.entries(config.sources)) {
    const found = await answers.of(`the tables of ${name}`, () => listSourceTables(name, source));
    tables.set(name, found ?? []);
  }
  return tables;
}

/** Whether anything is known of the row, or of what it was made of or became. */
export function isKnown({ standing, past, madeOf, became }: Trace): boolean {
  const isThere = (each: Standing | null) => each !== null && each.state !== 'absent';
  const isInTree = (branches: readonly Branch[]): boolean =>
    branches.some((branch) => isThere(branch.standing) || isInTree(branch.next));
  return isThere(standing) || past.changes.length > 0 || isInTree(madeOf) || isInTree(became);
}
