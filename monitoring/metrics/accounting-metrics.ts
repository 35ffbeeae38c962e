import type { CatalogueEntry } from './entry.ts';

/** Transactions of the source, counted against what its connector says of them. */
export const ACCOUNTING_METRICS = {
  transactionsBalanced: {
    type: 'counter',
    name: 'counterfoil_transactions_balanced_total',
    help: 'Transactions of the source of which every event was seen, and has its outcome.',
    labels: ['route'],
  },
  transactionsUnbalanced: {
    type: 'gauge',
    name: 'counterfoil_transactions_unbalanced',
    help: 'Transactions of the source of which events are missing, or may be, and that nobody has settled yet.',
    labels: ['route'],
  },
  transactionsOpen: {
    type: 'gauge',
    name: 'counterfoil_transactions_open',
    help: 'Transactions of the source of which something was seen, and not everything.',
    labels: ['route'],
  },
  transactionOpenAge: {
    type: 'gauge',
    name: 'counterfoil_transaction_open_age_seconds',
    help: 'Since something was seen first of the oldest open transaction; 0 when none is open.',
    labels: ['route'],
  },
  accountingFinished: {
    type: 'gauge',
    name: 'counterfoil_accounting_timestamp_seconds',
    help: 'When transactions were counted last, in seconds since the epoch.',
    labels: ['route'],
  },
} as const satisfies Record<string, CatalogueEntry>;
