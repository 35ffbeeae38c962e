import { waitForFence } from '../../monitoring/consistency/fence.ts';
import { isPassed } from '../../monitoring/consistency/source-position.ts';
import type { SourcePosition } from '../../monitoring/consistency/source-position.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { RepairSession } from './session.ts';

/**
 * A version for rows that no change of the source has made: that of a heartbeat. What was committed before this call is older,
 * and so is all that was committed before the heartbeat, which the route has applied when this resolves. What is committed from
 * then on is newer.
 */
export async function passedVersion(session: RepairSession): Promise<Version> {
  const version = await newestBeat(session, await fence(session));
  await fence(session);
  return version;
}

/** Waits until the route has applied all that is committed at the source now. */
async function fence({ checkable, signal, timeoutSeconds }: RepairSession): Promise<SourcePosition> {
  const position = await checkable.source.position();
  const outcome = await waitForFence(checkable, position, { signal, deadlineSeconds: timeoutSeconds });
  if (outcome.passed) return position;
  throw notPassed(outcome.reason);
}

async function newestBeat({ checkable }: RepairSession, after: SourcePosition): Promise<Version> {
  for (const { topic, sourceVersion } of await checkable.positions())
    if (topic === checkable.heartbeatTopic && sourceVersion !== null && isPassed(after, sourceVersion))
      return sourceVersion;
  throw notPassed('the position of its heartbeats was set back meanwhile');
}

export function notPassed(reason: string): CounterfoilError {
  return new CounterfoilError('SOURCE_UNAVAILABLE', `the repair cannot go on: ${reason}`, {
    remedy:
      'See that a `counterfoil run` runs the route, and give the command again: it goes on where it was.',
  });
}
