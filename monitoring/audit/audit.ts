import type { KeyObject } from 'node:crypto';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { SpoolOptions } from '../consistency/spool.ts';
import { summaryOf } from './anchors.ts';
import { auditChains, unaltered, withFindings } from './chains.ts';
import type { Evidence } from './evidence.ts';
import { entryLabel, readJournal } from './expected.ts';
import type { JournaledTable } from './expected.ts';
import { gapsIn, isWhole } from './gaps.ts';
import { isSigned } from './keys.ts';
import type { AuditedTable, AuditReport } from './report.ts';
import { auditRows } from './rows.ts';
import type { RowsContext, TableAudit } from './rows.ts';
import { verdictOf, verdictOfTable } from './verdict.ts';

export interface AuditOptions {
  /** Public key of those who sign entries and anchors. */
  readonly key: KeyObject;
  readonly signal: AbortSignal;
  /** Rows per table that a report shows; default 20. */
  readonly shownKeys?: number;
  readonly spool?: SpoolOptions;
  readonly onProgress?: (text: string) => void;
}

const NOTHING: TableAudit = {
  ...{ rows: 0, altered: 0, removed: 0, added: 0, unsealed: 0, unjournaled: 0 },
  ...{ inPart: 0, unproven: [], findings: [], goneColumns: [] },
};

const NOTHING_IS_SIGNED =
  'no entry is signed by this key: it is another one, or somebody has written the whole journal anew';

/**
 * Finds what was altered, added or removed behind the product's back: in the journal of a target, by signatures, hashes and
 * anchors, and in its tables, by what the journal says of each row. Throws what reading the journal throws, and the signal's
 * reason.
 */
export async function audit(evidence: Evidence, options: AuditOptions): Promise<AuditReport> {
  const began = performance.now();
  const { key, signal, spool = {}, onProgress = () => undefined } = options;
  const { heads, unreadable } = await evidence.heads();
  if (heads.length > 0 && !heads.some(({ digest, signature }) => isSigned(digest, signature, key)))
    return {
      ...{ target: evidence.target, verdict: 'mismatch', reason: NOTHING_IS_SIGNED },
      ...{ chains: [], tables: [], entries: heads.length, records: 0 },
      ...{ anchors: summaryOf(evidence.anchors, []), seconds: (performance.now() - began) / 1_000 },
    };
  const ofHeads = auditChains(heads, evidence.anchors.genuine, key);
  const signed = unaltered(heads, ofHeads);
  const expected = await readJournal(evidence, signed, {
    ...{ spool, signal },
    onRead: (entries) => {
      onProgress(`${entries} of ${signed.length} entries read`);
    },
  });
  const chains = withFindings(ofHeads, expected.findings);
  const believed = unaltered(heads, chains);
  const gaps = gapsIn(believed);
  const tables: AuditedTable[] = [];
  try {
    for (const table of expected.tables) {
      onProgress(`reading ${table.label}`);
      const context = {
        ...{ heads: signed, isWhole: isWhole(believed) },
        gaps: gaps.filter(({ chain }) => table.routes.has(chain.route)),
      };
      tables.push(await auditTable(table, evidence, context, options));
    }
  } finally {
    for (const table of expected.tables) table.spool.close();
  }
  const anchors = summaryOf(evidence.anchors, chains);
  return {
    ...{ target: evidence.target, ...verdictOf(chains, tables, { ...expected, unreadable, anchors }) },
    ...{ chains, tables, entries: heads.length, records: expected.records },
    anchors,
    seconds: (performance.now() - began) / 1_000,
  };
}

/** A table that cannot be read has no verdict, and hides nothing of the others. */
async function auditTable(
  table: JournaledTable,
  evidence: Evidence,
  context: RowsContext,
  options: AuditOptions,
): Promise<AuditedTable> {
  const unproven = (reason: string): AuditedTable => ({
    ...{ ...NOTHING, table: table.label, verdict: 'inconclusive', reason, findings: [] },
  });
  if (table.keyless)
    return unproven('its rows have no key to look them up by; `counterfoil check` counts them');
  if (new Set(table.shapes.map(({ shape }) => JSON.stringify(shape.key))).size > 1)
    return unproven('its key was changed; read it anew (`counterfoil connectors resnapshot`)');
  try {
    return await auditedTable(table, evidence, context, options);
  } catch (error) {
    if (!(error instanceof CounterfoilError && error.code === 'SOURCE_UNAVAILABLE')) throw error;
    return unproven([error.message, error.remedy].filter(Boolean).join('. '));
  }
}

async function auditedTable(
  table: JournaledTable,
  evidence: Evidence,
  context: RowsContext,
  { signal, spool = {}, shownKeys = 20 }: AuditOptions,
): Promise<AuditedTable> {
  const found = await auditRows(table, evidence, context, { spool, signal, shown: shownKeys });
  const entryOf = (at: number | null) => {
    const head = at === null ? undefined : context.heads[at];
    return head === undefined ? null : entryLabel(head);
  };
  return {
    ...found,
    table: table.label,
    ...verdictOfTable(found, context),
    findings: found.findings.map(({ fault, key, entry }) => ({ fault, key, entry: entryOf(entry) })),
  };
}
