import { setTimeout as sleep } from 'node:timers/promises';
import { isOfTable } from '../../schemas/contract/change-event.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import type { DeadLetters } from '../../schemas/contract/dead-letter.ts';
import type { BatchHandler, Claim, Decoder, PipelinePoint, Sink } from '../../schemas/contract/ports.ts';
import { offsetOf, standsBefore } from '../../schemas/contract/position.ts';
import type { Offset, TopicPartition, Version } from '../../schemas/contract/position.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Watermark } from '../../schemas/contract/watermark.ts';
import { reportBatch } from './batch-report.ts';
import { BatchWork } from './batch-work.ts';
import { assertHistoryGoesOn, NOTHING_PASSED, passedWith } from './history-guard.ts';
import type { Passed } from './history-guard.ts';
import { ParkedRows } from './parked-rows.ts';
import { DEFAULT_BACK_OFF, retrying } from './retry.ts';
import type { BackOff } from './retry.ts';
import { routeStates } from './route-state.ts';

/** How long a batch waits for rows that its rows refer to, and that other partitions bring, before they are set aside. */
const REFERENCE_WAITS_MS = [50, 100, 200, 400];

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
  /** Whether the target keeps accounts of the source's transactions. */
  readonly accounted?: boolean;
  /** The run that the batches belong to; without one the route takes whatever comes. */
  readonly run?: BoundRun;
}

/** A run of a route up to a place in the history of its source. */
export interface BoundRun {
  readonly id: string;
  /** What was committed after this is left to later runs. */
  readonly cutOff: Version;
}

/**
 * Takes batches of one route from bytes to committed rows. A failure that passes holds the batch, and so the partition,
 * for as long as it lasts: nothing is skipped and nothing is dead-lettered for it.
 */
export function createBatchHandler(options: BatchHandlerOptions): BatchHandler {
  const { route, mapping, decoder, sink, deadLetters, telemetry, run } = options;
  const reach = options.reach ?? (() => undefined);
  const backOff = options.backOff ?? DEFAULT_BACK_OFF;
  const now = options.now ?? Date.now;
  const states = routeStates(telemetry, route);
  let waiting = false;
  let parkedAtClaim = new ParkedRows();
  /** By partition: what was parked when it was last looked up, and by this process since. */
  const parkedIn = new Map<string, ParkedRows>();
  const passedIn = new Map<string, Passed>();
  const watermarks = new Map<string, Watermark | null>();
  const accountedIn = new Map<string, Offset>();

  /** Runs a step until it succeeds; health says what is being waited for, and when it is over. */
  async function step<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    const result = await retrying(attempt, {
      signal,
      backOff,
      onFailure: (error, attempt) => {
        waiting = true;
        states.retries(error, attempt);
      },
    });
    if (waiting) {
      waiting = false;
      states.is('running');
    }
    return result;
  }

  async function decodeAll(work: BatchWork, passed: Passed): Promise<void> {
    for (const entry of work.entries) {
      if (entry.event !== null || entry.outcome !== null) continue; // decoded by an earlier attempt
      let event: ChangeEvent;
      try {
        const decoded = decoder.decode(entry.record);
        event = decoded instanceof Promise ? await decoded : decoded;
      } catch (error) {
        entry.key = await decoder.keyOf(entry.record);
        work.reject(entry, 'decode', error);
        continue;
      }
      if (run !== undefined && isAfter(event, run.cutOff)) {
        work.endBefore(entry);
        return;
      }
      // Not the record's fault: it stops the route.
      assertHistoryGoesOn(event, passed);
      work.decoded(entry, event);
    }
  }

  function accountedUpTo(at: TopicPartition): Offset {
    return accountedIn.get(partitionOf(at)) ?? offsetOf(0);
  }

  /** Records that are read again are in the accounts already. */
  function accountFrom(at: TopicPartition): Offset | undefined {
    return options.accounted === true ? accountedUpTo(at) : undefined;
  }

  async function lookUpParked(signal: AbortSignal): Promise<ParkedRows> {
    return new ParkedRows(await step(signal, () => sink.letters.parkedRows(route)));
  }

  /** Applies what is left of the batch; rows that the target refuses are set aside, and the rest is tried again. */
  async function apply(claim: Claim, work: BatchWork, signal: AbortSignal): Promise<void> {
    for (let waits = 0; ;) {
      const letters = work.takeLetters();
      await step(signal, () => deadLetters.send(letters));
      if (letters.length > 0) reach('batch:dead-letters-sent');
      const batch = work.sinkBatch(claim, run?.id, accountFrom(work.batch));
      try {
        const result = await step(signal, async () => {
          for (const table of work.tables()) await sink.ensureTable(table);
          return sink.apply(batch);
        });
        work.settle(result);
        return;
      } catch (error) {
        if (!(error instanceof RowRejectedError)) throw error;
        const wait = error.onlyAwaitsReferences ? REFERENCE_WAITS_MS[waits++] : undefined;
        if (wait === undefined) work.rejectRows(error.rejections);
        else await sleep(wait, undefined, { signal });
      }
    }
  }

  return {
    async claim(partitions, signal) {
      const claims = await step(signal, () => sink.claim(route, partitions));
      const positions = await step(signal, () => sink.positions(route));
      for (const position of positions) decoder.resume(position, position.sourceVersion);
      parkedAtClaim = await lookUpParked(signal);
      parkedIn.clear();
      passedIn.clear();
      watermarks.clear();
      accountedIn.clear();
      for (const position of positions) {
        passedIn.set(partitionOf(position), { version: position.sourceVersion, time: position.sourceTime });
        watermarks.set(partitionOf(position), position.watermark);
        accountedIn.set(partitionOf(position), position.accounted);
      }
      const times = positions.flatMap(({ sourceTime }) => (sourceTime === null ? [] : [sourceTime]));
      telemetry.emit({
        type: 'partitions-assigned',
        route,
        partitions: claims.map(({ topic, partition }) => ({ topic, partition })),
        sourceTime: times.length === 0 ? null : Math.max(...times),
      });
      states.is('running');
      return claims;
    },

    async handle(batch, claim, signal) {
      const started = now();
      reach('batch:received');
      const partition = partitionOf(batch);
      const watermark = watermarks.get(partition) ?? null;
      const passed = passedIn.get(partition) ?? NOTHING_PASSED;
      const work = new BatchWork(route, batch, mapping, watermark);
      await step(signal, () => decodeAll(work, passed));
      reach('batch:decoded');
      if (work.batch.next === batch.first) return batch.first;
      let parked = parkedIn.get(partition) ?? parkedAtClaim;
      // Letters may have been redriven since: asked again before anything is parked behind one.
      if (work.touches(parked)) parked = await lookUpParked(signal);
      work.map(parked);
      reach('batch:mapped');
      await apply(claim, work, signal);
      reach('batch:applied');
      passedIn.set(partition, passedWith(passed, work.passed()));
      watermarks.set(partition, work.watermark);
      if (work.batch.next > accountedUpTo(batch)) accountedIn.set(partition, work.batch.next);
      // Before anything that the end of the session could cut short: a batch that is committed is counted.
      reportBatch(route, work, telemetry, started, now());
      parkedIn.set(
        partition,
        work.freed().length > 0 ? await lookUpParked(signal) : parked.and(work.letters),
      );
      return work.batch.next;
    },

    async advance(claim, next, signal) {
      await step(signal, () => sink.advance(claim, next));
    },
  };
}

/** Heartbeats are transactions of their own, so that one as the cut-off parts transactions, and never one of them. */
function isAfter(event: ChangeEvent, cutOff: Version): boolean {
  return isOfTable(event) && standsBefore(event.source.connector, cutOff, event.source.version);
}

function partitionOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
