import type {
  AccountLedger,
  AccountWindow,
  Reconciled,
  UnbalancedTransaction,
} from '../../schemas/contract/accounting.ts';
import {
  accountOfText,
  openOfText,
  openText,
  unbalancedOfText,
  unbalancedText,
} from '../../schemas/accounting/text.ts';
import type { AccountTable, TargetDatabase, TransactionRow, WindowCount } from './database.ts';
import { inTransaction } from './transaction.ts';

/** The accounts of a target's routes. */
export function createAccountLedger(database: TargetDatabase): AccountLedger {
  const asking = <T>(ask: (accounts: AccountTable) => Promise<T>): Promise<T> =>
    inTransaction(database, ({ accounts }) => ask(accounts));

  return {
    begin: (route, since) => asking((accounts) => accounts.begin(route, since)),
    end: (route) => asking((accounts) => accounts.end(route)),
    kept: (route, limit) =>
      asking(async (accounts) => {
        const rows = await accounts.kept(route, limit);
        return rows.map(({ text, ...range }) => ({ ...range, ...accountOfText(text) }));
      }),
    open: (route) =>
      asking(async (accounts) => {
        const revision = (await accounts.revision(route)) ?? 0;
        const rows = await accounts.transactions(route, 'open', Number.MAX_SAFE_INTEGER);
        return { revision, transactions: rows.map(({ transaction, text }) => openOfText(transaction, text)) };
      }),
    async reconcile(route, round) {
      const transaction = await database.begin();
      try {
        const isOurs = await write(transaction.accounts, route, round);
        await (isOurs ? transaction.commit() : transaction.rollback());
        return isOurs;
      } finally {
        await transaction.release();
      }
    },
    unbalanced: (route, { settled, limit }) =>
      asking(async (accounts) => {
        const open = await accounts.transactions(route, 'unbalanced', limit);
        const rest = settled ? await accounts.transactions(route, 'settled', limit) : [];
        return [...open, ...rest].map(unbalancedOf);
      }),
    windows: (route, from) => asking(async (accounts) => windowsOf(await accounts.counts(route, from))),
    settle: (route, transaction, by, reason) =>
      asking((accounts) => accounts.settle(route, transaction, by, reason)),
  };
}

async function write(
  accounts: AccountTable,
  route: string,
  { revision, taken, closed, open, unbalanced, windows }: Reconciled,
): Promise<boolean> {
  if (!(await accounts.revise(route, revision))) return false;
  await accounts.take(route, taken);
  await accounts.close(route, closed);
  await accounts.put(
    route,
    'open',
    open.map((each) => ({ transaction: each.transaction, at: each.since, text: openText(each) })),
  );
  await accounts.put(
    route,
    'unbalanced',
    unbalanced.map((each) => ({
      transaction: each.transaction,
      at: each.foundAt,
      text: unbalancedText(each),
    })),
  );
  await accounts.count(route, windows.flatMap(countsOf));
  return true;
}

function unbalancedOf({ transaction, at, text, ...row }: TransactionRow): UnbalancedTransaction {
  const { settledAt, settledBy, settledReason } = row;
  return {
    ...{ transaction, foundAt: at, ...unbalancedOfText(text) },
    settled: settledAt === null ? null : { at: settledAt, by: settledBy ?? '', reason: settledReason ?? '' },
  };
}

const OUTCOME = 'outcome ';

function countsOf({ startsAt, balanced, events, repeated, outcomes }: AccountWindow): WindowCount[] {
  const counts = Object.entries({ balanced, events, repeated });
  const byOutcome = Object.entries(outcomes).map(([outcome, count]) => [OUTCOME + outcome, count] as const);
  return [...counts, ...byOutcome].map(([counted, count]) => ({ startsAt, counted, count }));
}

function windowsOf(counts: readonly WindowCount[]): AccountWindow[] {
  const byStart = new Map<number, Record<string, number>>();
  for (const { startsAt, counted, count } of counts) {
    const window = byStart.get(startsAt) ?? {};
    window[counted] = count;
    byStart.set(startsAt, window);
  }
  return [...byStart].map(([startsAt, { balanced = 0, events = 0, repeated = 0, ...rest }]) => ({
    ...{ startsAt, balanced, events, repeated },
    outcomes: Object.fromEntries(
      Object.entries(rest).map(([counted, count]) => [counted.slice(OUTCOME.length), count]),
    ),
  }));
}
