// Publishes the claims of one partition, as a process that a test may kill or stop at a named point.
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { offsetOf } from '../../../schemas/contract/position.ts';
import { messageSink } from './bench.ts';
import type { Place } from './bench.ts';
import { batchOf, claims } from './claims.ts';

export interface WorkerOrder extends Place {
  readonly route: string;
  readonly topic: string;
  /** Up to, not including, this offset. */
  readonly end: number;
  /** Records in each batch. */
  readonly cut: number;
  /** `signal` is sent to itself the `nth` time that the point is passed. */
  readonly at?: { readonly point: string; readonly nth: number; readonly signal: 'SIGKILL' | 'SIGSTOP' };
}

const order = JSON.parse(process.argv[2] ?? '{}') as WorkerOrder;
let left = order.at?.nth ?? 0;
const sink = messageSink(order, {
  reach: (point) => {
    if (point !== order.at?.point || --left !== 0) return;
    process.stdout.write(`at ${point}\n`);
    process.kill(process.pid, order.at.signal);
  },
});
try {
  await sink.prepare();
  const [claim] = await sink.claim(order.route, [{ topic: order.topic, partition: 0 }]);
  if (claim === undefined) throw new Error('nothing was claimed');
  process.stdout.write(`claimed ${claim.next ?? 'the beginning'}\n`);
  for (let first = Number(claim.next ?? 0); first < order.end; first += order.cut) {
    const next = Math.min(order.end, first + order.cut);
    await sink.ensureTable(claims);
    await sink.apply(batchOf({ ...claim, next: offsetOf(first) }, first, next));
  }
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`${error instanceof CounterfoilError ? error.code : (error as Error).stack}\n`);
} finally {
  await sink.close();
}
