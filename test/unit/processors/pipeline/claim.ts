import type { Claim } from '../../../../schemas/contract/ports.ts';
import { epochOf } from '../../../../schemas/contract/position.ts';

/** Of a partition that the route has never applied anything of. */
export const claim: Claim = {
  route: 'r',
  topic: 't',
  partition: 0,
  epoch: epochOf(1),
  next: null,
  recordTime: null,
};
