import fc from 'fast-check';
import type { Step } from './paper-claims.ts';

/** What comes next: rows of one partition, all up to the next heartbeat, or a look of the feed, which may die in it. */
export type Turn = { kind: 'batch'; partition: number; events: number } | { kind: 'whole' | 'look' | 'die' };

export const turn: fc.Arbitrary<Turn> = fc.oneof(
  fc.record({
    kind: fc.constant('batch' as const),
    partition: fc.nat(5),
    events: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constantFrom('whole' as const, 'look' as const, 'die' as const) }),
);

/** All lines of a claim are deleted; that has come, and the rest of the transaction has not. */
const DELETED_FIRST: [Step[][], Turn[]] = [
  [[{ kind: 'save', claim: 0, other: 0, amounts: [5] }], [{ kind: 'save', claim: 0, other: 0, amounts: [] }]],
  [{ kind: 'whole' }, { kind: 'batch', partition: 2, events: 1 }, { kind: 'look' }],
];

/** A line comes and goes within one batch, and its claim is looked at as it was in between. */
const CAME_AND_WENT: [Step[][], Turn[]] = [
  [[{ kind: 'save', claim: 0, other: 0, amounts: [5] }], [{ kind: 'save', claim: 0, other: 0, amounts: [] }]],
  [
    { kind: 'batch', partition: 0, events: 1 },
    { kind: 'batch', partition: 2, events: 2 },
    { kind: 'batch', partition: 5, events: 1 },
    { kind: 'look' },
  ],
];

/** A line of one claim goes to another within the batch that brings it, and back to where it was. */
const PASSED_THROUGH: [Step[][], Turn[]] = [
  [
    [
      { kind: 'save', claim: 0, other: 0, amounts: [5] },
      { kind: 'save', claim: 2, other: 0, amounts: [] },
    ],
    [{ kind: 'move', claim: 0, other: 2, amounts: [] }],
    [{ kind: 'move', claim: 2, other: 0, amounts: [] }],
  ],
  [
    { kind: 'batch', partition: 0, events: 2 },
    { kind: 'batch', partition: 2, events: 3 },
    { kind: 'batch', partition: 5, events: 1 },
    { kind: 'batch', partition: 5, events: 1 },
    { kind: 'look' },
  ],
];

/** Histories, and the order in which they come, that once were told wrong. */
export const FOUND_TURNS = [DELETED_FIRST, CAME_AND_WENT, PASSED_THROUGH];
