import type { CatalogueEntry } from './entry.ts';

/** Rules of the business that must hold in a target. */
export const INVARIANT_METRICS = {
  invariantBroken: {
    type: 'gauge',
    name: 'counterfoil_invariant_broken',
    help: 'Groups (vouchers, documents, periods) that break the rule, at the last look that came to a verdict.',
    labels: ['target', 'rule'],
  },
  invariantVerdict: {
    type: 'gauge',
    name: 'counterfoil_invariant_verdict',
    help: '1 for the verdict of the last look at the rule: match, mismatch (it is broken) or inconclusive.',
    labels: ['target', 'rule', 'verdict'],
  },
  invariantProven: {
    type: 'gauge',
    name: 'counterfoil_invariant_proven_timestamp_seconds',
    help: 'When all groups of the rule were recomputed last with a verdict, in seconds since the epoch.',
    labels: ['target', 'rule'],
  },
} as const satisfies Record<string, CatalogueEntry>;
