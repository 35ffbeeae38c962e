import type { Outcome } from '../../schemas/contract/telemetry.ts';

/** Of several outcomes of one event, for the rows it went into, the heaviest counts. */
export const OUTCOME_WEIGHT = {
  none: 0,
  duplicate: 1,
  superseded: 2,
  applied: 3,
  filtered: 4,
  'dead-lettered': 4,
  parked: 4,
} as const satisfies Record<Outcome | 'none', number>;
