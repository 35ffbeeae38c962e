import type {
  AccountLedger,
  AccountWindow,
  OpenTransaction,
  UnbalancedTransaction,
} from '../../schemas/contract/accounting.ts';
import type { LetterLedger, StoredLetter } from '../../schemas/contract/dead-letter.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { addedOutcomes } from '../../schemas/accounting/count.ts';

/** How the accounts of a route stand. Times are milliseconds since the epoch. */
export interface AccountReport {
  readonly route: string;
  /** `inconclusive`: accounting has not begun or is behind, or a transaction is unproven. */
  readonly verdict: Verdict;
  /** Why there is no verdict, when that is not for an unproven transaction. */
  readonly reason: string | null;
  readonly from: number;
  /** When the newest transaction was committed whose end was read: nothing is said of later ones. */
  readonly told: number | null;
  /** Of transactions that the source committed since `from`, and that are balanced. */
  readonly total: Omit<AccountWindow, 'startsAt'>;
  readonly windows: readonly AccountWindow[];
  readonly open: readonly Pick<OpenTransaction, 'transaction' | 'since'>[];
  readonly unbalanced: readonly UnbalancedTransaction[];
  /** What has become of events that were set aside: `open`, `redriven`, `superseded`, or `discarded by` somebody. */
  readonly letters: Readonly<Record<string, number>>;
}

export interface ReportedRoute {
  readonly name: string;
  readonly accounts: AccountLedger;
  readonly letters: Pick<LetterLedger, 'list'>;
  readonly told: number | null;
}

export interface ReportOptions {
  readonly from: number;
  /** Transactions that somebody has looked into are listed, too. */
  readonly settled: boolean;
  /** Accounts that were told of no later transaction are behind: the heartbeat alone makes one each second. */
  readonly behindBefore: number;
}

/** Transactions and letters that are listed at most. */
const LISTED = 1_000;

/** Reads how the accounts of a route stand. */
export async function accountReport(
  { name, accounts, letters, told }: ReportedRoute,
  { from, settled, behindBefore }: ReportOptions,
): Promise<AccountReport> {
  const windows = await accounts.windows(name, from);
  const { revision, transactions } = await accounts.open(name);
  const unbalanced = await accounts.unbalanced(name, { settled, limit: LISTED });
  const aside = await letters.list(name, { limit: LISTED });
  const reason =
    revision === 0 || told === null
      ? 'nothing is counted yet: `counterfoil run` does it'
      : told < behindBefore
        ? `no transaction has ended since ${iso(told)}, as far as was read: see whether \`counterfoil run\` and the connector run`
        : null;
  return {
    ...{ route: name, from, told, windows, unbalanced, reason },
    verdict: verdictOf(reason, unbalanced),
    total: windows.reduce(sum, { balanced: 0, events: 0, repeated: 0, outcomes: {} }),
    open: transactions.map(({ transaction, since }) => ({ transaction, since })),
    letters: countsOf(aside.filter(({ createdAt }) => createdAt >= from)),
  };
}

function verdictOf(reason: string | null, unbalanced: readonly UnbalancedTransaction[]): Verdict {
  const unsettled = unbalanced.filter(({ settled }) => settled === null);
  if (unsettled.some(({ fault }) => fault === 'missing')) return 'mismatch';
  return reason !== null || unsettled.length > 0 ? 'inconclusive' : 'match';
}

type Total = AccountReport['total'];

function sum(a: Total, b: Total): Total {
  return {
    balanced: a.balanced + b.balanced,
    events: a.events + b.events,
    repeated: a.repeated + b.repeated,
    outcomes: addedOutcomes(a.outcomes, b.outcomes),
  };
}

function countsOf(letters: readonly StoredLetter[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, closedBy } of letters) {
    const standing = status === 'discarded' ? `discarded by ${closedBy ?? 'somebody'}` : status;
    counts[standing] = (counts[standing] ?? 0) + 1;
  }
  return counts;
}

/** The report as lines to read. */
export function accountLines(report: AccountReport): string[] {
  const { route, verdict, reason, total, open, unbalanced, letters, from, told } = report;
  const aside = listOf(letters);
  return [
    `${route}: ${verdict}${reason === null ? '' : ` (${reason})`}`,
    `  from ${iso(from)} to ${told === null ? 'now' : iso(told)}: ${total.balanced.toString()} transactions balanced, ${total.events.toString()} events` +
      (total.repeated > 0 ? `, ${total.repeated.toString()} of them sent again` : ''),
    ...(total.events === 0 ? [] : [`  outcomes: ${listOf(total.outcomes)}`]),
    ...(aside === '' ? [] : [`  set aside: ${aside}`]),
    ...(open.length === 0
      ? []
      : [
          `  open: ${open.length.toString()}, the oldest since ${iso(Math.min(...open.map(({ since }) => since)))}`,
        ]),
    ...unbalanced.flatMap(unbalancedLines),
  ];
}

function unbalancedLines({
  transaction,
  fault,
  explanation,
  committedAt,
  settled,
}: UnbalancedTransaction): string[] {
  return [
    `  ${transaction}, committed ${iso(committedAt)}: ${fault}`,
    `    ${explanation}`,
    ...(settled === null ? [] : [`    settled ${iso(settled.at)} by ${settled.by}: ${settled.reason}`]),
  ];
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count.toString()}`)
    .join(', ');
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
