import type { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import type {
  BatchHandler,
  Claim,
  DeadLetters,
  Decoder,
  PipelinePoint,
  Sink,
} from '../../schemas/contract/ports.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import { reportBatch } from './batch-report.ts';
import { BatchWork } from './batch-work.ts';
import { DEFAULT_BACK_OFF, retrying } from './retry.ts';
import type { BackOff } from './retry.ts';

export interface BatchHandlerOptions {
  readonly route: string;
  readonly mapping: Mapping;
  readonly decoder: Decoder;
  readonly sink: Sink;
  readonly deadLetters: DeadLetters;
  readonly telemetry: Telemetry;
  readonly reach?: (point: PipelinePoint) => void;
  readonly backOff?: BackOff;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Takes batches of one route from bytes to committed rows. A failure that passes holds the batch, and so the partition,
 * for as long as it lasts: nothing is skipped and nothing is dead-lettered for it.
 */
export function createBatchHandler(options: BatchHandlerOptions): BatchHandler {
  const { route, mapping, decoder, sink, deadLetters, telemetry } = options;
  const reach = options.reach ?? (() => undefined);
  const backOff = options.backOff ?? DEFAULT_BACK_OFF;
  const now = options.now ?? Date.now;
  let waiting = false;

  /** Runs a step until it succeeds; health says what is being waited for, and when it is over. */
  async function step<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    const result = await retrying(attempt, {
      signal,
      backOff,
      onFailure: (error, attempts) => {
        waiting = true;
        telemetry.emit({
          type: 'route-retry',
          route,
          code: error.code,
          attempt: attempts,
          reason: error.message,
        });
        emitState('waiting', error);
      },
    });
    if (waiting) {
      waiting = false;
      emitState('running', null);
    }
    return result;
  }

  function emitState(state: 'running' | 'waiting', error: CounterfoilError | null): void {
    const remedy = error?.remedy ?? null;
    telemetry.emit({
      type: 'route-state',
      route,
      state,
      code: error?.code ?? null,
      reason: error?.message ?? null,
      remedy,
    });
  }

  async function decodeAll(work: BatchWork): Promise<void> {
    for (const entry of work.entries) {
      if (entry.event !== null || entry.outcome !== null) continue; // decoded by an earlier attempt
      try {
        const decoded = decoder.decode(entry.record);
        entry.event = decoded instanceof Promise ? await decoded : decoded;
      } catch (error) {
        work.reject(entry, 'decode', error);
      }
    }
  }

  /** Applies what is left of the batch; rows that the target refuses are set aside, and the rest is tried again. */
  async function apply(claim: Claim, work: BatchWork, signal: AbortSignal): Promise<void> {
    for (;;) {
      const letters = work.takeLetters();
      await step(signal, () => deadLetters.send(letters));
      if (letters.length > 0) reach('batch:dead-letters-sent');
      const batch = work.sinkBatch(claim);
      try {
        const result = await step(signal, async () => {
          for (const table of work.tables()) await sink.ensureTable(table);
          return sink.apply(batch);
        });
        work.settle(result);
        return;
      } catch (error) {
        if (!(error instanceof RowRejectedError)) throw error;
        work.rejectRows(error.rejections);
      }
    }
  }

  return {
    async claim(partitions, signal) {
      const claims = await step(signal, () => sink.claim(route, partitions));
      for (const position of await step(signal, () => sink.positions(route)))
        decoder.resume(position, position.sourceVersion);
      telemetry.emit({ type: 'partitions-claimed', route, partitions: claims.length });
      emitState('running', null);
      return claims;
    },

    async handle(batch, claim, signal) {
      const started = now();
      reach('batch:received');
      const work = new BatchWork(route, batch, mapping);
      await step(signal, () => decodeAll(work));
      reach('batch:decoded');
      work.map();
      reach('batch:mapped');
      await apply(claim, work, signal);
      reach('batch:applied');
      reportBatch(route, work, telemetry, started, now());
    },

    async advance(claim, next, signal) {
      await step(signal, () => sink.advance(claim, next));
    },
  };
}
