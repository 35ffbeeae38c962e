import type { Reception } from '../../schemas/contract/telemetry.ts';
import type { Answers, DeleteMethod } from './options.ts';

const BY_STATUS: Readonly<Record<number, Reception>> = {
  401: 'unauthorized',
  403: 'doubtful',
  404: 'doubtful',
  405: 'misconfigured',
  406: 'misconfigured',
  407: 'misconfigured',
  408: 'unavailable',
  410: 'doubtful',
  415: 'misconfigured',
  425: 'unavailable',
  429: 'throttled',
};

/** What is configured counts before what is usual. */
export function receptionOf(method: DeleteMethod, status: number, answers: Answers): Reception {
  if (answers.applied.includes(status)) return 'known';
  if (answers.refused.includes(status)) return 'refused';
  if (answers.retry.includes(status)) return 'unavailable';
  if (method === 'DELETE' && answers.absent.includes(status)) return 'known';
  const usual = BY_STATUS[status];
  if (usual !== undefined) return usual;
  if (status >= 500) return 'unavailable';
  if (status >= 400) return 'refused';
  return status >= 200 && status < 300 ? 'applied' : 'misconfigured';
}
