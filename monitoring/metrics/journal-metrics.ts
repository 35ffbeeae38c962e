import type { CatalogueEntry } from './entry.ts';

/** The journal of what was written to a target, and whether it still is so. */
export const JOURNAL_METRICS = {
  journalChains: {
    type: 'gauge',
    name: 'counterfoil_journal_chains',
    help: 'Chains of the journal of a target whose ends are put down outside of it: one for each partition of each route.',
    labels: ['target'],
  },
  journalAnchored: {
    type: 'gauge',
    name: 'counterfoil_journal_anchored_timestamp_seconds',
    help: 'When the ends of all chains were put down outside of the target last, in seconds since the epoch; entries after that can be cut off unseen.',
    labels: ['target'],
  },
  auditVerdict: {
    type: 'gauge',
    name: 'counterfoil_audit_verdict',
    help: '1 for the verdict of the last audit of the target: match, mismatch (somebody has altered something) or inconclusive.',
    labels: ['target', 'verdict'],
  },
  auditFaults: {
    type: 'gauge',
    name: 'counterfoil_audit_faults',
    help: 'What the last audit of the target has found: rows altered, removed or added, and faults of journal entries (entry).',
    labels: ['target', 'kind'],
  },
  auditFinished: {
    type: 'gauge',
    name: 'counterfoil_audit_finished_timestamp_seconds',
    help: 'When the last audit of the target with a verdict ended, in seconds since the epoch.',
    labels: ['target'],
  },
  auditEntries: {
    type: 'gauge',
    name: 'counterfoil_audit_entries',
    help: 'Entries of the journal of the target that the last audit has verified.',
    labels: ['target'],
  },
} as const satisfies Record<string, CatalogueEntry>;
