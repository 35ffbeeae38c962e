import type { ErrorCode } from '../../schemas/contract/errors.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import type { DifferenceKind } from './compare.ts';
import type { ComparedPart } from './progress.ts';

/** One row that is not what the source says. Names of columns, never values. */
export interface Finding {
  /** Key of the target row: a JSON array of the key cells. */
  readonly key: string;
  readonly kind: DifferenceKind;
  /** Columns that differ; empty when one of the rows is not there. */
  readonly columns: readonly string[];
  /** Why the pipeline sets this row aside, when the mapping says so. */
  readonly code: ErrorCode | null;
}

/**
 * `key order`: both sides were read in the order of the key, and rows that are not equal byte by byte were mapped and digested.
 * `digests`: every row was.
 */
export type Way = 'key order' | 'digests';

export interface TableReport {
  /** The target table. */
  readonly table: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly rowsCompared: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** Rows whose source row was deleted and that stay by the table's delete policy; not compared. */
  readonly kept: number;
  /** Rows that have changed since the cut-off of a route that rests between runs, and are left to a later one. */
  readonly later?: number;
  /** How its rows were compared; missing when they were not. */
  readonly way?: Way;
  /** Of a check that went on with an interrupted one: behind which fence the rows from each key on were compared. */
  readonly parts?: readonly ComparedPart[];
  /** The first of the rows that do not match. */
  readonly keys: readonly Finding[];
}

export interface FenceReport {
  /** Position of the source that the route had to pass, as the source writes it; null when it could not be read. */
  readonly position: string | null;
  readonly passed: boolean;
  /** Seconds waited, all rounds together. */
  readonly waitedSeconds: number;
}

/** The outcome of one check; plain JSON. */
export interface CheckReport {
  readonly route: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly tables: readonly TableReport[];
  /** Tables that the check was to be limited to and that the route does not have. */
  readonly unknownTables: readonly string[];
  readonly fence: FenceReport;
  /** Looks at the rows, the first one included. */
  readonly rounds: number;
  readonly seconds: number;
}

const SEVERITY = { match: 0, inconclusive: 1, mismatch: 2 } as const satisfies Record<Verdict, number>;

/** Mismatch is worse than inconclusive, that is worse than match. Nothing checked at all is inconclusive. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'inconclusive';
  return verdicts.reduce((worst, verdict) => (SEVERITY[verdict] > SEVERITY[worst] ? verdict : worst));
}

/** Readable text of a report, several lines without a line feed at the end. */
export function formatReport(report: CheckReport): string {
  const lines = [
    `${report.route}: ${report.verdict}${because(report.reason)} (${report.seconds.toFixed(1)} s, ${fenceText(report.fence)})`,
  ];
  const width = Math.max(0, ...report.tables.map(({ table }) => table.length));
  for (const table of report.tables) {
    // What kept the whole check from a verdict is said once, above.
    const reason = table.reason === report.reason ? '' : because(table.reason);
    lines.push(`  ${table.table.padEnd(width)}  ${table.verdict}  ${countsText(table)}${reason}`);
    for (const part of table.parts ?? []) lines.push(`    ${partText(part)}`);
    for (const finding of table.keys) lines.push(`    ${findingText(finding)}`);
    const more = table.missing + table.extra + table.different - table.keys.length;
    if (table.keys.length > 0 && more > 0) lines.push(`    and ${more.toString()} more`);
  }
  return lines.join('\n');
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}

function fenceText(fence: FenceReport): string {
  const position = fence.position ?? 'an unknown position';
  return fence.passed ? `fenced at ${position}` : `fence at ${position} not passed`;
}

function countsText(table: TableReport): string {
  const counts = [`${table.rowsCompared.toString()} rows`];
  for (const kind of ['missing', 'extra', 'different'] as const)
    if (table[kind] > 0) counts.push(`${table[kind].toString()} ${kind}`);
  if (table.later !== undefined) counts.push(`${table.later.toString()} changed since the cut-off`);
  if (table.kept > 0) counts.push(`${table.kept.toString()} kept after their deletion`);
  return counts.join(', ');
}

function partText({ from, position, at }: ComparedPart): string {
  const where = from === null ? 'from the beginning' : `from [${from.join(', ')}] on`;
  return `${where}: as of ${at}, fenced at ${position}`;
}

function findingText(finding: Finding): string {
  const columns = finding.columns.length === 0 ? '' : ` in ${finding.columns.join(', ')}`;
  const code = finding.code === null ? '' : ` (set aside: ${finding.code})`;
  return `${finding.kind} ${finding.key}${columns}${code}`;
}
