import type { CatalogueEntry } from './entry.ts';

/** What becomes of documents in the books. */
export const DOCUMENT_METRICS = {
  documents: {
    type: 'counter',
    name: 'counterfoil_documents_total',
    help: 'Documents that a posting has looked at, by where they stood in the books afterwards: none, posted, reversed, parked or refused.',
    labels: ['posting', 'state'],
  },
  vouchers: {
    type: 'counter',
    name: 'counterfoil_vouchers_total',
    help: 'Vouchers posted, by kind: post or reverse.',
    labels: ['posting', 'kind'],
  },
  documentsWaiting: {
    type: 'gauge',
    name: 'counterfoil_documents_waiting',
    help: 'Documents that are parked (they wait for finance: for a code, a period) or refused (for the office).',
    labels: ['posting', 'state'],
  },
  documentsPending: {
    type: 'gauge',
    name: 'counterfoil_documents_pending',
    help: 'Documents whose rows have changed since they were looked at.',
    labels: ['posting'],
  },
  documentsPendingAge: {
    type: 'gauge',
    name: 'counterfoil_documents_pending_age_seconds',
    help: 'Since when the oldest of them waits.',
    labels: ['posting'],
  },
} as const satisfies Record<string, CatalogueEntry>;

/** What becomes of documents that are told as a whole. */
export const FEED_METRICS = {
  feedDocuments: {
    type: 'counter',
    name: 'counterfoil_feed_documents_total',
    help: 'Whole documents that a feed has told its receiver, and those that were refused; outcome is told or refused.',
    labels: ['feed', 'outcome'],
  },
  feedPending: {
    type: 'gauge',
    name: 'counterfoil_feed_pending',
    help: 'Documents of the feed that have changed and are not told yet.',
    labels: ['feed'],
  },
  feedPendingAge: {
    type: 'gauge',
    name: 'counterfoil_feed_pending_age_seconds',
    help: 'Since the oldest of them changed; 0 when there is none.',
    labels: ['feed'],
  },
  feedRefused: {
    type: 'gauge',
    name: 'counterfoil_feed_refused',
    help: 'Documents of the feed that its receiver refuses as they are.',
    labels: ['feed'],
  },
} as const satisfies Record<string, CatalogueEntry>;
