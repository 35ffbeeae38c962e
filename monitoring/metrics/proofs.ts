import type { TelemetryEvent, Verdict } from '../../schemas/contract/telemetry.ts';
import type { Instruments } from './instruments.ts';

export type EventOf<Type extends TelemetryEvent['type']> = Extract<TelemetryEvent, { type: Type }>;

export const VERDICTS = ['match', 'mismatch', 'inconclusive'] as const satisfies readonly Verdict[];

/** Sets a gauge for each state: 1 for the current one. */
export function oneOf<State extends string>(
  states: readonly State[],
  current: State,
  set: (state: State, value: number) => void,
): void {
  for (const state of states) set(state, state === current ? 1 : 0);
}

/** What an audit has found. `now` is in milliseconds since the epoch, here and below. */
export function countAudit(metrics: Instruments, event: EventOf<'audit-finished'>, now: number): void {
  const { target, verdict, faults, entries } = event;
  oneOf(VERDICTS, verdict, (each, value) => {
    metrics.auditVerdict.set({ target, verdict: each }, value);
  });
  if (verdict === 'inconclusive') return;
  for (const [kind, count] of Object.entries(faults)) metrics.auditFaults.set({ target, kind }, count);
  metrics.auditEntries.set({ target }, entries);
  metrics.auditFinished.set({ target }, now / 1_000);
}

export function countTransactions(
  metrics: Instruments,
  { route, balanced, unbalanced, open, oldest }: EventOf<'transactions-reconciled'>,
  now: number,
): void {
  metrics.transactionsBalanced.inc({ route }, balanced);
  metrics.transactionsUnbalanced.set({ route }, unbalanced);
  metrics.transactionsOpen.set({ route }, open);
  metrics.transactionOpenAge.set({ route }, oldest === null ? 0 : (now - oldest) / 1_000);
  metrics.accountingFinished.set({ route }, now / 1_000);
}

export function countInvariant(
  metrics: Instruments,
  { target, rule, verdict, scope, broken }: EventOf<'invariant-looked-at'>,
  now: number,
): void {
  oneOf(VERDICTS, verdict, (each, value) => {
    metrics.invariantVerdict.set({ target, rule, verdict: each }, value);
  });
  // What a look could not tell leaves the last figure as it was.
  if (verdict === 'inconclusive') return;
  metrics.invariantBroken.set({ target, rule }, broken);
  if (scope === 'all') metrics.invariantProven.set({ target, rule }, now / 1_000);
}
