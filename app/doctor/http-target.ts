import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { probe } from '../../sinks/http/probe.ts';
import type { HttpTarget } from '../config/target-schema.ts';
import { httpOptionsOf } from '../runtime/targets.ts';
import type { Finding, Findings } from './finding.ts';
import type { Subject } from './subject.ts';

/** Whether the receiver answers, and who sends is known to it. Nothing is delivered. */
export function httpTargetSubject(name: string, target: HttpTarget): Subject {
  return {
    where: `target ${name}: receiver`,
    async look(find) {
      return [...(await answer(name, target, find)), ...exposure(target, find)];
    },
  };
}

async function answer(name: string, target: HttpTarget, find: Findings): Promise<readonly Finding[]> {
  try {
    const status = await probe(httpOptionsOf(name, target));
    const granted = target.auth.kind === 'oauth2' ? [find.ok('a token is granted')] : [];
    return [...granted, statusFinding(status, find)];
  } catch (error) {
    if (!(error instanceof CounterfoilError) || error.code !== 'TARGET_MISCONFIGURED') throw error;
    return [find.error(error.message, error.remedy ?? 'Correct the target.')];
  }
}

/** To HEAD at the address itself, where there need be nothing. */
function statusFinding(status: number, find: Findings): Finding {
  if (status === 401 || status === 407)
    return find.error(
      `the receiver refuses the credentials (HTTP ${status.toString()})`,
      'See auth of the target in the configuration.',
    );
  if (status >= 500)
    return find.warning(
      `the receiver fails (HTTP ${status.toString()})`,
      'See to it, or to the gateway before it: messages wait until it works.',
    );
  return find.ok(`the receiver answers (HTTP ${status.toString()})`);
}

function exposure({ url, auth }: HttpTarget, find: Findings): readonly Finding[] {
  const addresses = auth.kind === 'oauth2' ? [url, auth.endpoint] : [url];
  const open = addresses
    .map((address) => new URL(address))
    .filter(({ protocol, hostname }) => protocol === 'http:' && !LOCAL.test(hostname));
  if (open.length === 0) return [];
  return [
    find.warning(
      `messages${auth.kind === 'none' ? '' : ' and credentials'} go to ${open.map(({ host }) => host).join(' and ')} unencrypted`,
      'Use https.',
    ),
  ];
}

const LOCAL = /^(localhost|127\..*|\[::1\])$/;
