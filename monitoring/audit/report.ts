import { printable } from '../../schemas/contract/printable.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { chainLabel } from '../../schemas/contract/chain.ts';
import type { AnchorSummary } from './anchors.ts';
import type { ChainReport, EntryFinding } from './chains.ts';
import type { RowFault, TableAudit } from './rows.ts';

/** A row that is not what the journal says, and the entry that told of it last. */
export interface AuditedRow {
  readonly fault: RowFault;
  /** A JSON array of the key cells. */
  readonly key: string;
  /** `route/topic/partition entry n`; null when no entry tells of the row. */
  readonly entry: string | null;
}

export interface AuditedTable extends Omit<TableAudit, 'findings'> {
  readonly table: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
  /** The first of the rows that are not as they were written. */
  readonly findings: readonly AuditedRow[];
}

/** The outcome of an audit; plain JSON once bigints are texts. */
export interface AuditReport {
  readonly target: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly chains: readonly ChainReport[];
  readonly tables: readonly AuditedTable[];
  readonly entries: number;
  readonly records: number;
  readonly anchors: AnchorSummary;
  readonly seconds: number;
}

const ROW_FAULT_TEXTS: Readonly<Record<RowFault, string>> = {
  ...{ altered: 'altered', removed: 'removed', added: 'added' },
  ...{ unsealed: 'older than the journal', unjournaled: 'not journaled' },
};

/** Findings of entries that a text shows. */
const SHOWN_ENTRIES = 50;

/** Readable text of a report, several lines without a line feed at the end. */
export function formatAudit(report: AuditReport): string {
  const { target, verdict, reason, chains, tables, entries, anchors, seconds } = report;
  const because = reason === null ? '' : `: ${reason}`;
  const lines = [
    `${target}: ${verdict}${because} (${entries} entries in ${chains.length} chains, ${anchors.genuine} anchors, ${seconds.toFixed(1)} s)`,
  ];
  lines.push(...anchorLines(anchors).map((line) => `  ${line}`));
  const ofEntries = chains.flatMap(({ findings }) => findings);
  for (const finding of ofEntries.slice(0, SHOWN_ENTRIES)) lines.push(`  ${entryText(finding)}`);
  if (ofEntries.length > SHOWN_ENTRIES)
    lines.push(`  and ${ofEntries.length - SHOWN_ENTRIES} more of entries; --json shows all`);
  const width = Math.max(0, ...tables.map(({ table }) => table.length));
  for (const table of tables) {
    const why = table.reason === null ? '' : `: ${table.reason}`;
    lines.push(`  ${table.table.padEnd(width)}  ${table.verdict}  ${countsText(table)}${why}`);
    for (const finding of table.findings) lines.push(`    ${rowText(finding)}`);
    const all = ROW_FAULTS.reduce((sum, fault) => sum + table[fault], 0);
    if (all > table.findings.length) lines.push(`    and ${all - table.findings.length} more`);
  }
  return lines.map(printable).join('\n');
}

const ROW_FAULTS = Object.keys(ROW_FAULT_TEXTS) as readonly RowFault[];

function anchorLines({
  false: others,
  damaged,
  missing,
  newestAt,
  entriesAfter,
  chainsAfter,
}: AnchorSummary) {
  const lines: string[] = [];
  if (newestAt !== null) {
    const after =
      entriesAfter === 0
        ? 'all entries'
        : `all entries but the last ${entriesAfter} of ${chainsAfter} ${chainsAfter === 1 ? 'chain' : 'chains'}`;
    lines.push(`anchored last at ${new Date(newestAt).toISOString()}: ${after}`);
  }
  if (others > 0) lines.push(`${others} anchors are not signed by this key`);
  if (missing > 0) lines.push(`at least ${missing} anchors are missing`);
  if (damaged > 0) lines.push(`${damaged} lines among the anchors are damaged, and vouch for nothing`);
  return lines;
}

function rowText({ fault, key, entry }: AuditedRow): string {
  const told = entry === null ? 'of which no entry tells' : `last told of by ${entry}`;
  return `${ROW_FAULT_TEXTS[fault]} ${key}, ${told}`;
}

function countsText(table: AuditedTable): string {
  const counts = [`${table.rows} keys`];
  for (const fault of ROW_FAULTS)
    if (table[fault] > 0) counts.push(`${table[fault]} ${ROW_FAULT_TEXTS[fault]}`);
  if (table.inPart > 0) counts.push(`${table.inPart} proven in part (not ${table.unproven.join(', ')})`);
  return counts.join(', ');
}

const FAULTS = {
  altered: 'was altered, or not written by the product',
  missing: 'is missing',
  relinked: 'does not follow from the entry before it: one was put in, taken out or moved',
  replaced: 'is not what was anchored: the chain was written anew',
} as const;

function entryText({ chain, fault, from, to }: EntryFinding): string {
  const which = from === to ? `entry ${from}` : `entries ${from} to ${to}`;
  const verb =
    from === to ? FAULTS[fault] : FAULTS[fault].replace(/^(is|was|does)/, (word) => PLURALS[word] ?? word);
  return `${chainLabel(chain)}: ${which} ${verb}`;
}

const PLURALS: Readonly<Record<string, string>> = { is: 'are', was: 'were', does: 'do' };
