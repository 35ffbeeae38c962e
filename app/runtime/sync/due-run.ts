import { isOpen } from '../../../schemas/contract/sync-run.ts';
import type { RunLedger, RunOrder, SyncRun } from '../../../schemas/contract/sync-run.ts';
import type { Schedule } from '../../config/schedule.ts';

/** A worker that is silent for so long has died: another one goes on where it was. */
export const LEASE_SECONDS = 20;

/**
 * Takes the run of a route that is to be done now; null when there is none, or somebody has it. The next moment of the
 * schedule is always written down beforehand, so that it is known to have been missed when no process was there: then the
 * last of the missed moments is made up for, once, by a run that says since when. Whatever processes do this at once, and
 * wherever they die, each moment belongs to one run.
 */
export async function takeDueRun(
  ledger: RunLedger,
  route: string,
  schedule: Schedule,
  worker: string,
  now: number,
): Promise<SyncRun | null> {
  await plan(ledger, route, schedule, now);
  return ledger.take(route, worker, now, LEASE_SECONDS);
}

async function plan(ledger: RunLedger, route: string, schedule: Schedule, now: number): Promise<void> {
  const [latest, before] = await ledger.list(route, { mode: 'scheduled', limit: 2 });
  if (latest === undefined) {
    // Moments before the route was first started are none of its own.
    await ledger.order(orderOf(route, schedule.next(now), null));
    return;
  }
  const past = schedule.latest(now);
  if (latest.state === 'ordered' && latest.dueAt > now) {
    if (isPlannedBy(schedule, latest, before, now)) return;
    await ledger.unplan(latest);
    await ledger.order(orderOf(route, schedule.next(now), null), before);
  } else if (latest.state === 'ordered') {
    if (past === null || past <= latest.dueAt) return;
    if (!(await ledger.withdraw(latest, 'missed', `made up for by the run of ${momentText(past)}`))) return;
    await ledger.order(orderOf(route, past, latest.missedSince ?? latest.dueAt), latest);
  } else if (!isOpen(latest.state)) {
    const first = schedule.next(latest.dueAt);
    const due = past === null || past < first ? first : past;
    const missed = latest.state === 'missed' ? (latest.missedSince ?? latest.dueAt) : first;
    await ledger.order(orderOf(route, due, missed < due ? missed : null), latest);
  }
}

/** False when the schedule is another one than it was. A process whose clock is behind must not think so. */
function isPlannedBy(
  schedule: Schedule,
  planned: SyncRun,
  before: SyncRun | undefined,
  now: number,
): boolean {
  const since = Math.max(now, planned.orderedAt, before?.dueAt ?? 0);
  return schedule.latest(planned.dueAt) === planned.dueAt && schedule.next(since) >= planned.dueAt;
}

function orderOf(route: string, dueAt: number, missedSince: number | null): RunOrder {
  return {
    // Who orders it twice finds it there.
    id: momentText(dueAt),
    ...{ route, mode: 'scheduled', state: 'ordered', dueAt, missedSince },
    ...{ orderedBy: 'the schedule', reason: null, rows: null },
  };
}

function momentText(time: number): string {
  return new Date(time).toISOString().replace('.000', '');
}
