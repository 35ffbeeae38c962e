import type { KeyObject } from 'node:crypto';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { groupBy } from '../../schemas/contract/grouping.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { chainLabel } from '../../schemas/contract/chain.ts';
import { worstVerdict } from '../consistency/report.ts';
import type { SpoolOptions } from '../consistency/spool.ts';
import { auditChains } from './chains.ts';
import type { ChainReport, EntryFinding } from './chains.ts';
import type { EntryHead, Evidence } from './evidence.ts';
import { readJournal } from './expected.ts';
import type { Expected, JournaledTable } from './expected.ts';
import type { AuditedTable, AuditReport } from './report.ts';
import { auditRows } from './rows.ts';
import type { TableAudit } from './rows.ts';

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
  ...{ rows: 0, altered: 0, removed: 0, added: 0, unsealed: 0, inPart: 0, findings: [] },
  goneColumns: [],
};

/**
 * Finds what was altered, added or removed behind the product's back: in the journal of a target, by signatures, hashes and
 * anchors, and in its tables, by what the journal says of each row. Throws what reading throws, and the signal's reason.
 */
export async function audit(evidence: Evidence, options: AuditOptions): Promise<AuditReport> {
  const began = performance.now();
  const { key, signal, spool = {}, onProgress = () => undefined } = options;
  const heads = await evidence.heads();
  const chains = auditChains(heads, evidence.anchors, key);
  const expected = await readJournal(evidence, heads, {
    ...{ spool, signal },
    onRead: (entries) => {
      onProgress(`${entries} of ${heads.length} entries read`);
    },
  });
  const tables: AuditedTable[] = [];
  try {
    for (const table of expected.tables) {
      onProgress(`reading ${table.label}`);
      tables.push(await auditTable(table, evidence, heads, options));
    }
  } finally {
    for (const table of expected.tables) table.spool.close();
  }
  const all = withFindings(chains, expected.findings);
  const { verdict, reason } = judge(all, tables, expected, evidence);
  return {
    ...{ target: evidence.target, verdict, reason, chains: all, tables },
    ...{ entries: heads.length, records: expected.records },
    ...{ anchors: evidence.anchors.length, falseAnchors: evidence.falseAnchors },
    seconds: (performance.now() - began) / 1_000,
  };
}

/** A table that cannot be read has no verdict, and hides nothing of the others. */
async function auditTable(
  table: JournaledTable,
  evidence: Evidence,
  heads: readonly EntryHead[],
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
    return await auditedTable(table, evidence, heads, options);
  } catch (error) {
    if (!(error instanceof CounterfoilError && error.code === 'SOURCE_UNAVAILABLE')) throw error;
    return unproven([error.message, error.remedy].filter(Boolean).join('. '));
  }
}

async function auditedTable(
  table: JournaledTable,
  evidence: Evidence,
  heads: readonly EntryHead[],
  { signal, spool = {}, shownKeys = 20 }: AuditOptions,
): Promise<AuditedTable> {
  const { findings, ...counts } = await auditRows(table, evidence, { spool, signal, shown: shownKeys });
  const entryOf = (at: number | null) => {
    const head = at === null ? undefined : heads[at];
    return head === undefined ? null : `${chainLabel(head.chain)} entry ${head.sequence}`;
  };
  return {
    ...counts,
    table: table.label,
    ...verdictOf(counts),
    findings: findings.map(({ fault, key, entry }) => ({ fault, key, entry: entryOf(entry) })),
  };
}

function verdictOf(counts: Omit<TableAudit, 'findings'>): {
  readonly verdict: Verdict;
  readonly reason: string | null;
} {
  if (counts.altered + counts.removed + counts.added > 0)
    return { verdict: 'mismatch', reason: goneText(counts.goneColumns) };
  if (counts.unsealed > 0)
    return {
      verdict: 'inconclusive',
      reason:
        'rows that are older than the journal are in none of its entries; read the table anew to take them in (`counterfoil connectors resnapshot`)',
    };
  return { verdict: 'match', reason: null };
}

function goneText(columns: readonly string[]): string | null {
  if (columns.length === 0) return null;
  return columns.length === 1
    ? `column ${columns.join()} is not there: somebody has dropped or renamed it`
    : `columns ${columns.join(', ')} are not there: somebody has dropped or renamed them`;
}

/** Adds what was found in the bodies of entries. One that another sign has given away already is named once. */
function withFindings(chains: readonly ChainReport[], more: readonly EntryFinding[]): readonly ChainReport[] {
  const byChain = groupBy(more, ({ chain }) => chainLabel(chain));
  return chains.map((chain) => {
    const known = new Set(chain.findings.filter(({ fault }) => fault === 'altered').map(({ from }) => from));
    const own = byChain.get(chainLabel(chain.chain)) ?? [];
    return { ...chain, findings: [...chain.findings, ...own.filter(({ from }) => !known.has(from))] };
  });
}

function judge(
  chains: readonly ChainReport[],
  tables: readonly AuditedTable[],
  { unknownShapes }: Expected,
  { anchors, falseAnchors }: Evidence,
): { readonly verdict: Verdict; readonly reason: string | null } {
  if (chains.some(({ findings }) => findings.length > 0) || unknownShapes > 0)
    return {
      verdict: 'mismatch',
      reason: unknownShapes > 0 ? `${unknownShapes} shapes of records are missing or altered` : null,
    };
  const verdict = worstVerdict(tables.map((table) => table.verdict));
  if (verdict === 'mismatch') return { verdict, reason: null };
  if (falseAnchors > 0)
    return { verdict: 'mismatch', reason: 'there are anchors that this key has not signed' };
  if (chains.length === 0) return { verdict: 'inconclusive', reason: 'there is no journal' };
  if (anchors.length === 0)
    return {
      verdict: 'inconclusive',
      reason: 'there is no anchor: entries at the ends of chains may be gone',
    };
  return { verdict, reason: null };
}
